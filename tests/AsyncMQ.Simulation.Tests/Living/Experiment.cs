using System.Diagnostics;
using AsyncMQ.Simulation.Machine;
using AsyncMQ.Simulation.Wires;
using AsyncMQ.Simulation.Witnessing;

namespace AsyncMQ.Simulation.Living;

/// <summary>Runs one world: some hours in which anything may go wrong, then calm, in which everything must come right.</summary>
internal static class Experiment
{
    // Deep, so that no continuation is moved to the pool for want of room.
    private const int StackSize = 64 << 20;

    /// <summary>Runs a world on a thread of its own, without a synchronization context: continuations then run where their task is completed.</summary>
    public static Outcome Run(int seed, TimeSpan time, Mutant? mutant = null)
    {
        Outcome? outcome = null;
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    outcome = RunHere(seed, time, mutant ?? Mutant.None);
                }
                catch (Exception e)
                {
                    failure = e;
                }
            },
            StackSize);
        thread.Start();
        thread.Join();
        return outcome ?? throw new InvalidOperationException($"The simulation of seed {seed} broke: {failure?.Message}", failure);
    }

    private static Outcome RunHere(int seed, TimeSpan time, Mutant mutant)
    {
        long started = Stopwatch.GetTimestamp();
        using var world = new World(seed, mutant);
        try
        {
            world.Say($"seed {seed}: {world.Settings}");
            new Aftermath(world, new Fates(world)).Live(time);
        }
        catch (Exception e)
        {
            world.Blame($"An errand threw {e}");
        }

        if (world.Agenda.Escape is { } escape)
            world.Blame($"Something ran outside the simulation's thread: {escape}");
        return new(seed, [.. world.Faults], world.Trace.Digest, [.. world.Trace.LastLines])
        {
            Simulated = new(world.Agenda.Now - SimulatedClock.Start.UtcTicks),
            Took = Stopwatch.GetElapsedTime(started),
            Events = world.Trace.Events,
            Jobs = world.Witness.Adds,
            Claims = world.Witness.Claims,
        };
    }
}
