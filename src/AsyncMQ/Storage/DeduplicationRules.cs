namespace AsyncMQ.Storage;

/// <summary>The record of one deduplication id in one queue, as a store found it inside its step.</summary>
/// <param name="OwnerId">The id of the owning job.</param>
/// <param name="OwnerState">The state of <em>that very record</em> (compare the store's own number, not only the id); null when it is gone.</param>
/// <param name="WindowEnds">When the id comes free whatever the owner does; null: when the owner ends.</param>
public readonly record struct DeduplicationRecord(string OwnerId, JobState? OwnerState, DateTimeOffset? WindowEnds);

/// <summary>What a store has to do with an add that asks for deduplication.</summary>
public enum DeduplicationAction
{
    /// <summary>Store the job and make it the owner, with the decided window. A kept add of the old record stays with the record.</summary>
    Own = 0,

    /// <summary>Remove the delayed owner and any kept add, store the job and make it the owner, with the decided window.</summary>
    Replace = 1,

    /// <summary>Store nothing; write the decided window if it changed.</summary>
    Suppress = 2,

    /// <summary>As Suppress, and keep this add in the record in place of an earlier one; the owner's end adds it.</summary>
    SuppressAndKeep = 3,
}

/// <summary>A decision and the window it leaves.</summary>
/// <param name="Action">What to do.</param>
/// <param name="WindowEnds">The record's window from now on.</param>
public readonly record struct DeduplicationDecision(DeduplicationAction Action, DateTimeOffset? WindowEnds);

/// <summary>
/// The one rule of deduplication, for stores whose step runs in .NET; others write the same in their language and prove it in the conformance suite.
/// At the owner's end (any final state, or removal): a kept add is added and becomes the owner, its delay and times counted from then, unless its id is
/// taken or its queue closed by then; else a record without a window is deleted, and one with a window stays until that ends. Only the record's own owner does this.
/// Releasing an id deletes the record; a kept add is then added at once, owning nothing.
/// </summary>
/// <remarks>Source: reference behaviour D-04 to D-10; keep-last from BullMQ.</remarks>
public static class DeduplicationRules
{
    /// <summary>Decides one add.</summary>
    /// <param name="asked">What the add asks for.</param>
    /// <param name="record">The id's record, or null.</param>
    /// <param name="now">The store's time.</param>
    public static DeduplicationDecision Decide(Deduplication asked, DeduplicationRecord? record, DateTimeOffset now)
    {
        DateTimeOffset? fresh = asked.Ttl is { } ttl ? now + ttl : null;
        if (record is not { } found || !IsHeld(asked, found, now))
            return new(DeduplicationAction.Own, fresh);

        if (asked.Replace && found.OwnerState == JobState.Delayed)
            return new(DeduplicationAction.Replace, asked.Ttl is null || asked.Extend ? fresh : found.WindowEnds ?? fresh);

        DateTimeOffset? window = asked.Extend && fresh is not null ? fresh : found.WindowEnds;
        bool keep = asked.KeepLastIfActive && found.OwnerState == JobState.Active;
        return new(keep ? DeduplicationAction.SuppressAndKeep : DeduplicationAction.Suppress, window);
    }

    /// <summary>Whether an id with this record is taken at this time, for whoever asks.</summary>
    /// <param name="record">The id's record.</param>
    /// <param name="now">The store's time.</param>
    public static bool IsHeld(DeduplicationRecord record, DateTimeOffset now) =>
        record.WindowEnds is { } ends ? ends > now : record.OwnerState is { } state && !state.IsFinal();

    private static bool IsHeld(Deduplication asked, DeduplicationRecord record, DateTimeOffset now) =>
        (asked.KeepLastIfActive && record.OwnerState == JobState.Active) || IsHeld(record, now);
}
