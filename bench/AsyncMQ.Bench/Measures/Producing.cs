using System.Diagnostics;
using AsyncMQ.Bench.Contenders;

namespace AsyncMQ.Bench.Measures;

/// <summary>The ways in which measurements add jobs.</summary>
internal static class Producing
{
    public const int InFlight = 100;
    public const int BulkSize = 1_000;

    /// <summary>Adds jobs one by one, a hundred at a time, until all are added or the limit is over.</summary>
    /// <returns>How many were added.</returns>
    public static async Task<int> AddSinglyAsync(IContender contender, int jobs, TimeSpan limit, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        int taken = 0, added = 0;
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(AddManyAsync, cancellationToken)));
        return added;

        async Task AddManyAsync()
        {
            int own = 0;
            while (Interlocked.Increment(ref taken) <= jobs && Stopwatch.GetElapsedTime(started) < limit)
            {
                await contender.AddAsync(cancellationToken);
                own++;
            }

            Interlocked.Add(ref added, own);
        }
    }

    /// <summary>Adds jobs a thousand at a time, one bulk after the other, until all are added or the limit is over.</summary>
    /// <returns>How many were added.</returns>
    public static async Task<int> AddInBulkAsync(IContender contender, int jobs, TimeSpan limit, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        int added = 0;
        while (added < jobs && Stopwatch.GetElapsedTime(started) < limit)
        {
            int bulk = Math.Min(BulkSize, jobs - added);
            await contender.AddBulkAsync(bulk, cancellationToken);
            added += bulk;
        }

        return added;
    }

    /// <summary>Adds the load's jobs in bulk, then works them off.</summary>
    /// <returns>How long it took, from the first add to the last handler.</returns>
    public static async Task<TimeSpan> AddAndWorkOffAsync(TestBed bed, IContender contender, CancellationToken cancellationToken)
    {
        await contender.AddAsync(cancellationToken); // whatever is made with the first use is there
        GC.Collect(); // the next must not pay for what the one before left

        bed.Sink.Expect(bed.Load.Jobs + 1);
        long started = Stopwatch.GetTimestamp();
        await AddInBulkAsync(contender, bed.Load.Jobs, bed.Load.DeepFillLimit, cancellationToken);
        await contender.StartWorkersAsync(cancellationToken);
        await bed.Sink.WaitAsync(bed.Load.DeepFillLimit, cancellationToken);
        return Stopwatch.GetElapsedTime(started);
    }
}
