using AsyncMQ.Simulation.Machine;
using AsyncMQ.Simulation.Planning;

namespace AsyncMQ.Simulation.Living;

/// <summary>What processes are made of that do nothing for years but keep time: few schedules, and little work.</summary>
internal sealed class Clockwork(World world)
{
    private const string Tick = "tick";
    private static readonly TimeSpan Housekeeping = TimeSpan.FromHours(1);

    private readonly Rule[] rules =
    [
        world.Rulebook.Add(number => new(number) { Every = TimeSpan.FromHours(1), MostMissed = 1_000 }),
        world.Rulebook.Add(number => new(number) { Cron = new() { Minutes = Steps.At(30), Hours = Steps.At(2), IsInBerlin = true }, MostMissed = 1_000 }),
        world.Rulebook.Add(number => new(number) { Cron = new() { Minutes = Steps.At(0), Hours = Steps.At(0), Day = 1 }, MostMissed = 1_000 }),
    ];

    public void Configure(AsyncMQBuilder mq, SimulatedProcess process)
    {
        mq.Configure(options =>
        {
            options.Lease = world.Settings.Lease;
            options.PollInterval = world.Settings.Poll;
            options.MaxStalls = world.Settings.MaxStalls;
            options.Retention = new() { Age = TimeSpan.FromDays(1), Count = 500 };
            options.HousekeepingInterval = Housekeeping;
        });
        mq.AddHandler(Handlers.Plain, (_, _) => Task.CompletedTask);
        mq.AddHandler(Tick, (_, _) => Task.CompletedTask);
        mq.AddWorker(worker =>
        {
            worker.Queue(Users.OwnOf(process.Place));
            if (process.Place < 2)
                worker.Queue(Users.First);
            worker.Concurrency = world.Settings.Concurrency;
            worker.ShutdownTimeout = world.Settings.Shutdown;
        });
        foreach (Rule rule in rules)
            mq.AddRepeatable($"plan-{rule.Number}", rule.ToSchedule(), JobSpec.Of(Tick, [rule.Marker]) with { Queue = Users.First });
    }
}
