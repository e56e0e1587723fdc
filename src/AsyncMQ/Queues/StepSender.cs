using AsyncMQ.Seams;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>
/// Sends the mutating steps of a process that produces and administers: one session without a lease, made by its first step, renewed when the store
/// forgot it. A step whose fate is unknown is sent again under the same name until it is answered or the time is up.
/// </summary>
internal sealed class StepSender(IJobStore store, RuntimeSeams seams, StoreTimeouts timeouts, string processName)
{
    public const int SmallAdds = 1;
    public const int LargeAdds = 2;
    public const int Administration = 3;
    public const int Marks = 4;

    private readonly Lock gate = new();
    private readonly long[] sequences = new long[5];
    private SessionId session;
    private Task? opening;

    /// <summary>Sends one step; the caller sees to it that a lane has one in flight.</summary>
    /// <exception cref="StoreRejectedException">Nothing was written.</exception>
    /// <exception cref="StoreException">The fate of the step is unknown.</exception>
    public async Task<TReply> SendAsync<TReply>(int lane, Func<StepId, CancellationToken, ValueTask<TReply>> send)
    {
        long started = seams.Time.GetTimestamp();
        StepId step = default;
        for (int tries = 1; ; tries++)
        {
            try
            {
                SessionId open = await OpenAsync().ConfigureAwait(false);
                if (step.Session != open)
                    step = new(open, lane, ++sequences[lane]);
                return await timeouts.Guard(send, step, seams.Time).ConfigureAwait(false);
            }
            catch (SessionLostException e)
            {
                Forget(e.Session);
                if (IsOver(started))
                    throw;
                if (tries > 1)
                    await Task.Delay(StoreTimeouts.Pause(tries, seams.Random.NextDouble()), seams.Time).ConfigureAwait(false);
            }
            catch (StaleStepException e)
            {
                // Something else spoke on this lane; on a lane of a new session the next step is the first.
                Forget(e.Step.Session);
                throw;
            }
            catch (Exception e) when (e is not (StoreRejectedException or NotSupportedException or ArgumentException))
            {
                if (IsOver(started))
                    throw e as StoreException ?? new StoreException($"{store.Description} did not answer within {timeouts.GiveUp.TotalSeconds:0} s: {e.Message}", e);
                await Task.Delay(StoreTimeouts.Pause(tries, seams.Random.NextDouble()), seams.Time).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Ends the session, if one was opened.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (opening is { IsCompletedSuccessfully: true })
            await store.CloseAsync(session, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<SessionId> OpenAsync()
    {
        Task open;
        SessionId id;
        lock (gate)
        {
            if (opening is null || opening.IsFaulted || opening.IsCanceled)
            {
                session = new(seams.NewGuid());
                opening = store.OpenAsync(new SessionInfo { Id = session, Name = processName }, CancellationToken.None);
            }

            open = opening;
            id = session;
        }

        try
        {
            await seams.Scheduler.Rejoin(open).WaitAsync(timeouts.Call, seams.Time).ConfigureAwait(false);
            return id;
        }
        catch (TimeoutException)
        {
            // A call that never returns must not hold up those after it.
            Forget(id);
            throw;
        }
    }

    private void Forget(SessionId lost)
    {
        lock (gate)
        {
            if (session == lost)
                opening = null;
        }
    }

    private bool IsOver(long started) => seams.Time.GetElapsedTime(started) >= timeouts.GiveUp;
}
