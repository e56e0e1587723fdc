using System.Diagnostics;
using AsyncMQ.Bench.Contenders;

namespace AsyncMQ.Bench.Measures;

/// <summary>Single adds, a hundred in flight, no workers.</summary>
internal sealed class SingleAdds : IMeasurement
{
    public IReadOnlyList<Measure> Measures { get; } = [new("add_per_s", "jobs/s", "add_ratio")];

    public async Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken)
    {
        await using IContender contender = bed.Open();
        await contender.AddAsync(cancellationToken);
        long started = Stopwatch.GetTimestamp();
        int added = await Producing.AddSinglyAsync(contender, bed.Load.Jobs, bed.Load.Limit, cancellationToken);
        return [added / Stopwatch.GetElapsedTime(started).TotalSeconds];
    }
}
