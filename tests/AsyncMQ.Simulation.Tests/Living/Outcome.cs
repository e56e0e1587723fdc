using System.Text;
using AsyncMQ.Simulation.Witnessing;

namespace AsyncMQ.Simulation.Living;

/// <summary>What a simulation came to.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Faults">What was found wrong; empty: nothing.</param>
/// <param name="Digest">The hash of all that happened.</param>
/// <param name="LastLines">The end of the trace, in words.</param>
internal sealed record Outcome(int Seed, IReadOnlyList<string> Faults, string Digest, IReadOnlyList<string> LastLines)
{
    public TimeSpan Simulated { get; init; }

    public TimeSpan Took { get; init; }

    public long Events { get; init; }

    public long Jobs { get; init; }

    public long Claims { get; init; }

    /// <summary>How often it came to what worlds are made for.</summary>
    public Reached Reached { get; init; } = new();

    public static Outcome operator +(Outcome left, Outcome right) => left with
    {
        Simulated = left.Simulated + right.Simulated,
        Took = left.Took + right.Took,
        Events = left.Events + right.Events,
        Jobs = left.Jobs + right.Jobs,
        Claims = left.Claims + right.Claims,
        Reached = left.Reached + right.Reached,
    };

    /// <summary>What was found, how it came to it, and how to see it again.</summary>
    public string Explain()
    {
        var words = new StringBuilder();
        foreach (string fault in Faults)
            words.AppendLine(fault);
        words.AppendLine().AppendLine("The last that happened:");
        foreach (string line in LastLines)
            words.Append("  ").AppendLine(line);
        return words.AppendLine($"ASYNCMQ_SEED={Seed} dotnet test --project tests/AsyncMQ.Simulation.Tests --configuration Release").AppendLine("runs it again.").ToString();
    }
}
