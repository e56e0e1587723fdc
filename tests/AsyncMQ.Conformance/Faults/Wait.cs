using System.Diagnostics;

namespace AsyncMQ.Conformance.Faults;

/// <summary>Waits for what must come, and says what did not.</summary>
public static class Wait
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    /// <summary>Waits until a condition holds.</summary>
    /// <returns>How long that took.</returns>
    public static Task<TimeSpan> UntilAsync(string what, Func<bool> condition) => UntilAsync(what, () => Task.FromResult(condition()));

    public static async Task<TimeSpan> UntilAsync(string what, Func<Task<bool>> condition)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
                Assert.Fail($"After {Patience.TotalSeconds:0} s still not: {what}.");
            await Task.Delay(5);
        }

        return Stopwatch.GetElapsedTime(started);
    }
}
