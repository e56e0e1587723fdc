using AsyncMQ.Simulation.Machine;
using AsyncMQ.Simulation.Planning;
using AsyncMQ.Simulation.Witnessing;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Simulation.Living;

/// <summary>What a simulated process is made of: queues, workers, and handlers that end as chance says.</summary>
internal sealed class Handlers(World world)
{
    public const string Plain = "plain", Counting = "counting", Parent = "parent", Rare = "rare", Fragile = "fragile", Gathering = "gathering", Growing = "growing", Configured = "configured";

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private Settings Settings => world.Settings;

    public void Configure(AsyncMQBuilder mq, SimulatedProcess process)
    {
        mq.Configure(options =>
        {
            options.Lease = Settings.Lease;
            options.PollInterval = Settings.Poll;
            options.MaxStalls = Settings.MaxStalls;
            options.Retention = new() { Age = TimeSpan.FromHours(1), Count = 200, FailedAge = TimeSpan.FromHours(3), FailedCount = 200 };
        });
        mq.Services.AddSingleton(process);
        mq.Services.AddSingleton(this);
        mq.AddQueue(Users.Second, queue => queue.MaxStalls = 1);
        mq.AddHandler(Plain, (context, token) => RunAsync(process, context, token));
        mq.AddHandler(Counting, async (context, token) =>
        {
            await RunAsync(process, context, token);
            return context.Attempt;
        });
        mq.AddHandler(Parent, (context, token) => HaveChildAsync(process, context, token));
        mq.AddHandler(Gathering, (context, token) => WatchAsync(process, context, told => GatherAsync(process, context, told), token));
        mq.AddHandler(Growing, (context, token) => WatchAsync(process, context, told => GrowAsync(process, context, told), token));
        mq.AddHandler<FragileJob, FragileHandler>();
        if (process.Place == 0)
            mq.AddHandler(Rare, (context, token) => RunAsync(process, context, token));

        Rule rule = world.Planners.Configured;
        mq.AddRepeatable(Configured, rule.ToSchedule(), JobSpec.Of(Plain, [rule.Marker]) with { Queue = Users.First });
        mq.AddWorker(worker =>
        {
            worker.Queue(Users.First, weight: 3).Queue(Users.Second).Queue(Users.Scratch);
            worker.Concurrency = Settings.Concurrency;
            worker.ShutdownTimeout = Settings.Shutdown;
        });
        mq.AddWorker(worker =>
        {
            worker.Queue(Users.Children).Queue(Users.OwnOf(process.Place));
            worker.Concurrency = 2;
            worker.ShutdownTimeout = Settings.Shutdown;
        });
    }

    /// <summary>One run that ends as chance says.</summary>
    public Task RunAsync(SimulatedProcess process, JobContext context, CancellationToken token) =>
        WatchAsync(process, context, told => world.IsHealed ? Task.CompletedTask : ActAsync(process, context, told), token);

    private async Task HaveChildAsync(SimulatedProcess process, JobContext context, CancellationToken token) =>
        await WatchAsync(process, context, async told =>
        {
            JobHandle child = await process.Host.Client.GetQueue(Users.Children).AddAsync(Plain, null, new() { Retries = 2, Backoff = Backoff.None }, CancellationToken.None);
            world.Witness.Acknowledged(child.Ref);
            await child.WaitAsync(told);
        }, token);

    // Asks what those that it depends on came to.
    private async Task GatherAsync(SimulatedProcess process, JobContext context, CancellationToken told)
    {
        Func<DependencyResults, string?> compare = world.Ledger.ExpectResults(context);
        if (compare(await context.GetDependenciesAsync(told)) is { } fault)
            process.Blame(fault);
        if (!world.IsHealed)
            await ActAsync(process, context, told);
    }

    // Adds to its own flow, and again when it is run again.
    private async Task GrowAsync(SimulatedProcess process, JobContext context, CancellationToken told)
    {
        if (!world.IsHealed)
            await ActAsync(process, context, told);
        if (await context.GetFlowIdAsync(told) is not { } id)
            return;
        var more = new Flow(id);
        FlowNode one = more.Add(JobSpec.Of(Counting, options: new() { JobId = $"{context.Ref.Id}-more", DependsOn = [context.Ref] }) with { Queue = Users.First });
        more.Add(JobSpec.Of(Gathering) with { Queue = Users.Second }, [one]);
        FlowHandle added = await process.Host.Client.AddToFlowAsync(more, CancellationToken.None);
        foreach (JobHandle job in added.Jobs)
            world.Witness.Acknowledged(job.Ref);
    }

    private static async Task WatchAsync(SimulatedProcess process, JobContext context, Func<CancellationToken, Task> act, CancellationToken token)
    {
        World world = process.World;
        Run run = world.Ledger.Start(process, context, token);
        try
        {
            await act(process.Scheduler.Relay(token));
        }
        finally
        {
            run.HasEnded = true;
            process.Scheduler.EndRelay(token);
        }
    }

    private async Task ActAsync(SimulatedProcess process, JobContext context, CancellationToken told)
    {
        Chance chance = process.Chance;
        if (chance.Is(80))
            await context.ReportProgressAsync(chance.Below(100), cancellationToken: told);
        if (chance.Is(80))
            await context.LogAsync("a line", told);

        switch (chance.Below(20))
        {
            case < 4:
                return;
            case < 12:
                await process.Sleep(chance.Spread(Moment, TimeSpan.FromSeconds(3)), told);
                return;
            case < 14:
                await process.Sleep(chance.Spread(Moment, Settings.Lease), told);
                throw new InvalidOperationException("It failed.");
            case 14:
                throw new RetryJobException(chance.Is(300) ? TimeSpan.Zero : chance.Spread(Moment, TimeSpan.FromMinutes(5)));
            case 15:
                throw new UnrecoverableJobException("It cannot be done.");
            case 16:
                await process.Sleep(chance.Spread(Settings.Lease, Settings.Lease * 4), told);
                return;
            case 17:
                await process.Sleep(chance.Spread(Moment, Settings.Lease * 3), CancellationToken.None); // deaf
                return;
            case 18:
                await process.Sleep(chance.Spread(Moment, TimeSpan.FromMinutes(2)), told);
                throw new InvalidOperationException("It failed late.");
            default:
                await process.Sleep(Moment, CancellationToken.None);
                told.ThrowIfCancellationRequested();
                return;
        }
    }
}

/// <summary>A job whose handler may throw while it is made.</summary>
[Job(Handlers.Fragile, Retries = 2)]
internal sealed record FragileJob : IJob;

internal sealed class FragileHandler : IJobHandler<FragileJob>
{
    private readonly SimulatedProcess process;
    private readonly Handlers handlers;

    public FragileHandler(SimulatedProcess process, Handlers handlers)
    {
        (this.process, this.handlers) = (process, handlers);
        if (process.Chance.Is(300))
            throw new InvalidOperationException("It cannot be made.");
    }

    public Task HandleAsync(FragileJob job, JobContext context, CancellationToken cancellationToken) => handlers.RunAsync(process, context, cancellationToken);
}
