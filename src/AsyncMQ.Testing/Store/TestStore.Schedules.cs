using AsyncMQ.Storage;

namespace AsyncMQ.Testing.Store;

/// <content>Schedules.</content>
internal sealed partial class TestStore
{
    /// <summary>Told when there is a schedule, each time one is created or changed.</summary>
    public Action? GotSchedule { get; set; }

    /// <summary>Lets the runtime look which schedules are due.</summary>
    public void WakeSchedules() => watchers.Tell(new(StoreSignalKind.Schedules));

    public async ValueTask<ScheduleReply> UpsertScheduleAsync(UpsertScheduleStep step, CancellationToken cancellationToken)
    {
        activity.Note();
        ScheduleReply reply = await inner.UpsertScheduleAsync(step, cancellationToken).ConfigureAwait(false);
        GotSchedule?.Invoke();
        return reply;
    }

    public async ValueTask<ScheduleReply> ChangeScheduleAsync(ChangeScheduleStep step, CancellationToken cancellationToken)
    {
        activity.Note();
        Task<ScheduleReply> change;
        NewJob? job = (step.Command as ScheduleCommand.Trigger)?.Job;
        lock (adding)
        {
            change = inner.ChangeScheduleAsync(step, cancellationToken).AsTask(); // a store in memory answers at once
            if (job is not null && change.IsCompletedSuccessfully && change.Result.JobId == job.Ref.Id)
                added.Add(JobAdded.Of(job, time.GetUtcNow(), Reader));
        }

        if (job is not null)
            QueueGotJob?.Invoke(step.Queue);
        return await change.ConfigureAwait(false);
    }

    public async ValueTask<DueSchedules> DueAsync(int limit, CancellationToken cancellationToken)
    {
        if (!IsOpen)
            return new([], null, await inner.GetTimeAsync(cancellationToken).ConfigureAwait(false));

        return await inner.DueAsync(limit, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<TickReply> TickAsync(TickStep step, CancellationToken cancellationToken)
    {
        activity.Note();
        Task<TickReply> ticks;
        lock (adding)
        {
            ticks = inner.TickAsync(step, cancellationToken).AsTask(); // a store in memory answers at once
            if (ticks.IsCompletedSuccessfully)
                Note(step, ticks.Result);
        }

        foreach (string queue in step.Ticks.Select(tick => tick.Queue).Distinct())
            QueueGotJob?.Invoke(queue);
        activity.Note();
        return await ticks.ConfigureAwait(false);
    }

    public ValueTask<ScheduleRecord?> FindScheduleAsync(string queue, string id, CancellationToken cancellationToken) =>
        inner.FindScheduleAsync(queue, id, cancellationToken);

    public ValueTask<IReadOnlyList<ScheduleRecord>> SchedulesAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        inner.SchedulesAsync(queue, after, take, cancellationToken);

    public ValueTask<IReadOnlyList<OccurrenceRecord>> OccurrencesAsync(string queue, string id, int take, CancellationToken cancellationToken) =>
        inner.OccurrencesAsync(queue, id, take, cancellationToken);

    public ValueTask<SubscribeReply> SubscribeAsync(EventSubscription subscription, CancellationToken cancellationToken) =>
        inner.SubscribeAsync(subscription, cancellationToken);

    public ValueTask<EventPage> ReadEventsAsync(long from, int take, CancellationToken cancellationToken) =>
        inner.ReadEventsAsync(from, take, cancellationToken);

    public Task UnsubscribeAsync(Guid id, CancellationToken cancellationToken) => inner.UnsubscribeAsync(id, cancellationToken);

    public ValueTask<KeyRecord?> FindKeyAsync(string queue, string key, CancellationToken cancellationToken) =>
        inner.FindKeyAsync(queue, key, cancellationToken);

    public ValueTask<IReadOnlyList<KeyRecord>> KeysAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        inner.KeysAsync(queue, after, take, cancellationToken);

    // The store does not say which occurrences of a tick had their jobs; those that had are there now.
    private void Note(TickStep step, TickReply reply)
    {
        NewJob[] jobs = [.. step.Ticks
            .Where((_, i) => reply.Outcomes[i] == ScheduleOutcome.Done)
            .SelectMany(tick => tick.Occurrences)
            .Select(occurrence => occurrence.Job)
            .OfType<NewJob>()];
        IReadOnlyList<JobRecord?> found = inner.FindAsync([.. jobs.Select(job => job.Ref)], JobParts.None, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        for (int i = 0; i < jobs.Length; i++)
        {
            if (found[i] is not null)
                added.Add(JobAdded.Of(jobs[i], time.GetUtcNow(), Reader));
        }
    }
}
