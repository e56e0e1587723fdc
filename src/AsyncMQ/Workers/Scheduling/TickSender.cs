using System.Runtime.ExceptionServices;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>
/// Sends ticks. A step without an answer is sent again, under its name. When the store goes on failing it, though it answers what is due, one of its
/// schedules may be to blame: then each is sent alone, and one that fails while another is taken is put aside for a while.
/// </summary>
internal sealed class TickSender(WorkerContext worker, UnusableSchedules unusable)
{
    private const int TickLane = 4;
    private const int MostFailures = 3;
    private static readonly TimeSpan Aside = TimeSpan.FromMinutes(1);

    private TickStep? unanswered;
    private int failures;

    /// <summary>Sends again what was not answered.</summary>
    public async Task SendAgainAsync()
    {
        if (unanswered is { } step)
            await SendStepAsync(step).ConfigureAwait(false);
    }

    /// <summary>Sends steps, in order.</summary>
    /// <returns>True when a schedule was fired.</returns>
    public async Task<bool> SendAsync(IReadOnlyList<IReadOnlyList<ScheduleTick>> steps)
    {
        if (failures >= MostFailures)
            return await SendEachAsync(steps.SelectMany(static step => step)).ConfigureAwait(false);

        bool fired = false;
        foreach (IReadOnlyList<ScheduleTick> ticks in steps)
            fired |= await SendStepAsync(new(worker.Session.NextStep(TickLane), ticks)).ConfigureAwait(false);
        return fired;
    }

    /// <summary>The session is gone, and with it the names of its steps.</summary>
    public void Forget() => unanswered = null;

    private async Task<bool> SendStepAsync(TickStep step)
    {
        unanswered = step;
        try
        {
            TickReply reply = await worker.Timeouts.Guard(worker.Store.TickAsync(step, CancellationToken.None), worker.Seams.Time).ConfigureAwait(false);
            (unanswered, failures) = (null, 0);
            return reply.Outcomes.Contains(ScheduleOutcome.Done);
        }
        catch (StoreRejectedException)
        {
            unanswered = null;
            throw;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            unanswered = null;
            return await RefuseAsync(step.Ticks, e).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not SessionLostException && ++failures >= MostFailures)
        {
            unanswered = null;
            throw;
        }
    }

    // The store does not take one of them, and would not the next time.
    private async Task<bool> RefuseAsync(IReadOnlyList<ScheduleTick> ticks, Exception refusal)
    {
        if (ticks is [var refused])
        {
            unusable.Add(refused.Queue, refused.Id, refused.Expected, refusal.Message);
            return true;
        }

        bool fired = false;
        foreach (ScheduleTick tick in ticks)
            fired |= await SendStepAsync(new(worker.Session.NextStep(TickLane), [tick])).ConfigureAwait(false);
        return fired;
    }

    // A tick that took effect unheard is a race that is lost now: sent under another name it does no harm.
    private async Task<bool> SendEachAsync(IEnumerable<ScheduleTick> ticks)
    {
        (bool fired, bool taken) = (false, false);
        var failed = new List<(ScheduleTick Tick, Exception Error)>();
        foreach (ScheduleTick tick in ticks)
        {
            try
            {
                fired |= await SendStepAsync(new(worker.Session.NextStep(TickLane), [tick])).ConfigureAwait(false);
                taken = true;
            }
            catch (Exception e) when (e is not (SessionLostException or StoreRejectedException) && (taken || failed.Count < MostFailures))
            {
                unanswered = null;
                failed.Add((tick, e));
            }
        }

        if (failed.Count > 0 && !taken)
            ExceptionDispatchInfo.Throw(failed[0].Error);
        foreach ((ScheduleTick tick, Exception error) in failed)
            unusable.Add(tick.Queue, tick.Id, tick.Expected, error.Message, Aside);
        return fired;
    }
}
