using AsyncMQ.Queues;
using AsyncMQ.Storage;
using AsyncMQ.Workers;

namespace AsyncMQ.Testing;

/// <content>What goes wrong in production, on demand.</content>
public sealed partial class AsyncMQTestHost
{
    /// <summary>Makes an attempt of every job of a name fail before its handler is called, as if the handler had thrown.</summary>
    /// <param name="name">The job's name.</param>
    /// <param name="attempt">Which attempt, from 1.</param>
    /// <param name="exception">What it fails with; null: an <see cref="InvalidOperationException"/>.</param>
    /// <exception cref="ArgumentException">No handler has that name.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The attempt is less than 1.</exception>
    public void FailAttempt(string name, int attempt = 1, Exception? exception = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!builder.Handlers.ContainsKey(name))
            throw new ArgumentException($"No handler of this host has the name '{name}', so no attempt of such a job would be made. Names are: {string.Join(", ", builder.Handlers.Keys)}.", nameof(name));
        failures.Add(name, attempt, exception);
    }

    /// <summary>Makes an attempt of every job of a type fail before its handler is called, as if the handler had thrown.</summary>
    /// <typeparam name="TJob">The job's type.</typeparam>
    /// <param name="attempt">Which attempt, from 1.</param>
    /// <param name="exception">What it fails with; null: an <see cref="InvalidOperationException"/>.</param>
    /// <exception cref="ArgumentException">The type has no <see cref="JobAttribute"/>, or no handler.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The attempt is less than 1.</exception>
    public void FailAttempt<TJob>(int attempt = 1, Exception? exception = null)
        where TJob : IJob => FailAttempt(JobFactory.AttributeOf(typeof(TJob)).Name, attempt, exception);

    /// <summary>Makes an attempt of one job fail before its handler is called, as if the handler had thrown.</summary>
    /// <param name="job">Queue and id, as a handle's <see cref="JobHandle.Ref"/>. The job need not have been added yet.</param>
    /// <param name="attempt">Which attempt, from 1.</param>
    /// <param name="exception">What it fails with; null: an <see cref="InvalidOperationException"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The attempt is less than 1.</exception>
    public void FailAttempt(JobRef job, int attempt = 1, Exception? exception = null) => failures.Add(job, attempt, exception);

    /// <summary>
    /// Loses the lease that the host's workers hold, as when a process is frozen: it is not renewed, the clock moves on until it is over and the workers
    /// are declared dead. The tokens of all handlers that run fire with <see cref="JobCancellationReason.LeaseLost"/>, a stall is counted for each of
    /// their jobs, and the jobs run again, or fail when they have stalled too often. Runs until idle before and after.
    /// </summary>
    /// <remarks>The clock moves by the lease and up to a fifth of it more; what comes due on the way runs. A handler that ends in that time keeps its job.</remarks>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">No handler runs, so that nothing would be seen. Let one wait on the host's clock.</exception>
    /// <exception cref="TimeoutException">Nothing changed for 30 s of real time, but a handler still runs: the message says which, and what to do.</exception>
    public Task LoseLeaseAsync(CancellationToken cancellationToken = default) => InTurnAsync(LoseLeaseInTurnAsync, cancellationToken);

    /// <summary>
    /// Runs a completed job again, as happens when a worker dies between the end of its handler and the store's hearing of it: the test of a handler that
    /// must not do its work twice. Runs until idle.
    /// </summary>
    /// <param name="job">Queue and id, as a handle's <see cref="JobHandle.Ref"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The job is not there, not completed, or its deduplication id has another owner.</exception>
    /// <exception cref="TimeoutException">Nothing changed for 30 s of real time, but a handler still runs: the message says which, and what to do.</exception>
    public Task RedeliverAsync(JobRef job, CancellationToken cancellationToken = default) =>
        InTurnAsync(
            async token =>
            {
                JobChangeReply reply = (await client.Parts.ChangeAsync(
                    (store, step, token) => store.AdministerJobsAsync(new() { Step = step, Command = JobCommand.Retry, Jobs = [job], Expected = JobStateSet.Completed }, token),
                    token).ConfigureAwait(false))[0];
                if (reply.Outcome != JobChangeOutcome.Done)
                    throw new InvalidOperationException($"Job {job} cannot be delivered again: {Describe(reply)}.");
                await RunAsync(token).ConfigureAwait(false);
            },
            cancellationToken);

    private async Task LoseLeaseInTurnAsync(CancellationToken cancellationToken)
    {
        await RunAsync(cancellationToken).ConfigureAwait(false);
        if (!workforce.Pumps.Any(pump => pump.Running.Count > 0))
            throw new InvalidOperationException("No handler runs, so there is nothing to lose. Let one wait on the host's clock, as in Task.Delay(delay, time, token), and lose the lease then.");

        // Somebody else's renewals are why the store holds this process dead, and not itself for having been away.
        HashSet<SessionId> dying = [.. (await store.Inner.SessionsAsync(cancellationToken).ConfigureAwait(false)).Select(session => session.Info.Id)];
        var other = new SessionInfo { Id = new(seams.NewGuid()), Name = "another process", Lease = builder.Options.Lease };
        await store.Inner.OpenAsync(other, cancellationToken).ConfigureAwait(false);
        scheduler.IsSilent = true;
        try
        {
            while ((await store.Inner.SessionsAsync(cancellationToken).ConfigureAwait(false)).Any(session => dying.Contains(session.Info.Id)))
            {
                store.Inner.Renew(new(other.Id, 0));
                await AdvanceToAsync(clock.Time + RenewInterval, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            scheduler.IsSilent = false;
            await store.Inner.CloseAsync(other.Id, CancellationToken.None).ConfigureAwait(false);
        }

        scheduler.Beat(1);
        foreach (WorkerProcess process in workforce.Processes)
            await process.Ready.ConfigureAwait(false);
        await RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private static string Describe(JobChangeReply reply) => reply.Outcome switch
    {
        JobChangeOutcome.NotFound => "there is no such job, or it was removed",
        JobChangeOutcome.DeduplicationTaken => "its deduplication id has another owner by now",
        _ => $"it is {reply.Before}, not completed",
    };
}
