using AsyncMQ.Simulation.Living;
using AsyncMQ.Simulation.Wires;

namespace AsyncMQ.Simulation;

/// <summary>The simulation has teeth: each defect that is put into the world is found, within few seeds.</summary>
public sealed class MutantTests(ITestOutputHelper output)
{
    private const int MostSeeds = 20;
    private static readonly TimeSpan Hours = TimeSpan.FromHours(25);

    public static TheoryData<string> Mutants => [.. typeof(Mutant).Assembly.GetTypes().Where(type => type.BaseType == typeof(Mutant)).Select(type => type.Name).Order()];

    [Theory]
    [MemberData(nameof(Mutants))]
    public void A_defect_is_found(string name)
    {
        Type mutant = typeof(Mutant).Assembly.GetTypes().Single(type => type.BaseType == typeof(Mutant) && type.Name == name);
        for (int seed = 1; seed <= MostSeeds; seed++)
        {
            Outcome outcome = Experiment.Run(seed, Hours, (Mutant)Activator.CreateInstance(mutant)!);
            if (outcome.Faults.Count > 0)
            {
                output.WriteLine($"Found under seed {seed} after {outcome.Simulated}: {outcome.Faults[0]}");
                return;
            }
        }

        Assert.Fail($"{name} was not found within {MostSeeds} seeds.");
    }
}
