using AsyncMQ.Bench.Contenders;

namespace AsyncMQ.Bench.Measures;

/// <summary>
/// What events cost: jobs added in bulk and worked off while nobody listens, while somebody listens for what never comes, and while somebody hears of
/// everything.
/// </summary>
internal sealed class Listened : IMeasurement
{
    private const int Turns = 3;

    public bool IsOnDemand => true;

    public IReadOnlyList<Measure> Measures { get; } =
    [
        new("unheard_ratio", "x", Ratio: null),
        new("heard_ratio", "x", Ratio: null),
        new("heard_us", "us", Ratio: null, LessIsBetter: true),
    ];

    public async Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken)
    {
        double nobody = 0, unheard = 0, heard = 0;
        for (int turn = 0; turn < Turns; turn++)
        {
            nobody += await SecondsAsync(bed, null, cancellationToken);
            unheard += await SecondsAsync(bed, new() { Queue = "elsewhere" }, cancellationToken);
            heard += await SecondsAsync(bed, new(), cancellationToken);
        }

        return [nobody / unheard, nobody / heard, (heard - nobody) * 1e6 / (Turns * bed.Load.Jobs)];
    }

    private static async Task<double> SecondsAsync(TestBed bed, JobEventFilter? filter, CancellationToken cancellationToken)
    {
        await using IInspectedContender contender = bed.OpenInspected();
        await using JobEventStream? events = filter is null ? null : await contender.Client.SubscribeAsync(filter, cancellationToken);
        Task reading = events is null ? Task.CompletedTask : ReadAsync(events, cancellationToken);
        TimeSpan time = await Producing.AddAndWorkOffAsync(bed, contender, cancellationToken);
        if (events is not null)
            await events.DisposeAsync();
        await reading;
        return time.TotalSeconds;
    }

    private static async Task ReadAsync(JobEventStream events, CancellationToken cancellationToken)
    {
        await foreach (JobEvent _ in events.WithCancellation(cancellationToken))
        {
        }
    }
}
