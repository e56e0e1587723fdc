using AsyncMQ.Bench.Contenders;
using AsyncMQ.Bench.Measures;
using AsyncMQ.Bench.Output;

namespace AsyncMQ.Bench.Rounds;

/// <summary>Runs every measurement in rounds, the systems in turn, and reports medians.</summary>
internal static class Comparison
{
    private const int Rounds = 3;

    public static async Task RunAsync(CommandLine line, string[] args)
    {
        await using IRoundRunner own = line.Peer is null
            ? new LocalRunner(ContenderKind.Find(ContenderKind.Own, line), Workload.Of(line))
            : new ChildRunner(ContenderKind.Find(ContenderKind.Own, line), args);
        await using ChildRunner? peer = line.Peer is null ? null : new ChildRunner(ContenderKind.Find(line.Peer, line), args);

        var report = new Report(line.IsJson);
        foreach (IMeasurement measurement in Measurements.For(line.Measures))
        {
            var ownRounds = new double[Rounds][];
            var peerRounds = new double[Rounds][];
            for (int round = 0; round < Rounds; round++)
            {
                ownRounds[round] = await own.RunAsync(measurement);
                if (peer is not null)
                    peerRounds[round] = await peer.RunAsync(measurement);
            }

            for (int i = 0; i < measurement.Measures.Count; i++)
            {
                Measure measure = measurement.Measures[i];
                if (line.Measures.Count > 0 && !line.Measures.Contains(measure.Name))
                    continue;
                report.Write(new(own.System, own.Store, measure.Name, Median(ownRounds.Select(round => round[i])), measure.Unit));
                if (peer is null)
                    continue;

                report.Write(new(peer.System, peer.Store, measure.Name, Median(peerRounds.Select(round => round[i])), measure.Unit));
                if (measure.Ratio is { } ratio)
                {
                    // Round by round: what slows the machine for a while slows both.
                    double median = Median(ownRounds.Zip(peerRounds, (mine, theirs) => measure.Compare(mine[i], theirs[i])));
                    report.Write(new($"{own.System}/{peer.System}", own.Store, ratio, median, "x"));
                }
            }
        }
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
