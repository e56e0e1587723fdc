using System.Diagnostics;

namespace AsyncMQ.Faults.Kit;

/// <summary>Waits for what must come, generously, and says what did not.</summary>
internal static class Until
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Task TrueAsync(string what, Func<bool> condition, TimeSpan? patience = null) =>
        TrueAsync(what, () => Task.FromResult(condition()), patience);

    public static async Task TrueAsync(string what, Func<Task<bool>> condition, TimeSpan? patience = null)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > (patience ?? Patience))
                Assert.Fail($"After {(patience ?? Patience).TotalSeconds:0} s still not: {what}.");
            await Task.Delay(20);
        }
    }
}
