using System.Diagnostics;
using AsyncMQ.Bench.Contenders;

namespace AsyncMQ.Bench.Measures;

/// <summary>Looking at a queue of a million: pages at both ends, and a filter that three jobs match. Only when asked for.</summary>
internal sealed class LongQueue : IMeasurement
{
    private const string Rare = "bench.rare";
    private const int PageSize = 50;
    private const int Repeats = 21;

    public IReadOnlyList<Measure> Measures { get; } =
    [
        new("page_first_ms", "ms", Ratio: null, LessIsBetter: true),
        new("page_last_ms", "ms", Ratio: null, LessIsBetter: true),
        new("page_skip_ms", "ms", Ratio: null, LessIsBetter: true),
        new("filter_rare_ms", "ms", Ratio: null, LessIsBetter: true),
        new("filter_rare_peak_bytes", "bytes", Ratio: null, LessIsBetter: true),
    ];

    public bool IsOnDemand => true;

    public async Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken)
    {
        await using IInspectedContender contender = bed.OpenInspected();
        int filled = await FillAsync(bed, contender, cancellationToken);
        IJobQueue queue = contender.Queue;
        JobQuery waiting = new() { States = [JobState.Waiting], Take = PageSize };

        JobQuery nearEnd = waiting with { Skip = Math.Max(0, filled - (2 * PageSize)) };
        JobPage last = await queue.GetJobsAsync(nearEnd, cancellationToken);
        double firstPage = await PageAsync(queue, waiting, cancellationToken);
        double lastPage = await PageAsync(queue, waiting with { After = last.Next }, cancellationToken);
        double skip = await PageAsync(queue, nearEnd, cancellationToken);
        (double filter, double growth) = await FilterAsync(queue, waiting with { Name = "*.rare" }, cancellationToken);
        return [firstPage, lastPage, skip, filter, growth];
    }

    // One rare job at each end, and one in the middle.
    private static async Task<int> FillAsync(TestBed bed, IInspectedContender contender, CancellationToken cancellationToken)
    {
        int filled = 0;
        for (int rare = 0; rare < 3; rare++)
        {
            await contender.Queue.AddAsync(Rare, cancellationToken: cancellationToken);
            filled++;
            if (rare < 2)
                filled += await Producing.AddInBulkAsync(contender, bed.Load.DeepBacklog / 2, bed.Load.DeepFillLimit, cancellationToken);
        }

        GC.Collect();
        return filled;
    }

    private static async Task<double> PageAsync(IJobQueue queue, JobQuery query, CancellationToken cancellationToken)
    {
        List<double> times = [];
        for (int i = 0; i < Repeats; i++)
        {
            long started = Stopwatch.GetTimestamp();
            await queue.GetJobsAsync(query, cancellationToken);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        times.Sort();
        return times[Repeats / 2];
    }

    private static async Task<(double Milliseconds, double Bytes)> FilterAsync(IJobQueue queue, JobQuery query, CancellationToken cancellationToken)
    {
        long before = Environment.WorkingSet, peak = before;
        int found = 0;
        long started = Stopwatch.GetTimestamp();
        for (string? after = null; ;)
        {
            JobPage page = await queue.GetJobsAsync(query with { After = after }, cancellationToken);
            found += page.Jobs.Count;
            peak = Math.Max(peak, Environment.WorkingSet);
            after = page.Next;
            if (after is null)
                break;
        }

        return found == 3
            ? (Stopwatch.GetElapsedTime(started).TotalMilliseconds, peak - before)
            : throw new InvalidOperationException($"The filter found {found} jobs, not 3.");
    }
}
