using AsyncMQ.Simulation.Machine;

namespace AsyncMQ.Simulation.Living;

/// <summary>People who plan: flows of jobs that depend on each other, and schedules. They live beside the other users of a process.</summary>
internal sealed partial class Planners(World world)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    /// <summary>Uses a process until it stops.</summary>
    public async Task LiveAsync(SimulatedProcess process)
    {
        Chance chance = process.Chance.Fork();
        while (!process.IsStopping && !world.IsHealed)
        {
            for (int left = chance.Below(6); left > 0 && !process.IsStopping && !world.IsHealed; left--)
            {
                Task act = world.Users.TryAsync(process, () => chance.Is(500) ? LinkAsync(process, chance) : ScheduleAsync(process, chance));
                if (chance.Is(500))
                    await act;
                if (chance.Is(500))
                    await Task.Delay(chance.Spread(Moment, TimeSpan.FromSeconds(2)), process.Clock);
            }

            for (int turns = 7; turns > 0 && !process.IsStopping && !world.IsHealed; turns--)
                await Task.Delay(chance.Around(world.Settings.Quiet), process.Clock);
        }
    }
}
