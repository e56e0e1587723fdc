using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>
/// How long ended jobs are kept: until they are older than the age, or more than the count have ended since. Failed jobs, the dead letters, have limits
/// of their own. A custom id stays taken as long as the age says, even when the count has removed the record.
/// </summary>
public sealed record RetentionPolicy
{
    /// <summary>24 hours or 10 000 jobs per queue; failed ones 14 days or 100 000.</summary>
    public static RetentionPolicy Default { get; } = new();

    /// <summary>Everything is kept until it is removed by hand.</summary>
    public static RetentionPolicy Forever { get; } = new() { Age = null, Count = null, FailedAge = null, FailedCount = null };

    /// <summary>How long completed, cancelled and expired jobs are kept. 24 hours by default; null: for ever.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive, or longer than 100 years.</exception>
    public TimeSpan? Age { get; init => field = Times.RequireSpan(value, "A retention age"); } = TimeSpan.FromHours(24);

    /// <summary>How many completed, cancelled and expired jobs are kept. 10 000 by default; null: any number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int? Count { get; init => field = RequireCount(value); } = 10_000;

    /// <summary>How long failed jobs are kept. 14 days by default; null: for ever.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive, or longer than 100 years.</exception>
    public TimeSpan? FailedAge { get; init => field = Times.RequireSpan(value, "A retention age"); } = TimeSpan.FromDays(14);

    /// <summary>How many failed jobs are kept. 100 000 by default; null: any number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int? FailedCount { get; init => field = RequireCount(value); } = 100_000;

    private static int? RequireCount(int? value) =>
        value is null or >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"A retention count must not be negative, but was {value}.");
}
