using System.Diagnostics;
using System.Globalization;

namespace AsyncMQ.Simulation;

/// <summary>Which worlds are simulated: the first ones, the one that <c>ASYNCMQ_SEED</c> names, or one after the other for <c>ASYNCMQ_SOAK_MINUTES</c>.</summary>
internal static class Seeds
{
    private static readonly int? Asked = Number("ASYNCMQ_SEED") is { } seed ? (int)seed : null;

    public static TimeSpan Soak { get; } = TimeSpan.FromMinutes(Number("ASYNCMQ_SOAK_MINUTES") ?? 0);

    /// <summary>The seeds of a test.</summary>
    /// <param name="count">How many there are when nobody asks for one or for a soak.</param>
    public static IEnumerable<int> Of(int count)
    {
        if (Soak == TimeSpan.Zero)
            return Asked is { } one ? [one] : Enumerable.Range(1, count);
        return While(Asked ?? 1);
    }

    private static IEnumerable<int> While(int first)
    {
        long started = Stopwatch.GetTimestamp();
        for (int seed = first; Stopwatch.GetElapsedTime(started) < Soak; seed++)
            yield return seed;
    }

    private static double? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;
}
