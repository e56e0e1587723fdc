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
    /// <param name="seed">The seed.</param>
    /// <param name="time">How long anything may go wrong.</param>
    /// <param name="mutant">What is put wrong in it on purpose; null: nothing.</param>
    /// <param name="draw">What kind of world it is; null: one full of people.</param>
    public static Outcome Run(int seed, TimeSpan time, Mutant? mutant = null, Func<Chance, Settings>? draw = null)
    {
        Outcome? outcome = null;
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    outcome = RunHere(new(seed, mutant ?? Mutant.None, draw ?? Settings.Draw), time);
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

    private static Outcome RunHere(World made, TimeSpan time)
    {
        long started = Stopwatch.GetTimestamp();
        using World world = made;
        try
        {
            world.Say($"seed {world.Seed}: {world.Settings}");
            new Aftermath(world, new Fates(world)).Live(time);
        }
        catch (Exception e)
        {
            world.Blame($"An errand threw {e}");
        }

        if (world.Agenda.Escape is { } escape)
            world.Blame($"Something ran outside the simulation's thread: {escape}");
        return new(world.Seed, [.. world.Faults], world.Trace.Digest, [.. world.Trace.LastLines])
        {
            Simulated = new(world.Agenda.Now - SimulatedClock.Start.UtcTicks),
            Took = Stopwatch.GetElapsedTime(started),
            Events = world.Trace.Events,
            Jobs = world.Witness.Adds,
            Claims = world.Witness.Claims,
            Reached = world.Witness.Reached,
        };
    }
}
