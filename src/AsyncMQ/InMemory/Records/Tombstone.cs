namespace AsyncMQ.InMemory;

/// <summary>Keeps a custom id taken after retention by count has removed its job.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Id">The job's id.</param>
/// <param name="Stamp">The job's stamp.</param>
/// <param name="State">How the job ended.</param>
/// <param name="Until">When the id comes free.</param>
internal sealed record Tombstone(StoredQueue Queue, string Id, long Stamp, JobState State, long Until);
