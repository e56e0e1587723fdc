using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Add: groups of jobs, each group all or nothing.</content>
internal sealed partial class InMemoryJobStore
{
    private AddReply Add(AddStep step)
    {
        for (int i = 0; i < step.Groups.Count; i++)
            RequireSupported(step.Groups[i].Jobs);

        var replies = new GroupReply[step.Groups.Count];
        for (int i = 0; i < replies.Length; i++)
            replies[i] = AddGroup(step.Groups[i]);
        return new(replies);
    }

    private static void RequireSupported(IReadOnlyList<NewJob> jobs)
    {
        for (int i = 0; i < jobs.Count; i++)
        {
            if (jobs[i].Key is not null || jobs[i].DependsOn.Count > 0)
                throw new NotSupportedException($"Job {jobs[i].Ref} has a key or dependencies, which the in-memory store does not have yet.");
        }
    }

    private GroupReply AddGroup(AddGroup group)
    {
        // Whatever can refuse the group is checked before anything of it is written.
        for (int i = 0; i < group.Jobs.Count; i++)
        {
            JobRef job = group.Jobs[i].Ref;
            if (queues.TryGetValue(job.Queue, out StoredQueue? queue) && queue.IsClosed)
                return new(new(AddRefusalReason.QueueClosed, job, job.Queue), []);
        }

        var added = new AddedJob[group.Jobs.Count];
        for (int i = 0; i < added.Length; i++)
            added[i] = AddJob(group.Jobs[i]);
        return new(null, added);
    }

    private AddedJob AddJob(NewJob job)
    {
        StoredQueue queue = QueueNamed(job.Ref.Queue);
        if (StampOfTaken(queue, job) is { } stamp)
            return new(stamp == job.Stamp ? AddOutcome.Created : AddOutcome.Duplicate, job.Ref.Id);
        if (job.Deduplication is { } asked)
            return AddDeduplicated(queue, job, asked);

        Store(queue, job);
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

    /// <summary>Stores a job whose id is free, as waiting or delayed.</summary>
    private JobEntry Store(StoredQueue queue, NewJob job)
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
            Flags = job.Flags & ~(JobFlags.TimeToLive | JobFlags.Deduplication),
        };
        if (job.TimeToLive is not null || job.Deduplication is not null)
            StoreExtras(entry, job);

        queue.Jobs.Add(entry.Id, entry);
        Touch(queue);
        long dueAt = DueTime(job.RunAt, job.Delay);
        if (dueAt > now)
        {
            EnterDelayed(entry, dueAt);
        }
        else
        {
            queue.EnterWaiting(entry, now, entry.Handle);
            queue.HasNews = true;
        }

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
