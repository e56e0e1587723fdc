using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Add: groups of jobs, each group all or nothing.</content>
internal sealed partial class InMemoryJobStore
{
    private AddReply Add(AddStep step)
    {
        var replies = new GroupReply[step.Groups.Count];
        for (int i = 0; i < replies.Length; i++)
            replies[i] = AddGroup(step.Groups[i]);

        // A job that gave way to one of these may have had dependents.
        SpreadEffects();
        return new(replies);
    }

    private GroupReply AddGroup(AddGroup group)
    {
        // Whatever can refuse the group is checked before anything of it is written.
        bool isLinked = group.Flow is not null;
        for (int i = 0; i < group.Jobs.Count; i++)
        {
            JobRef job = group.Jobs[i].Ref;
            if (queues.TryGetValue(job.Queue, out StoredQueue? queue) && queue.IsClosed)
                return new(new(AddRefusalReason.QueueClosed, job, job.Queue), []);
            isLinked |= group.Jobs[i].DependsOn.Count > 0;
        }

        if (isLinked && ReplyToUnadded(group) is { } reply)
            return reply;

        GroupLinks? links = isLinked ? LinksOf(group) : null;
        var added = new AddedJob[group.Jobs.Count];
        for (int i = 0; i < added.Length; i++)
            added[i] = AddJob(group.Jobs[i], links);
        return new(null, added);
    }

    private AddedJob AddJob(NewJob job, GroupLinks? links)
    {
        StoredQueue queue = QueueNamed(job.Ref.Queue);
        links?.Stored(job.Ref);
        if (StampOfTaken(queue, job) is { } stamp)
            return new(stamp == job.Stamp ? AddOutcome.Created : AddOutcome.Duplicate, job.Ref.Id);
        if (job.Deduplication is { } asked)
            return AddDeduplicated(queue, job, asked, links);

        Store(queue, job, links);
        return new(AddOutcome.Created, job.Ref.Id);
    }

    /// <summary>
    /// The stamp of the record or tombstone that has the job's id; null when the id is free: a cancelled record gives way to any other add.
    /// </summary>
    private long? StampOfTaken(StoredQueue queue, NewJob job)
    {
        if (queue.Jobs.TryGetValue(job.Ref.Id, out JobEntry? entry))
            return entry.State == JobState.Cancelled && entry.Stamp != job.Stamp ? null : entry.Stamp;

        return queue.Tombstones.TryGetValue(job.Ref.Id, out Tombstone? tombstone) && tombstone.Until > now ? tombstone.Stamp : null;
    }

    /// <summary>Stores a job whose id is free, as waiting or delayed, or as what it depends on has it.</summary>
    private JobEntry Store(StoredQueue queue, NewJob job, GroupLinks? links = null)
    {
        if (queue.Jobs.TryGetValue(job.Ref.Id, out JobEntry? cancelled))
            Finish(cancelled, null);

        var entry = new JobEntry
        {
            Queue = queue,
            Id = job.Ref.Id,
            Name = job.Name,
            Payload = job.Payload,
            Envelope = job.Envelope,
            Handle = NextNumber(),
            Stamp = job.Stamp,
            AddedAt = now,
            Priority = job.Priority,
            Flags = job.Flags & ~(JobFlags.TimeToLive | JobFlags.Key | JobFlags.Deduplication | JobFlags.Dependents | JobFlags.Linked),
        };
        if (job.Key is { } key)
        {
            entry.Flags |= JobFlags.Key;
            entry.Spot = new(entry, key);
        }

        if (job.TimeToLive is not null || job.Deduplication is not null)
            StoreExtras(entry, job);

        // Before it has a record, so that it cannot find itself among those that it depends on.
        JobState? heldIn = links is null ? null : Link(entry, job, links);
        queue.Jobs.Add(entry.Id, entry);
        Touch(queue);
        if (heldIn is null)
            Enter(entry, DueTime(job.RunAt, job.Delay), entry.Handle);
        else
            queue.EnterWaitingChildren(entry, now);
        Tell(JobEventKinds.Added, entry);
        if (heldIn == JobState.Failed)
            Finish(entry, JobState.Failed, entry.Extras!.Error);
        return entry;
    }

    private void StoreExtras(JobEntry entry, NewJob job)
    {
        JobExtras extras = entry.NeedExtras();
        if (job.TimeToLive is { } timeToLive)
        {
            entry.Flags |= JobFlags.TimeToLive;
            (extras.TimeToLive, extras.ExpiresAt) = (timeToLive, now + timeToLive.Ticks);
        }

        if (job.Deduplication is { } deduplication)
        {
            entry.Flags |= JobFlags.Deduplication;
            extras.Deduplication = deduplication;
        }
    }

    private long DueTime(DateTimeOffset? runAt, TimeSpan? delay) => runAt?.UtcTicks ?? (now + (delay ?? TimeSpan.Zero).Ticks);
}
