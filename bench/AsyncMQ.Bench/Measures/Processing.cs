using AsyncMQ.Bench.Contenders;

namespace AsyncMQ.Bench.Measures;

/// <summary>Handlers that do nothing, over a queue that was filled before; and what that allocates.</summary>
internal sealed class Processing : IMeasurement
{
    public IReadOnlyList<Measure> Measures { get; } =
    [
        new("process_per_s", "jobs/s", "process_ratio"),
        new("allocated_bytes_per_job", "bytes/job", "allocated_bytes_ratio", LessIsBetter: true),
    ];

    public async Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken)
    {
        await using IContender contender = bed.Open();
        int jobs = await Producing.AddInBulkAsync(contender, bed.Load.Jobs, bed.Load.FillLimit, cancellationToken);

        bed.Sink.Expect(jobs);
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        await contender.StartWorkersAsync(cancellationToken);
        SinkReading reading = await bed.Sink.WaitAsync(bed.Load.Limit, cancellationToken);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        return [reading.PerSecond, allocated / (double)reading.Runs];
    }
}
