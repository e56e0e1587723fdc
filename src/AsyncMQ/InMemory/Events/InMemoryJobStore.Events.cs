using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Events: what the transitions tell of what they did, while somebody listens.</content>
internal sealed partial class InMemoryJobStore
{
    private readonly EventJournal journal = new();
    private bool hasEvents;

    public ValueTask<SubscribeReply> SubscribeAsync(EventSubscription subscription, CancellationToken cancellationToken) =>
        Run(subscription, static (store, subscription) => store.journal.Subscribe(subscription, store.now), cancellationToken);

    public ValueTask<EventPage> ReadEventsAsync(long from, int take, CancellationToken cancellationToken) =>
        Run((from, take), static (store, ask) => store.journal.Read(ask.from, ask.take), cancellationToken);

    public Task UnsubscribeAsync(Guid id, CancellationToken cancellationToken) =>
        Run(id, static (store, id) => store.Unsubscribe(id), cancellationToken).AsTask();

    private bool Unsubscribe(Guid id)
    {
        journal.Unsubscribe(id, now);
        return true;
    }

    private bool IsWanted(JobEventKinds kind, JobEntry entry) => journal.Wants(kind, entry.Queue.Name, entry.Id, now);

    /// <summary>Tells what happened to a job, which is in its new state already.</summary>
    private void Tell(JobEventKinds kind, JobEntry entry)
    {
        if (IsWanted(kind, entry))
            Write(EventOf(kind, entry));
    }

    /// <summary>As <see cref="Tell(JobEventKinds, JobEntry)"/>, of an attempt that did not go well.</summary>
    private void Tell(JobEventKinds kind, JobEntry entry, ReadOnlyMemory<byte> error)
    {
        if (IsWanted(kind, entry))
            Write(EventOf(kind, entry) with { Data = error });
    }

    private void TellStarted(JobEntry entry)
    {
        if (IsWanted(JobEventKinds.Started, entry))
            Write(EventOf(JobEventKinds.Started, entry) with { Text = entry.Session!.Info.Name });
    }

    private void TellStalled(JobEntry entry, ReadOnlyMemory<byte> error)
    {
        if (IsWanted(JobEventKinds.Stalled, entry))
            Write(EventOf(JobEventKinds.Stalled, entry) with { State = JobState.Waiting, Stalls = entry.Stalls, Text = entry.Session!.Info.Name, Data = error });
    }

    private void TellRetried(JobEntry entry)
    {
        if (IsWanted(JobEventKinds.Retrying, entry))
            Write(EventOf(JobEventKinds.Retrying, entry) with { IsManual = true });
    }

    /// <summary>Tells of a way out of the queue.</summary>
    private void TellEnd(JobEntry entry, JobState before, JobState? outcome, ReadOnlyMemory<byte> error)
    {
        JobEventKinds kind = EventRules.KindOf(outcome);
        if (!IsWanted(kind, entry))
            return;
        Write(EventOf(kind, entry) with { State = outcome ?? before, Data = error });
    }

    private void TellReported(JobEntry entry, JobReport report)
    {
        if (report.Progress is { } progress)
            Tell(JobEventKinds.Progressed, entry, progress);
        if (report.Lines.Count == 0 || !IsWanted(JobEventKinds.Logged, entry))
            return;
        foreach (string line in report.Lines)
            Write(EventOf(JobEventKinds.Logged, entry) with { Text = line });
    }

    private void TellDeduplicated(NewJob job, string ownerId)
    {
        if (journal.Wants(JobEventKinds.Deduplicated, job.Ref.Queue, ownerId, now))
            Write(EventRules.Deduplicated(job, ownerId, ToTime(now)));
    }

    private void TellQueue(JobEventKinds kind, StoredQueue queue, DateTimeOffset? until = null, string? text = null, string? detail = null)
    {
        if (journal.Wants(kind, queue.Name, null, now))
            Write(new() { Kind = kind, At = ToTime(now), Queue = queue.Name, Until = until, Text = text, Detail = detail });
    }

    /// <summary>After a claim: tells once that the queue's limits hold jobs back, until they do not.</summary>
    private void TellLimit(StoredQueue queue)
    {
        if (queue.Limits is null || !journal.Wants(JobEventKinds.LimitReached, queue.Name, null, now))
            return;

        bool isReached = queue.HoldsBack(now);
        if (isReached && !queue.IsLimitTold)
            TellQueue(JobEventKinds.LimitReached, queue, queue.NextPermit(now) is < long.MaxValue and var next ? ToTime(next) : null);
        queue.IsLimitTold = isReached;
    }

    private void TellLimits(StoredQueue queue)
    {
        foreach ((string key, long? next) in queue.Reached)
            TellQueue(JobEventKinds.LimitReached, queue, next is { } permit ? ToTime(permit) : null, key);
        queue.Reached.Clear();
    }

    private void TellWorker(JobEventKinds kind, StoredSession session, bool isLost = false)
    {
        if (session.HasLease && journal.Wants(kind, null, session.Id.ToString(), now))
            Write(EventRules.OfWorker(kind, session.Info, ToTime(now), isLost));
    }

    private StoreEvent EventOf(JobEventKinds kind, JobEntry entry) => new()
    {
        Kind = kind,
        At = ToTime(now),
        Queue = entry.Queue.Name,
        Id = entry.Id,
        Name = entry.Name,
        Attempt = entry.Attempt,
        State = entry.State,
        Until = entry.State == JobState.Delayed ? ToTime(entry.At) : null,
    };

    private void Write(StoreEvent written)
    {
        journal.Write(written);
        hasEvents = true;
    }
}
