using AsyncMQ.Bench.Contenders;

namespace AsyncMQ.Bench.Measures;

/// <summary>What a default queue takes up when a million jobs have gone through it, and how much more that is than after a quarter. Only when asked for.</summary>
internal sealed class Retained : IMeasurement
{
    private const int MostUnrun = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public IReadOnlyList<Measure> Measures { get; } =
    [
        new("retained_bytes", "bytes", Ratio: null, LessIsBetter: true),
        new("retained_growth", "x", Ratio: null, LessIsBetter: true),
        new("retained_working_set_bytes", "bytes", Ratio: null, LessIsBetter: true),
        new("retained_working_set_growth", "x", Ratio: null, LessIsBetter: true),
        new("retained_jobs", "jobs", Ratio: null, LessIsBetter: true),
    ];

    public bool IsOnDemand => true;

    public async Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken)
    {
        await using IInspectedContender contender = bed.OpenInspected();
        int jobs = bed.Load.DeepBacklog;
        bed.Sink.Expect(jobs);
        await contender.StartWorkersAsync(cancellationToken);

        await PassAsync(bed, contender, 0, jobs / 4, cancellationToken);
        (long quarterBytes, long quarterSet) = (contender.FileBytes, Environment.WorkingSet);
        await PassAsync(bed, contender, jobs / 4, jobs, cancellationToken);
        (long bytes, long workingSet) = (contender.FileBytes, Environment.WorkingSet);
        double left = await contender.Queue.GetJobCountAsync(cancellationToken: cancellationToken);
        return [bytes, quarterBytes == 0 ? 1 : bytes / (double)quarterBytes, workingSet, workingSet / (double)quarterSet, left];
    }

    // The backlog is kept short: what is measured is what ended jobs take up. Housekeeping is given time to catch up.
    private static async Task PassAsync(TestBed bed, IInspectedContender contender, int from, int to, CancellationToken cancellationToken)
    {
        for (int added = from; added < to; added += Producing.BulkSize)
        {
            await contender.AddBulkAsync(Math.Min(Producing.BulkSize, to - added), cancellationToken);
            while (added - bed.Sink.Runs > MostUnrun)
                await Task.Delay(1, cancellationToken);
        }

        int most = (RetentionPolicy.Default.Count ?? 0) + 1_000;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        while (bed.Sink.Runs < to || await contender.Queue.GetJobCountAsync(cancellationToken: cancellationToken) > most)
            await Task.Delay(50, patience.Token);
        GC.Collect();
    }
}
