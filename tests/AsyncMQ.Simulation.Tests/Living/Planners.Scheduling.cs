using AsyncMQ.Simulation.Machine;

namespace AsyncMQ.Simulation.Living;

internal sealed partial class Planners
{
    public static Task SilenceAsync(IJobQueue queue) => Task.CompletedTask;

    private Task ScheduleAsync(SimulatedProcess process, Chance chance) => LinkAsync(process, chance);
}
