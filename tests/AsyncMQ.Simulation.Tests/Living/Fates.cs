using AsyncMQ.Simulation.Machine;
using AsyncMQ.Simulation.Wires;

namespace AsyncMQ.Simulation.Living;

/// <summary>What befalls the processes and the store, until the world is healed.</summary>
internal sealed class Fates(World world)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly Chance chance = world.Chance.Fork();

    private Settings Settings => world.Settings;

    public void Begin()
    {
        for (int place = 0; place < world.Places.Length; place++)
        {
            world.Start(place);
            _ = TryAsync(place);
        }

        _ = TryStoreAsync();
    }

    /// <summary>Everything works from now on, and every place has a process that runs.</summary>
    public void Heal()
    {
        world.Say("the world is healed");
        world.IsHealed = true;
        world.IsStoreAway = false;
        world.Weather = Weather.Calm(chance);
        for (int place = 0; place < world.Places.Length; place++)
        {
            if (world.Places[place] is { } process)
            {
                process.NoteTrouble();
                process.Wire.IsCut = false;
                process.Thaw();
            }

            world.Start(place);
        }
    }

    private async Task TryAsync(int place)
    {
        while (await PassAsync(Settings.Peace))
        {
            if (world.Places[place] is not { IsGone: false, IsStopping: false } process)
                continue;
            switch (chance.Below(10))
            {
                case < 3:
                    process.Crash();
                    if (await PassAsync(Settings.Lease))
                        world.Start(place);
                    break;

                case < 5:
                    process.Freeze();
                    await world.Pass(Pause());
                    process.Thaw();
                    break;

                case < 7 when process.IsRunning:
                    world.Stop(process);
                    if (await PassAsync(TimeSpan.FromMinutes(1)))
                        world.Start(place);
                    break;

                case 7:
                    process.Clock.Skew = (chance.NextDouble() - 0.5) * TimeSpan.FromDays(2);
                    world.Say($"{process}'s clock is set {process.Clock.Skew} off");
                    break;

                default:
                    process.Wire.IsCut = true;
                    process.NoteTrouble();
                    world.Say($"{process} is cut off");
                    await world.Pass(Pause());
                    process.NoteTrouble();
                    process.Wire.IsCut = false;
                    world.Say($"{process} is connected again");
                    break;
            }
        }
    }

    private async Task TryStoreAsync()
    {
        while (await PassAsync(Settings.Peace * 3))
        {
            switch (chance.Below(4))
            {
                case 0:
                    world.SetStoreClock((chance.NextDouble() - 0.3) * TimeSpan.FromHours(3));
                    break;

                case 1:
                    world.Weather = chance.Is(300) ? Weather.Calm(chance) : Weather.Rough(chance);
                    break;

                default:
                    NoteTrouble();
                    world.IsStoreAway = true;
                    world.Say("the store is away");
                    await world.Pass(chance.Spread(Moment, Settings.LongestOutage));
                    NoteTrouble();
                    world.IsStoreAway = false;
                    world.Say("the store is back");
                    break;
            }
        }
    }

    private void NoteTrouble()
    {
        foreach (SimulatedProcess process in world.Places.OfType<SimulatedProcess>())
            process.NoteTrouble();
    }

    // Around the lease, where it matters, or of any length.
    private TimeSpan Pause() => chance.Is(500) ? chance.Between(Settings.Lease / 2, Settings.Lease * 3) : chance.Spread(Moment, Settings.Lease * 5);

    // False when the world is healed by then.
    private async Task<bool> PassAsync(TimeSpan mean)
    {
        await world.Pass(chance.Around(mean));
        return !world.IsHealed;
    }
}
