namespace AsyncMQ.Redis.Coding;

/// <summary>Times as the scripts have them: whole microseconds since 1970, which a number of Lua holds exactly.</summary>
internal static class Micros
{
    private const long TicksPerMicro = TimeSpan.TicksPerMicrosecond;

    /// <summary>After all times; as a moment of Lua's own.</summary>
    public const long Never = 9_000_000_000_000_000_000;

    private static readonly long Last = (DateTimeOffset.MaxValue.UtcTicks - DateTime.UnixEpoch.Ticks) / TicksPerMicro;

    /// <summary>A time; a part of a microsecond counts whole, so that nothing comes early.</summary>
    public static long Of(DateTimeOffset time) => Up(time.UtcTicks - DateTime.UnixEpoch.Ticks);

    /// <summary>A span of time; a part of a microsecond counts whole.</summary>
    public static long Of(TimeSpan span) => Up(span.Ticks);

    /// <summary>A time that a script gave.</summary>
    public static DateTimeOffset ToTime(long micros) =>
        new(DateTime.UnixEpoch.Ticks + (Math.Clamp(micros, 0, Last) * TicksPerMicro), TimeSpan.Zero);

    /// <summary>A span that a script gave.</summary>
    public static TimeSpan ToSpan(long micros) => new(Math.Min(micros, long.MaxValue / TicksPerMicro) * TicksPerMicro);

    private static long Up(long ticks)
    {
        (long micros, long rest) = Math.DivRem(ticks, TicksPerMicro);
        return rest > 0 ? micros + 1 : micros;
    }
}
