using System.Globalization;
using AsyncMQ.Bench.Contenders;
using AsyncMQ.Bench.Measures;

namespace AsyncMQ.Bench.Rounds;

/// <summary>The child's side: reads a measure's name, answers with the values of one round, until its input ends.</summary>
internal static class ChildLoop
{
    public static async Task RunAsync(CommandLine line)
    {
        await using var runner = new LocalRunner(ContenderKind.Find(line.Contender!, line), Workload.Of(line));
        while (await Console.In.ReadLineAsync() is { } name)
        {
            double[] values = await runner.RunAsync(Measurements.For([name]).First());
            Console.WriteLine(string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture))));
        }
    }
}
