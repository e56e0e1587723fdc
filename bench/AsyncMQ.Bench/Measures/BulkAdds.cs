using System.Diagnostics;
using AsyncMQ.Bench.Contenders;

namespace AsyncMQ.Bench.Measures;

/// <summary>Bulk adds of a thousand, one after the other, no workers.</summary>
internal sealed class BulkAdds : IMeasurement
{
    public IReadOnlyList<Measure> Measures { get; } = [new("bulk_per_s", "jobs/s", "bulk_ratio")];

    public async Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken)
    {
        await using IContender contender = bed.Open();
        await contender.AddAsync(cancellationToken);
        long started = Stopwatch.GetTimestamp();
        int added = await Producing.AddInBulkAsync(contender, bed.Load.Jobs, bed.Load.Limit, cancellationToken);
        return [added / Stopwatch.GetElapsedTime(started).TotalSeconds];
    }
}
