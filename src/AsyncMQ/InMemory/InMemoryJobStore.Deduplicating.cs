using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Deduplication ids: who holds them, and what follows when they come free. The rule is <see cref="DeduplicationRules"/>.</content>
internal sealed partial class InMemoryJobStore
{
    /// <summary>Holds whose window ends, by that time; each at most once.</summary>
    private readonly PriorityQueue<DeduplicationHold, long> windows = new();

    private AddedJob AddDeduplicated(StoredQueue queue, NewJob job, Deduplication asked, GroupLinks? links)
    {
        DeduplicationHold? hold = queue.Deduplication.GetValueOrDefault(asked.Id);
        DeduplicationDecision decision = DeduplicationRules.Decide(asked, hold?.Record, ToTime(now));
        switch (decision.Action)
        {
            case DeduplicationAction.Own:
                StoreOwner(queue, job, links, decision.WindowEnds);
                return new(AddOutcome.Created, job.Ref.Id);

            case DeduplicationAction.Replace:
                hold!.Kept = null;
                Finish(hold.Owner!, null);
                StoreOwner(queue, job, links, decision.WindowEnds);
                return new(AddOutcome.Replaced, job.Ref.Id);

            case DeduplicationAction.SuppressAndKeep:
                hold!.Kept = job;
                break;
        }

        SetWindow(hold!, decision.WindowEnds);
        links?.Suppressed(job.Ref, hold!);
        TellDeduplicated(job, hold!.OwnerId);
        return new(AddOutcome.Deduplicated, hold!.OwnerId);
    }

    private void StoreOwner(StoredQueue queue, NewJob job, GroupLinks? links, DateTimeOffset? windowEnds)
    {
        JobEntry entry = Store(queue, job, links);
        Own(entry, windowEnds);

        // What it depends on may have failed it already.
        if (entry.State.IsFinal())
            FreeDeduplication(entry, isRemoved: false);
    }

    /// <summary>Makes a stored job the owner of its deduplication id. A kept add stays with the record.</summary>
    private void Own(JobEntry entry, DateTimeOffset? windowEnds)
    {
        StoredQueue queue = entry.Queue;
        string id = entry.Extras!.Deduplication!.Id;
        if (!queue.Deduplication.TryGetValue(id, out DeduplicationHold? hold))
            queue.Deduplication.Add(id, hold = new(queue, id));

        hold.GiveTo(entry, windowEnds);
        SetWindow(hold, windowEnds);
    }

    private void SetWindow(DeduplicationHold hold, DateTimeOffset? windowEnds)
    {
        hold.WindowEnds = windowEnds;
        if (windowEnds is not { } ends || hold.IsIndexed)
            return;
        hold.IsIndexed = true;
        windows.Enqueue(hold, ends.UtcTicks);
    }

    /// <summary>
    /// The end of a job: if it owns its deduplication id, the kept add follows, else the id comes free, or stays held until its window ends.
    /// </summary>
    private void FreeDeduplication(JobEntry entry, bool isRemoved)
    {
        StoredQueue queue = entry.Queue;
        if (!queue.Deduplication.TryGetValue(entry.Extras!.Deduplication!.Id, out DeduplicationHold? hold) || hold.Owner != entry)
            return;

        if (isRemoved)
            hold.OwnerIsGone();
        if (TakeKept(hold) is { } kept)
            Own(Store(queue, kept), WindowOf(kept.Deduplication!));
        else if (hold.WindowEnds is not { } ends || ends.UtcTicks <= now)
            queue.Deduplication.Remove(hold.Id);
    }

    /// <summary>The kept add, if it can be added: its id is free, and the queue takes adds.</summary>
    private NewJob? TakeKept(DeduplicationHold hold)
    {
        NewJob? kept = hold.Kept;
        hold.Kept = null;
        return kept is not null && !hold.Queue.IsClosed && StampOfTaken(hold.Queue, kept) is null ? kept : null;
    }

    private QueueReply ReleaseDeduplication(StoredQueue queue, string id)
    {
        if (!queue.Deduplication.TryGetValue(id, out DeduplicationHold? hold) || !IsHeld(hold))
            return QueueReply.NotFound;

        queue.Deduplication.Remove(id);
        if (TakeKept(hold) is { } kept)
            Store(queue, kept);
        return QueueReply.Done;
    }

    /// <summary>Before a manual retry: the job owns its deduplication id again, unless another does.</summary>
    private bool TryOwnAgain(JobEntry entry)
    {
        if (entry.Extras?.Deduplication is not { } asked)
            return true;

        DeduplicationHold? hold = entry.Queue.Deduplication.GetValueOrDefault(asked.Id);
        if (hold is not null && hold.Owner == entry)
            return true;
        if (hold is not null && IsHeld(hold))
            return false;

        // The window counts from the add, so it is not opened anew; while the job runs, the record still serves KeepLastIfActive.
        Own(entry, asked.Ttl is { } ttl ? ToTime(entry.AddedAt) + ttl : null);
        return true;
    }

    /// <summary>Held against some add or other: by its window, or by an owner that has not ended.</summary>
    private bool IsHeld(DeduplicationHold hold) => hold.HasLiveOwner || DeduplicationRules.IsHeld(hold.Record, ToTime(now));

    private string? FindDeduplicationOwner(string queue, string id) =>
        queues.TryGetValue(queue, out StoredQueue? found)
            && found.Deduplication.TryGetValue(id, out DeduplicationHold? hold)
            && DeduplicationRules.IsHeld(hold.Record, ToTime(now))
                ? hold.OwnerId
                : null;

    private DateTimeOffset? WindowOf(Deduplication asked) => asked.Ttl is { } ttl ? ToTime(now) + ttl : null;
}
