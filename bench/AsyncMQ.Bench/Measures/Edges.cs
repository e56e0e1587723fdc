using System.Diagnostics;
using AsyncMQ.Bench.Contenders;

namespace AsyncMQ.Bench.Measures;

/// <summary>
/// What a dependency costs: groups of a thousand jobs, of which half depend on two of the other half each, beside groups of as many jobs that depend on
/// nothing. Each is added and then worked off.
/// </summary>
internal sealed class Edges : IMeasurement
{
    private const int GroupSize = 1_000;
    private const int EdgesOfGroup = GroupSize;

    public bool IsOnDemand => true;

    public IReadOnlyList<Measure> Measures { get; } =
    [
        new("edge_us", "us", Ratio: null, LessIsBetter: true),
        new("linked_ratio", "x", Ratio: null),
    ];

    public async Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken)
    {
        int groups = Math.Max(1, bed.Load.Jobs / GroupSize / 4);
        double plain = await SecondsAsync(bed, groups, isLinked: false, cancellationToken);
        double linked = await SecondsAsync(bed, groups, isLinked: true, cancellationToken);
        return [(linked - plain) / (groups * EdgesOfGroup) * 1e6, plain / linked];
    }

    private static async Task<double> SecondsAsync(TestBed bed, int groups, bool isLinked, CancellationToken cancellationToken)
    {
        await using IInspectedContender contender = bed.OpenInspected();
        await contender.AddAsync(cancellationToken);
        GC.Collect(); // the second must not pay for what the first one left

        bed.Sink.Expect((groups * GroupSize) + 1);
        long started = Stopwatch.GetTimestamp();
        for (int group = 0; group < groups; group++)
            await contender.Queue.AddBulkAsync([.. Group(contender.Queue.Name, group, isLinked)], cancellationToken);
        await contender.StartWorkersAsync(cancellationToken);
        await bed.Sink.WaitAsync(bed.Load.DeepFillLimit, cancellationToken);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static IEnumerable<JobSpec> Group(string queue, int group, bool isLinked)
    {
        const int Half = GroupSize / 2;
        JobRef[] roots = [.. Enumerable.Range(0, Half).Select(i => new JobRef(queue, $"root-{group}-{i}"))];
        foreach (JobRef root in roots)
            yield return JobSpec.Of(AsyncMQContender.JobName, null, new() { JobId = root.Id });
        for (int i = 0; i < Half; i++)
        {
            JobRef[]? dependencies = isLinked ? [roots[i], roots[(i + 1) % Half]] : null;
            yield return JobSpec.Of(AsyncMQContender.JobName, null, new() { JobId = $"leaf-{group}-{i}", DependsOn = dependencies });
        }
    }
}
