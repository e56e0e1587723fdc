using System.Diagnostics;
using System.Globalization;

namespace AsyncMQ.Faults.Kit;

/// <summary>Where a randomised test begins, and for how long the soak goes on.</summary>
internal static class TestSeed
{
    /// <summary>The first seed: <c>ASYNCMQ_SEED</c>, or one that nobody chose.</summary>
    public static int First { get; } =
        Environment.GetEnvironmentVariable("ASYNCMQ_SEED") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : Random.Shared.Next(1, 1_000_000);

    /// <summary>How long each randomised test is to go on: <c>ASYNCMQ_SOAK_MINUTES</c>; zero is the short form, a single round.</summary>
    public static TimeSpan Soak { get; } =
        Environment.GetEnvironmentVariable("ASYNCMQ_SOAK_MINUTES") is { Length: > 0 } text ? TimeSpan.FromMinutes(double.Parse(text, CultureInfo.InvariantCulture)) : TimeSpan.Zero;

    public static bool IsSoak => Soak > TimeSpan.Zero;

    /// <summary>The seeds of a test's rounds: one in the short form, one after the other while the soak lasts.</summary>
    public static IEnumerable<int> Rounds()
    {
        long started = Stopwatch.GetTimestamp();
        int seed = First;
        do
            yield return seed++;
        while (Stopwatch.GetElapsedTime(started) < Soak);
    }
}
