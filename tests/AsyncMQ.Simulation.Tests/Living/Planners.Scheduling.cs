using AsyncMQ.Simulation.Machine;
using AsyncMQ.Simulation.Planning;

namespace AsyncMQ.Simulation.Living;

/// <content>Schedules, and what people do with them.</content>
internal sealed partial class Planners
{
    private static readonly string[] Planned = [Users.First, Users.First, Users.Second, Users.Scratch];

    private readonly List<IDisposable> locals = [];

    /// <summary>The rule that every process of the world was configured with when it started; now and then another version is deployed.</summary>
    public Rule Configured { get; private set; } = world.Rulebook.Add(number => new(number) { Every = TimeSpan.FromMinutes(25) });

    /// <summary>Nothing is repeated any more; what is paused stays, and the rest is removed.</summary>
    public async Task SilenceAsync(IJobQueue queue)
    {
        foreach (IDisposable local in locals)
            local.Dispose();
        locals.Clear();
        foreach (RepeatableInfo repeatable in await queue.GetRepeatablesAsync())
            await (repeatable.Runs % 2 == 0 ? queue.PauseRepeatableAsync(repeatable.Id) : queue.RemoveRepeatableAsync(repeatable.Id));
    }

    private async Task ScheduleAsync(SimulatedProcess process, Chance chance)
    {
        IJobQueue queue = process.Host.Client.GetQueue(chance.Of(Planned));
        string id = chance.Is(50) ? Handlers.Configured : $"plan-{chance.Below(3)}";
        switch (chance.Below(20))
        {
            case < 7:
                await UpsertAsync(queue, id, chance);
                break;
            case < 10:
                await queue.PauseRepeatableAsync(id);
                break;
            case < 13:
                await queue.ResumeRepeatableAsync(id);
                break;
            case < 15:
                if (await queue.TriggerRepeatableAsync(id) is { } job)
                    Remember(job);
                break;
            case 15:
                await queue.RemoveRepeatableAsync(id);
                break;
            case 16:
                Configured = world.Rulebook.Add(number => Draw(number, chance) with { Start = null, End = null, MaxRuns = null });
                break;
            case 17 when locals.Count < 2:
                locals.Add(queue.AddLocalRepeatable($"local-{++numbers}", Schedule.Every(Spread(chance)), JobSpec.Of(Handlers.Plain)));
                break;
            default:
                await queue.GetRepeatableAsync(id);
                await queue.GetRepeatableHistoryAsync(id, 10);
                break;
        }
    }

    private async Task UpsertAsync(IJobQueue queue, string id, Chance chance)
    {
        Rule rule = world.Rulebook.Add(number => Draw(number, chance));
        try
        {
            await queue.UpsertRepeatableAsync(id, rule.ToSchedule(), Spec(rule, chance), chance.Of<bool?>(null, null, null, false, true));
        }
        catch (ArgumentException) when (rule.End is not null)
        {
            world.Say($"{rule} would never run");
        }
    }

    /// <summary>The job of a rule, which carries its marker.</summary>
    public static JobSpec Spec(Rule rule, Chance chance) => JobSpec.Of(chance.Of(Handlers.Plain, Handlers.Counting), [rule.Marker], new()
    {
        Priority = chance.Is(200) ? chance.Below(4) : 5,
        TimeToLive = chance.Is(200) ? rule.Jitter + chance.Spread(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)) : null,
        Retries = chance.Is(500) ? chance.Below(4) : null,
    });

    private static TimeSpan Spread(Chance chance) => TimeSpan.FromSeconds((int)chance.Spread(TimeSpan.FromMinutes(2), TimeSpan.FromHours(3)).TotalSeconds);

    private Rule Draw(int number, Chance chance)
    {
        DateTimeOffset now = new(world.StoreTime / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
        DateTimeOffset? start = chance.Is(150) ? now + chance.Between(TimeSpan.FromHours(-1), TimeSpan.FromHours(2)) / 1_000 * 1_000 : null;
        return new(number)
        {
            Every = chance.Is(500) ? Spread(chance) : null,
            Cron = chance.Of(
                new WallClock { Minutes = Steps.By(chance.Of(5, 10, 15, 20)) },
                new WallClock { Minutes = Steps.At(chance.Below(60)), Second = chance.Of(0, 0, 30) },
                new WallClock { Minutes = Steps.At(chance.Below(60)), Hours = Steps.By(3) },
                new WallClock { Minutes = Steps.By(10), Hours = Steps.At(chance.Below(24)) }),
            Start = start is { } time ? new(time.UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero) : null,
            End = chance.Is(100) ? now + TimeSpan.FromMinutes(150 + chance.Below(600)) : null,
            MaxRuns = chance.Is(150) ? 1 + chance.Below(20) : null,
            RunAtOnce = chance.Is(200),
            Jitter = chance.Is(200) ? TimeSpan.FromSeconds(chance.Below(120)) : TimeSpan.Zero,
            MostMissed = chance.Of(0, 1, 1, 3, 10),
            SkipsOverlap = chance.Is(400),
        };
    }
}
