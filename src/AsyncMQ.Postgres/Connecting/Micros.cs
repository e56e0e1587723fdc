namespace AsyncMQ.Postgres.Connecting;

/// <summary>Times as the server has them, in whole microseconds.</summary>
internal static class Micros
{
    /// <summary>A time; a part of a microsecond counts whole, so that nothing comes early. The last time of .NET is the server's infinity, as it is.</summary>
    public static DateTime Of(DateTimeOffset time)
    {
        DateTime exact = time.UtcDateTime;
        long rest = exact.Ticks % TimeSpan.TicksPerMicrosecond;
        return rest == 0 || exact.Ticks > DateTime.MaxValue.Ticks - TimeSpan.TicksPerMicrosecond ? exact : exact.AddTicks(TimeSpan.TicksPerMicrosecond - rest);
    }
}
