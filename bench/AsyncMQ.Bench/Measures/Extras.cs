using System.Security.Cryptography;
using AsyncMQ.Bench.Contenders;

namespace AsyncMQ.Bench.Measures;

/// <summary>
/// What a middleware that does nothing, and encrypted payloads, cost a job: as many jobs with it and without, added in bulk and worked off.
/// </summary>
internal sealed class Extras : IMeasurement
{
    private const int Turns = 3;

    public bool IsOnDemand => true;

    public IReadOnlyList<Measure> Measures { get; } =
    [
        new("middleware_us", "us", Ratio: null, LessIsBetter: true),
        new("encryption_us", "us", Ratio: null, LessIsBetter: true),
    ];

    public async Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken)
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        double plain = 0, middleware = 0, encryption = 0;
        for (int turn = 0; turn < Turns; turn++)
        {
            plain += await MicrosecondsAsync(bed, null, cancellationToken);
            middleware += await MicrosecondsAsync(bed, static mq => mq.AddMiddleware(static (_, next, token) => next(token)), cancellationToken);
            encryption += await MicrosecondsAsync(bed, mq => mq.EncryptPayloads(keys => keys.Add("bench", key)), cancellationToken);
        }

        return [(middleware - plain) / Turns, (encryption - plain) / Turns];
    }

    private static async Task<double> MicrosecondsAsync(TestBed bed, Action<AsyncMQBuilder>? configure, CancellationToken cancellationToken)
    {
        await using IInspectedContender contender = (bed with { Load = bed.Load with { Configure = configure } }).OpenInspected();
        return (await Producing.AddAndWorkOffAsync(bed, contender, cancellationToken)).TotalMicroseconds / bed.Load.Jobs;
    }
}
