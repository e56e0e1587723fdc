using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>A repeatable as it stands in the store.</summary>
public sealed record RepeatableInfo
{
    /// <summary>Its queue.</summary>
    public required string Queue { get; init; }

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>When it runs; null: it cannot be read, see <see cref="Error"/>.</summary>
    public Schedule? Schedule { get; init; }

    /// <summary>Why it cannot be read, and so does not run: it is damaged, of a later version, or of a time zone that is not known here. Null: it can.</summary>
    public string? Error { get; init; }

    /// <summary>The name of its jobs; null: it cannot be read.</summary>
    public string? JobName { get; init; }

    /// <summary>The arguments of its jobs.</summary>
    public JobArgs Args { get; init; } = JobArgs.Empty;

    /// <summary>The options of its jobs.</summary>
    public JobOptions Options { get; init; } = JobOptions.None;

    /// <summary>Its next time; null: never. Of a paused one: what it was when it was paused.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>True while it is paused.</summary>
    public bool IsPaused { get; init; }

    /// <summary>How many jobs it has added, those triggered by hand aside.</summary>
    public long Runs { get; init; }

    /// <summary>When it last added one; null: not yet.</summary>
    public DateTimeOffset? LastFiredAt { get; init; }

    /// <summary>The job that it last added, those triggered by hand among them; null: none yet.</summary>
    public string? LastJobId { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    internal DateTimeOffset Created { get; init; }

    /// <summary>Its next times, from <see cref="Next"/> on, with the offset of the time zone; none while it is paused.</summary>
    /// <param name="count">How many, 1 to 10 000. Fewer come back when the schedule's end or most runs say so.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is out of its range.</exception>
    public IReadOnlyList<DateTimeOffset> GetOccurrences(int count)
    {
        Schedule.RequireCount(count);
        return Schedule is { } schedule && Next is { } next && !IsPaused
            ? Occurrences.List(schedule with { MaxRuns = null }, Created, next.AddTicks(-1), Math.Min(count, schedule.MaxRuns - Runs ?? count))
            : [];
    }
}

/// <summary>One occurrence of a repeatable.</summary>
/// <param name="DueAt">Its time; of a triggered one when it was triggered.</param>
/// <param name="At">When it was decided, by the store's clock.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="JobId">The job that stands for it; null: none.</param>
public sealed record RepeatableRun(DateTimeOffset DueAt, DateTimeOffset At, OccurrenceOutcome Outcome, string? JobId);
