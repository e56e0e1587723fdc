using System.Diagnostics;

namespace AsyncMQ.Bench;

/// <summary>What every contender's handler does: counts its runs, and notes when the first and the last expected one began.</summary>
public sealed class JobSink
{
    private TaskCompletionSource reached = new();
    private long runs;
    private long expected;
    private long first;
    private long last;

    /// <summary>How many have begun.</summary>
    internal long Runs => Volatile.Read(ref runs);

    /// <summary>Begins anew: so many runs are to come.</summary>
    internal void Expect(long jobs)
    {
        reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        expected = jobs;
        first = last = 0;
        Volatile.Write(ref runs, 0);
    }

    /// <summary>The handler's body.</summary>
    /// <param name="text">The job's argument; empty for none.</param>
    public void Run(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        long run = Interlocked.Increment(ref runs);
        if (run == 1)
            Volatile.Write(ref first, Stopwatch.GetTimestamp());
        if (run == expected)
        {
            last = Stopwatch.GetTimestamp();
            reached.TrySetResult();
        }
    }

    /// <summary>Waits until all expected runs have begun, or the limit is over.</summary>
    internal async Task<SinkReading> WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await reached.Task.WaitAsync(limit, cancellationToken);
        }
        catch (TimeoutException) when (Volatile.Read(ref runs) > 0)
        {
            // Slow, not stuck: what was done is the measure.
            return new(Volatile.Read(ref runs), first, Stopwatch.GetTimestamp());
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"No handler was started within {limit.TotalSeconds:0} s.");
        }

        return new(expected, first, last);
    }
}

/// <summary>What the sink saw; times as timestamps of <see cref="Stopwatch"/>.</summary>
internal readonly record struct SinkReading(long Runs, long First, long Last)
{
    /// <summary>Runs per second from the first to the last, so that neither start nor stop of the workers counts.</summary>
    public double PerSecond => Math.Max(1, Runs - 1) / Stopwatch.GetElapsedTime(First, Math.Max(Last, First + 1)).TotalSeconds;
}
