using AsyncMQ.Sqlite.Records;

namespace AsyncMQ.Sqlite.Scheduling;

/// <summary>A schedule as a transition sees it: everything but its definition.</summary>
internal sealed class ScheduleRow
{
    public required long Key { get; init; }

    public required QueueEntry Queue { get; init; }

    public long Revision { get; set; }

    public DateTimeOffset? Next { get; set; }

    public bool IsPaused { get; set; }

    public long Runs { get; set; }

    public long? Fired { get; set; }

    public string? LastJobId { get; set; }
}
