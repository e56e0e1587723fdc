namespace AsyncMQ.Conformance.Model;

/// <summary>
/// The whole contract once more, one step after the other, over plain dictionaries: clear before fast, and written from the docstrings, not from a store.
/// </summary>
/// <param name="start">The time at which it begins.</param>
internal sealed partial class ModelStore(DateTimeOffset start)
{
    private long lastNumber;

    public DateTimeOffset Now { get; set; } = start;

    public Dictionary<string, ModelQueue> Queues { get; } = [];

    public Dictionary<SessionId, ModelSession> Sessions { get; } = [];

    public IEnumerable<ModelJob> Jobs => Queues.Values.SelectMany(queue => queue.Jobs.Values);

    public ModelJob? Find(JobRef job) => Queues.GetValueOrDefault(job.Queue)?.Jobs.GetValueOrDefault(job.Id);

    public void Open(SessionInfo info) => Sessions.Add(info.Id, new(info) { LeaseUntil = Now + info.Lease!.Value });

    public RenewReply Renew(SessionId id)
    {
        if (!Sessions.TryGetValue(id, out ModelSession? session))
            return new(false, 0, []);
        session.LeaseUntil = Now + session.Info.Lease!.Value;
        ModelJob[] held = HeldBy(id);
        return new(true, held.Length, [.. held.Where(job => job.CancelRequested).Select(job => new SessionClaim(job.Ref, 0, job.Token!.Value))]);
    }

    public void Close(SessionId id)
    {
        foreach (ModelJob job in HeldBy(id))
        {
            job.Attempt--;
            if (job.CancelRequested)
                Finish(job, JobState.Cancelled);
            else
                ToWaiting(job, job.Sequence);
        }

        Sessions.Remove(id);
    }

    public ModelJob[] HeldBy(SessionId id) => [.. Jobs.Where(job => job.Token?.Session == id)];

    public IReadOnlyList<GroupReply> Add(IReadOnlyList<AddGroup> groups) => [.. groups.Select(Add)];

    private GroupReply Add(AddGroup group)
    {
        NewJob? refused = group.Jobs.FirstOrDefault(job => Queues.GetValueOrDefault(job.Ref.Queue)?.IsClosed == true);
        return refused is not null
            ? new(new(AddRefusalReason.QueueClosed, refused.Ref, refused.Ref.Queue), [])
            : new(null, [.. group.Jobs.Select(Add)]);
    }

    private AddedJob Add(NewJob job)
    {
        ModelQueue queue = QueueNamed(job.Ref.Queue);
        if (StampOfTaken(queue, job) is { } stamp)
            return new(stamp == job.Stamp ? AddOutcome.Created : AddOutcome.Duplicate, job.Ref.Id);
        if (job.Deduplication is not { } asked)
        {
            Store(queue, job);
            return new(AddOutcome.Created, job.Ref.Id);
        }

        ModelHold? hold = queue.Holds.GetValueOrDefault(asked.Id);
        DeduplicationDecision decision = DeduplicationRules.Decide(asked, hold?.Record, Now);
        switch (decision.Action)
        {
            case DeduplicationAction.Own:
                Own(queue, Store(queue, job), decision.WindowEnds);
                return new(AddOutcome.Created, job.Ref.Id);
            case DeduplicationAction.Replace:
                hold!.Kept = null;
                Remove(hold.Owner!);
                Own(queue, Store(queue, job), decision.WindowEnds);
                return new(AddOutcome.Replaced, job.Ref.Id);
            case DeduplicationAction.SuppressAndKeep:
                hold!.Kept = job;
                break;
        }

        hold!.WindowEnds = decision.WindowEnds;
        return new(AddOutcome.Deduplicated, hold.OwnerId);
    }

    /// <summary>The stamp of what has the id; null when the id is free.</summary>
    private long? StampOfTaken(ModelQueue queue, NewJob job)
    {
        if (queue.Jobs.TryGetValue(job.Ref.Id, out ModelJob? found))
            return found.State == JobState.Cancelled && found.Draft.Stamp != job.Stamp ? null : found.Draft.Stamp;
        return queue.Tombstones.TryGetValue(job.Ref.Id, out var tombstone) && tombstone.Until > Now ? tombstone.Stamp : null;
    }

    private ModelJob Store(ModelQueue queue, NewJob draft)
    {
        if (queue.Jobs.TryGetValue(draft.Ref.Id, out ModelJob? cancelled))
            Remove(cancelled);

        var job = new ModelJob(draft, ++lastNumber) { AddedAt = Now, ExpiresAt = Now + draft.TimeToLive };
        queue.Jobs.Add(draft.Ref.Id, job);
        ToWaitingOrDelayed(job, draft.RunAt ?? Now + draft.Delay);
        return job;
    }

    private static void Own(ModelQueue queue, ModelJob job, DateTimeOffset? windowEnds)
    {
        string id = job.Draft.Deduplication!.Id;
        queue.Holds[id] = new() { OwnerId = job.Ref.Id, Owner = job, WindowEnds = windowEnds, Kept = queue.Holds.GetValueOrDefault(id)?.Kept };
    }

    private ModelQueue QueueNamed(string name) => Queues.TryGetValue(name, out ModelQueue? queue) ? queue : Queues[name] = new();

    private void ToWaitingOrDelayed(ModelJob job, DateTimeOffset dueAt)
    {
        ToWaiting(job, ++lastNumber);
        if (dueAt > Now)
            (job.State, job.DueAt) = (JobState.Delayed, dueAt);
    }

    private static void ToWaiting(ModelJob job, long sequence) =>
        (job.State, job.Sequence, job.DueAt, job.Token, job.CancelRequested, job.IsParked) = (JobState.Waiting, sequence, null, null, false, false);

    private void Finish(ModelJob job, JobState end)
    {
        (job.State, job.DueAt, job.Token, job.CancelRequested, job.IsParked, job.EndedAt) = (end, null, null, false, false, Now);
        Free(job);
    }

    private void Remove(ModelJob job)
    {
        Queues[job.Ref.Queue].Jobs.Remove(job.Ref.Id);
        (job.State, job.Token) = (JobState.Cancelled, null);
        Free(job, isRemoved: true);
    }

    /// <summary>The end of an owner: the kept add follows, or the id comes free, or stays held until its window ends.</summary>
    private void Free(ModelJob job, bool isRemoved = false)
    {
        ModelQueue queue = Queues[job.Ref.Queue];
        if (job.Draft.Deduplication is not { } asked || queue.Holds.GetValueOrDefault(asked.Id) is not { } hold || hold.Owner != job)
            return;

        if (isRemoved)
            hold.Owner = null;
        if (TakeKept(queue, hold) is { } kept)
            Own(queue, Store(queue, kept), kept.Deduplication!.Ttl is { } ttl ? Now + ttl : null);
        else if (!DeduplicationRules.IsHeld(hold.Record, Now))
            queue.Holds.Remove(asked.Id);
    }

    private NewJob? TakeKept(ModelQueue queue, ModelHold hold)
    {
        NewJob? kept = hold.Kept;
        hold.Kept = null;
        return kept is null || queue.IsClosed || StampOfTaken(queue, kept) is not null ? null : kept;
    }

    public string? OwnerOf(string queue, string id) =>
        Queues.GetValueOrDefault(queue)?.Holds.GetValueOrDefault(id) is { } hold && DeduplicationRules.IsHeld(hold.Record, Now) ? hold.OwnerId : null;
}
