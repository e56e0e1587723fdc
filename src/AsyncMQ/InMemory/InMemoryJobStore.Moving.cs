using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>The moves between states that the transitions are made of.</content>
internal sealed partial class InMemoryJobStore
{
    /// <summary>Waiting, behind its equals; one that leads its key in strict order at its old place.</summary>
    private void MoveToWaiting(JobEntry entry)
    {
        if (IsHead(entry))
        {
            ReturnToWaiting(entry);
            return;
        }

        long since = WaitsSince(entry);
        Leave(entry);
        entry.Queue.EnterWaiting(entry, now, NextNumber());
        entry.At = since;
        entry.Queue.HasNews = true;
    }

    // What came due waits since then, though nobody was there to see it.
    private long WaitsSince(JobEntry entry) => entry.State == JobState.Delayed ? Math.Min(entry.At, now) : now;

    /// <summary>Waiting again, at its old place.</summary>
    private void ReturnToWaiting(JobEntry entry)
    {
        long since = WaitsSince(entry);
        Leave(entry);
        entry.Queue.ReenterWaiting(entry, now);
        entry.At = since;
        entry.Queue.HasNews = true;
    }

    private void MoveToParked(JobEntry entry)
    {
        Leave(entry);
        entry.Queue.Park(entry, now);
        entry.Queue.HasNews = true;
    }

    private void MoveToDelayed(JobEntry entry, long dueAt)
    {
        Leave(entry);
        EnterDelayed(entry, dueAt);
        if (entry.Spot is { } spot)
            entry.Queue.Keys.Settle(spot, hasEnded: false, now);
    }

    private void MoveToWaitingChildren(JobEntry entry)
    {
        Leave(entry);
        entry.Queue.EnterWaitingChildren(entry, now);
    }

    /// <summary>Delayed until then; waiting, when that is not to come.</summary>
    private void Enter(JobEntry entry, long dueAt, long sequence)
    {
        if (dueAt > now)
        {
            EnterDelayed(entry, dueAt);
            return;
        }

        entry.Queue.EnterWaiting(entry, now, sequence);
        entry.Queue.HasNews = true;
    }

    private static void EnterDelayed(JobEntry entry, long dueAt)
    {
        StoredQueue queue = entry.Queue;
        queue.HasNews |= dueAt < queue.Delayed.Earliest;
        queue.EnterDelayed(entry, dueAt);
    }

    private void MoveToActive(JobEntry entry, StoredSession session, StepId step)
    {
        Leave(entry);
        entry.Queue.EnterActive(entry, now, NextNumber());
        entry.Queue.Claimed(entry, now);
        entry.StartedAt = entry.At;
        (entry.Session, entry.ClaimLane, entry.ClaimSequence) = (session, step.Lane, step.Sequence);
        session.Claims.Add(entry);

        // Counted when claimed, not when it fails: a job that kills its process must still run out of attempts.
        entry.Attempt++;
        TellStarted(entry);
    }

    /// <summary>
    /// The one way out of the queue, for settle, recover, expire, cancel and remove alike: the job leaves its state and its claim, enters the history
    /// or is deleted, its dependents are put down to hear of it, its deduplication id comes free (a kept add follows), and its end is announced.
    /// </summary>
    /// <param name="entry">The job, in any state.</param>
    /// <param name="outcome">The final state; null: the record is removed.</param>
    /// <param name="error">Why it failed, as it is kept already.</param>
    private void Finish(JobEntry entry, JobState? outcome, ReadOnlyMemory<byte> error = default)
    {
        JobState before = entry.State;
        Leave(entry);
        if (outcome is { } state)
            entry.Queue.EnterEnded(entry, state, now, NextNumber());
        else
            entry.Queue.Jobs.Remove(entry.Id);

        TellEnd(entry, before, outcome, error);
        if (entry.Spot is { } spot)
            entry.Queue.Keys.Settle(spot, hasEnded: true, now);
        if (entry.IsTied)
            EndLinks(entry, before, outcome);
        if ((entry.Flags & JobFlags.Deduplication) != 0)
            FreeDeduplication(entry, isRemoved: outcome is null);
        AnnounceEnd(entry);
    }

    /// <summary>Out of the index of its state, and out of its session's hands.</summary>
    private void Leave(JobEntry entry)
    {
        Touch(entry.Queue);
        if (entry.State == JobState.Active)
        {
            entry.Session!.Claims.Remove(entry);
            if (entry.CancelRequested)
                entry.Session.Cancellations.Remove(entry);
            entry.CancelRequested = false;
            entry.Queue.HasNews |= entry.Queue.Limits is not null;
            if (entry.Spot is { } spot)
                entry.Queue.Keys.Free(spot);
        }

        entry.Queue.Leave(entry);
    }

    private static bool IsHead(JobEntry entry) => entry.Spot?.Record is { IsForgotten: false } key && key.Head == entry;

    private void RecordAttempt(JobEntry entry, AttemptOutcome outcome, ReadOnlyMemory<byte> error) =>
        entry.NeedExtras().Record(
            new(entry.Attempt, outcome, ToTime(entry.StartedAt), ToTime(now), entry.Session!.Info.Name, error));
}
