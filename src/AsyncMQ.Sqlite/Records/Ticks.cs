namespace AsyncMQ.Sqlite.Records;

/// <summary>Times as they are stored: UTC ticks.</summary>
internal static class Ticks
{
    public static DateTimeOffset ToTime(long ticks) =>
        new(Math.Clamp(ticks, DateTimeOffset.MinValue.Ticks, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);

    public static DateTimeOffset? ToTime(long? ticks) => ticks is { } known ? ToTime(known) : null;

    public static long? From(DateTimeOffset? time) => time?.UtcTicks;

    /// <summary>The sum, at most the last time there is.</summary>
    public static long Add(long ticks, TimeSpan span) =>
        span.Ticks > DateTimeOffset.MaxValue.UtcTicks - ticks ? DateTimeOffset.MaxValue.UtcTicks : ticks + span.Ticks;
}
