namespace AsyncMQ;

/// <summary>What became of an add.</summary>
public enum AddOutcome
{
    /// <summary>A new job was stored.</summary>
    Created = 0,

    /// <summary>A job with that custom id exists, or went by retention and its id is still promised; nothing was written.</summary>
    Duplicate = 1,

    /// <summary>Another job owns the deduplication id; nothing new will run for this add, unless
    /// <see cref="Deduplication.KeepLastIfActive"/> kept it to run after the owner.</summary>
    Deduplicated = 2,

    /// <summary>A new job was stored in place of the delayed owner of the deduplication id.</summary>
    Replaced = 3,

    /// <summary>Written inside the caller's own transaction; decided when that commits.</summary>
    Deferred = 4,
}
