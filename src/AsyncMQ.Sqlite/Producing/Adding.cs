using AsyncMQ.Sqlite.Linking;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Sqlite.Working;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Producing;

/// <summary>Adds groups of jobs.</summary>
internal sealed class Adding(Books books, TakenIds ids, LinkParts linking, Deduplicating deduplicating, Finishing finishing)
{
    /// <summary>Of the group under way; null: its jobs have nothing to do with each other or with others.</summary>
    private GroupLinks? links;

    public AddReply Run(AddStep step)
    {
        SessionEntry session = books.Sessions.Require(step.Step);
        if (books.Sessions.Replay(session, step.Step) is { } before)
            return AddCodec.Read(before, step);

        var groups = new GroupReply[step.Groups.Count];
        for (int i = 0; i < groups.Length; i++)
            groups[i] = Add(step.Groups[i]);

        ByteWriter bytes = books.Reply;
        AddCodec.Write(bytes, step, groups);
        books.Sessions.Keep(session, step.Step, bytes.Written);

        // A job that gave way to one of these may have had dependents.
        linking.Spreading.WorkOff();
        return new(groups);
    }

    /// <summary>Adds one group.</summary>
    public GroupReply Add(AddGroup group)
    {
        bool isLinked = group.Flow is not null;
        for (int i = 0; i < group.Jobs.Count; i++)
        {
            JobRef job = group.Jobs[i].Ref;
            if (books.Queues.Find(job.Queue) is { IsClosed: true })
                return new(new(AddRefusalReason.QueueClosed, job, job.Queue), []);
            isLinked |= group.Jobs[i].DependsOn.Count > 0;
        }

        links = isLinked ? new(group.Flow) : null;
        if (links is not null && linking.Checking.Check(group, links) is { } answer)
            return answer;

        var added = new AddedJob[group.Jobs.Count];
        for (int i = 0; i < added.Length; i++)
        {
            added[i] = Add(group.Jobs[i]);
            if (links?.TakeFailing() is { } failure && books.Jobs.Find(failure.Handle) is { } job)
                finishing.Fail(job, failure.Error);
        }

        return new(null, added);
    }

    /// <summary>Adds one job that comes by itself to an open queue.</summary>
    public AddedJob AddAlone(NewJob job)
    {
        links = null;
        return Add(job);
    }

    private AddedJob Add(NewJob job)
    {
        QueueEntry queue = books.Queues.FindOrAdd(job.Ref.Queue);
        links?.Stored(job.Ref);
        if (ids.FindTombstone(queue, job.Ref.Id) is { } tombstone)
            return new(tombstone.Stamp == job.Stamp ? AddOutcome.Created : AddOutcome.Duplicate, job.Ref.Id);

        // Most ids are new and most jobs are not deduplicated: then the insert alone decides.
        if (job.Deduplication is null && linking.Tying.TryStore(queue, job, links) is not null)
            return new(AddOutcome.Created, job.Ref.Id);

        return AddWithCare(queue, job);
    }

    private AddedJob AddWithCare(QueueEntry queue, NewJob job)
    {
        string id = job.Ref.Id;
        TakenId? taken = ids.Find(queue, id);
        if (taken is { } found && found.Stamp == job.Stamp)
            return new(AddOutcome.Created, id);
        if (taken is { State: not JobState.Cancelled })
            return new(AddOutcome.Duplicate, id);

        if (job.Deduplication is not { } asked)
        {
            Store(queue, job, taken);
            return new(AddOutcome.Created, id);
        }

        Hold? hold = deduplicating.Find(queue, asked.Id);
        DeduplicationDecision decision = DeduplicationRules.Decide(asked, hold?.Record, Ticks.ToTime(books.Now));
        switch (decision.Action)
        {
            case DeduplicationAction.Own:
                deduplicating.Own(queue, asked.Id, Store(queue, job, taken), id, decision.WindowEnds);
                return new(AddOutcome.Created, id);

            case DeduplicationAction.Replace:
                Replace(queue, job, taken, hold!.Value, decision);
                return new(AddOutcome.Replaced, id);

            default:
                deduplicating.SetWindow(hold!.Value, decision.WindowEnds);
                if (decision.Action == DeduplicationAction.SuppressAndKeep)
                    deduplicating.Keep(hold.Value, job);
                links?.Suppressed(job.Ref, hold.Value);
                books.Telling.Deduplicated(job, hold.Value.Record.OwnerId);
                return new(AddOutcome.Deduplicated, hold.Value.Record.OwnerId);
        }
    }

    private void Replace(QueueEntry queue, NewJob job, TakenId? taken, Hold hold, DeduplicationDecision decision)
    {
        // The old one's removal releases nothing: there is no kept add any more, and the id has its new owner in this same step.
        deduplicating.DropKept(hold);
        links?.GivingWay = hold.Owner;
        if (books.Jobs.Find(hold.Owner) is { } owner)
            finishing.Finish(owner, null);
        deduplicating.Own(queue, job.Deduplication!.Id, Store(queue, job, taken), job.Ref.Id, decision.WindowEnds);
    }

    private long Store(QueueEntry queue, NewJob job, TakenId? cancelled)
    {
        if (cancelled is { } found)
            ids.Free(found);
        return linking.Tying.TryStore(queue, job, links)
            ?? throw new StoreException($"Job {job.Ref} could not be stored: its id was taken within the same step.");
    }
}
