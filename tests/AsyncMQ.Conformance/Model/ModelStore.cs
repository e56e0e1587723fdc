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
        return new(true, held.Length, [.. held.Where(job => job.CancelRequested).Select(job => new SessionClaim(job.Ref, 0, job.Token!.Value))], session.IsQuiet);
    }

    public bool Quiet(SessionId id, bool quiet)
    {
        if (!Sessions.TryGetValue(id, out ModelSession? session))
            return false;
        session.IsQuiet = quiet;
        return true;
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
        WorkOff();
    }

    /// <summary>The longest claimed first, those of one moment in order of adding.</summary>
    public ModelJob[] HeldBy(SessionId id) => [.. Jobs.Where(job => job.Token?.Session == id).OrderBy(job => job.ClaimedAt).ThenBy(job => job.Number)];

    public IReadOnlyList<GroupReply> Add(IReadOnlyList<AddGroup> groups)
    {
        GroupReply[] replies = [.. groups.Select(Add)];
        WorkOff();
        return replies;
    }

    private GroupReply Add(AddGroup group)
    {
        if (group.Jobs.FirstOrDefault(job => IsClosed(job.Ref.Queue)) is { } closed)
            return new(new(AddRefusalReason.QueueClosed, closed.Ref, closed.Ref.Queue), []);
        if (AnswerOfFlow(group) is { } known)
            return known;
        if (RefusalOf(group) is { } refusal)
            return new(refusal, []);

        standIns.Clear();
        ModelFlow? flow = group.Flow is { } asked ? FlowNamed(asked.Id) ?? new(asked.Id, asked.Stamp, ++lastNumber, Now) : null;
        return new(null, [.. group.Jobs.Select(job => Add(job, flow))]);
    }

    private AddedJob Add(NewJob job, ModelFlow? flow = null)
    {
        ModelQueue queue = QueueNamed(job.Ref.Queue);
        standIns.Remove(job.Ref);
        if (StampOfTaken(job) is { } stamp)
            return new(stamp == job.Stamp ? AddOutcome.Created : AddOutcome.Duplicate, job.Ref.Id);
        if (job.Deduplication is not { } asked)
        {
            Begin(Store(queue, job, flow));
            return new(AddOutcome.Created, job.Ref.Id);
        }

        ModelHold? hold = queue.Holds.GetValueOrDefault(asked.Id);
        DeduplicationDecision decision = DeduplicationRules.Decide(asked, hold?.Record, Now);
        switch (decision.Action)
        {
            case DeduplicationAction.Own:
                Begin(Own(queue, Store(queue, job), decision.WindowEnds));
                return new(AddOutcome.Created, job.Ref.Id);
            case DeduplicationAction.Replace:
                hold!.Kept = null;
                Remove(hold.Owner!);
                Begin(Own(queue, Store(queue, job), decision.WindowEnds));
                return new(AddOutcome.Replaced, job.Ref.Id);
            case DeduplicationAction.SuppressAndKeep:
                hold!.Kept = job;
                break;
        }

        hold!.WindowEnds = decision.WindowEnds;
        standIns[job.Ref] = hold;
        return new(AddOutcome.Deduplicated, hold.OwnerId);
    }

    /// <summary>The stamp of what has the id; null when the id is free.</summary>
    private long? StampOfTaken(NewJob job)
    {
        if (Find(job.Ref) is { } found)
            return found.State == JobState.Cancelled && found.Draft.Stamp != job.Stamp ? null : found.Draft.Stamp;
        return TombstoneOf(job.Ref)?.Stamp;
    }

    /// <summary>Puts the record there; <see cref="Begin"/> gives it its first state.</summary>
    private ModelJob Store(ModelQueue queue, NewJob draft, ModelFlow? flow = null)
    {
        if (queue.Jobs.TryGetValue(draft.Ref.Id, out ModelJob? cancelled))
            Remove(cancelled);

        var job = new ModelJob(draft, ++lastNumber) { AddedAt = Now, Flow = flow };
        Link(job);
        queue.Jobs.Add(draft.Ref.Id, job);
        return job;
    }

    private static ModelJob Own(ModelQueue queue, ModelJob job, DateTimeOffset? windowEnds)
    {
        string id = job.Draft.Deduplication!.Id;
        queue.Holds[id] = new() { OwnerId = job.Ref.Id, Owner = job, WindowEnds = windowEnds, Kept = queue.Holds.GetValueOrDefault(id)?.Kept };
        return job;
    }

    private ModelQueue QueueNamed(string name) => Queues.TryGetValue(name, out ModelQueue? queue) ? queue : Queues[name] = new();

    private void ToWaitingOrDelayed(ModelJob job, DateTimeOffset dueAt)
    {
        Put(job, dueAt > Now ? JobState.Delayed : JobState.Waiting, SequenceOf(job));
        job.DueAt = dueAt > Now ? dueAt : null;
        Moved(job);
    }

    private void ToWaiting(ModelJob job, long sequence, bool isParked = false)
    {
        Put(job, JobState.Waiting, sequence);
        job.IsParked = isParked;
        Moved(job);
    }

    private static void Put(ModelJob job, JobState state, long sequence) =>
        (job.State, job.Sequence, job.DueAt, job.Token, job.CancelRequested, job.IsParked) = (state, sequence, null, null, false, false);

    private void Finish(ModelJob job, JobState end)
    {
        (job.State, job.DueAt, job.Token, job.CancelRequested, job.IsParked, job.EndedAt) = (end, null, null, false, false, Now);
        Moved(job, hasEnded: true);
        Spread(job, end);
        Free(job);
    }

    private void Remove(ModelJob job)
    {
        Queues[job.Ref.Queue].Jobs.Remove(job.Ref.Id);
        bool hadEnded = job.State.IsFinal();
        (job.State, job.Token, job.IsOnRecord) = (JobState.Cancelled, null, false);
        Moved(job, hasEnded: true);
        if (!hadEnded)
            Spread(job, null);
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
            Begin(Own(queue, Store(queue, kept), kept.Deduplication!.Ttl is { } ttl ? Now + ttl : null));
        else if (!DeduplicationRules.IsHeld(hold.Record, Now))
            queue.Holds.Remove(asked.Id);
    }

    private NewJob? TakeKept(ModelQueue queue, ModelHold hold)
    {
        NewJob? kept = hold.Kept;
        hold.Kept = null;
        return kept is null || queue.IsClosed || StampOfTaken(kept) is not null ? null : kept;
    }

    public string? OwnerOf(string queue, string id) =>
        Queues.GetValueOrDefault(queue)?.Holds.GetValueOrDefault(id) is { } hold && DeduplicationRules.IsHeld(hold.Record, Now) ? hold.OwnerId : null;
}
