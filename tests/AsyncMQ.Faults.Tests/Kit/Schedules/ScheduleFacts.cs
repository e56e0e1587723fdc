using AsyncMQ.Storage;

namespace AsyncMQ.Faults.Kit;

/// <summary>A schedule, and all that the store said of it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Step">From one due time to the next.</param>
/// <param name="Occurrences">Its occurrences, in order of time: more than the store keeps.</param>
/// <param name="Runs">Its run count.</param>
internal sealed record ScheduleFacts(string Id, TimeSpan Step, IReadOnlyList<OccurrenceRecord> Occurrences, long Runs)
{
    /// <summary>True when it makes up for every time that was missed.</summary>
    public bool RunsAll { get; init; } = true;

    /// <summary>True when an occurrence is skipped while the job before it has not ended.</summary>
    public bool SkipsOverlaps { get; init; }
}
