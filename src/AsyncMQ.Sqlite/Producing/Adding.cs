using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Sqlite.Working;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Producing;

/// <summary>Adds groups of jobs.</summary>
internal sealed class Adding(Books books, Storing storing, Deduplicating deduplicating, Finishing finishing)
{
    private readonly Statement taken = books.Database.Prepare("add/taken");
    private readonly Statement tombstone = books.Database.Prepare("add/tombstone");

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
        return new(groups);
    }

    private GroupReply Add(AddGroup group)
    {
        foreach (NewJob job in group.Jobs)
        {
            if (books.Queues.Find(job.Ref.Queue) is { IsClosed: true })
                return new(new(AddRefusalReason.QueueClosed, job.Ref, job.Ref.Queue), []);
        }

        var added = new AddedJob[group.Jobs.Count];
        for (int i = 0; i < added.Length; i++)
            added[i] = Add(group.Jobs[i]);
        return new(null, added);
    }

    private AddedJob Add(NewJob job)
    {
        QueueEntry queue = books.Queues.FindOrAdd(job.Ref.Queue);
        if (queue.Tombstones > 0 && Buried(queue, job) is { } buried)
            return buried;

        // Most ids are new and most jobs are not deduplicated: then the insert alone decides.
        if (job.Deduplication is null && storing.TryStore(queue, job) is not null)
            return new(AddOutcome.Created, job.Ref.Id);

        return AddWithCare(queue, job);
    }

    private AddedJob AddWithCare(QueueEntry queue, NewJob job)
    {
        string id = job.Ref.Id;
        JobRow? replaced = null;
        if (taken.Start().Bind(queue.Id).Bind(id).Step())
        {
            (long handle, var state, long stamp) = (taken.Long(0), (JobState)taken.Int(1), taken.Long(2));
            taken.Reset();
            if (stamp == job.Stamp)
                return new(AddOutcome.Created, id);
            if (state != JobState.Cancelled)
                return new(AddOutcome.Duplicate, id);
            replaced = books.Jobs.Find(handle);
        }

        if (job.Deduplication is not { } asked)
        {
            Store(queue, job, replaced);
            return new(AddOutcome.Created, id);
        }

        Hold? hold = deduplicating.Find(queue, asked.Id);
        DeduplicationDecision decision = DeduplicationRules.Decide(asked, hold?.Record, Ticks.ToTime(books.Now));
        switch (decision.Action)
        {
            case DeduplicationAction.Own:
                deduplicating.Own(queue, asked.Id, Store(queue, job, replaced), id, decision.WindowEnds);
                return new(AddOutcome.Created, id);

            case DeduplicationAction.Replace:
                Replace(queue, job, replaced, hold!.Value, decision);
                return new(AddOutcome.Replaced, id);

            default:
                deduplicating.SetWindow(hold!.Value, decision.WindowEnds);
                if (decision.Action == DeduplicationAction.SuppressAndKeep)
                    deduplicating.Keep(hold.Value, job);
                return new(AddOutcome.Deduplicated, hold.Value.Record.OwnerId);
        }
    }

    private void Replace(QueueEntry queue, NewJob job, JobRow? replaced, Hold hold, DeduplicationDecision decision)
    {
        // The new owner is written first, so that the old one's removal releases nothing.
        deduplicating.DropKept(hold);
        deduplicating.Own(queue, job.Deduplication!.Id, Store(queue, job, replaced), job.Ref.Id, decision.WindowEnds);
        if (books.Jobs.Find(hold.Owner) is { } owner)
            finishing.Finish(owner, null);
    }

    private long Store(QueueEntry queue, NewJob job, JobRow? replaced)
    {
        if (replaced is not null)
            finishing.Finish(replaced, null);
        return storing.TryStore(queue, job)
            ?? throw new StoreException($"Job {job.Ref} could not be stored: its id was taken within the same step.");
    }

    private AddedJob? Buried(QueueEntry queue, NewJob job)
    {
        if (!tombstone.Start().Bind(queue.Id).Bind(job.Ref.Id).Step())
            return null;

        (long stamp, long until) = (tombstone.Long(0), tombstone.Long(1));
        tombstone.Reset();
        if (until > books.Now)
            return new(stamp == job.Stamp ? AddOutcome.Created : AddOutcome.Duplicate, job.Ref.Id);

        books.Database.Prepare("add/delete-tombstone").Start().Bind(queue.Id).Bind(job.Ref.Id).Run();
        books.Queues.Touch(queue);
        queue.Tombstones--;
        return null;
    }
}
