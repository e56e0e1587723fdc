using System.Diagnostics;
using AsyncMQ.Bench.Contenders;

namespace AsyncMQ.Bench.Measures;

/// <summary>Single adds, a hundred in flight, while the workers of the same process run what was added: from the first add to the last start.</summary>
internal sealed class EndToEnd : IMeasurement
{
    public IReadOnlyList<Measure> Measures { get; } = [new("end_to_end_per_s", "jobs/s", "end_to_end_ratio")];

    public async Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken)
    {
        await using IContender contender = bed.Open();
        await RunOneAsync(bed, contender, cancellationToken);

        bed.Sink.Expect(bed.Load.Jobs);
        long started = Stopwatch.GetTimestamp();
        Task<int> adding = Producing.AddSinglyAsync(contender, bed.Load.Jobs, bed.Load.Limit, cancellationToken);
        SinkReading reading = await bed.Sink.WaitAsync(bed.Load.Limit, cancellationToken);
        await adding;
        return [(reading with { First = started }).PerSecond];
    }

    /// <summary>Starts the workers and waits until they run a job, so that starting does not count.</summary>
    internal static async Task RunOneAsync(TestBed bed, IContender contender, CancellationToken cancellationToken)
    {
        bed.Sink.Expect(1);
        await contender.StartWorkersAsync(cancellationToken);
        await contender.AddAsync(cancellationToken);
        await bed.Sink.WaitAsync(bed.Load.FillLimit, cancellationToken);
    }
}
