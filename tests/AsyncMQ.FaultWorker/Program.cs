using AsyncMQ;
using AsyncMQ.Faults.Kit;
using AsyncMQ.FaultWorker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

WorkerArguments arguments = WorkerArguments.Parse(args);
using var ledger = new JobLedger(arguments.Ledger);
EndWithTheTest();
await Task.WhenAll(
    arguments.Produces ? ProduceAsync() : Task.CompletedTask,
    arguments.ProducesFlows ? ProduceFlowsAsync() : Task.CompletedTask,
    arguments.Works ? WorkAsync() : Task.CompletedTask,
    arguments.Orders ? OrderAsync() : Task.CompletedTask,
    arguments.Ships ? ShipAsync() : Task.CompletedTask);

async Task ProduceAsync()
{
    await using var host = AsyncMQHost.Create(mq => StoreChoice.Use(mq, arguments.Store));
    await new Producing(arguments, ledger).RunAsync(host.Client.GetQueue(arguments.Queues[0]));
    Console.WriteLine($"added all {arguments.Count}");
}

async Task ProduceFlowsAsync()
{
    await using var host = AsyncMQHost.Create(mq => StoreChoice.Use(mq, arguments.Store));
    await new FlowProducing(arguments, ledger).RunAsync(host.Client);
}

async Task OrderAsync()
{
    await using var host = AsyncMQHost.Create(mq => StoreChoice.Use(mq, arguments.Store));
    await new Transacting(arguments).OrderAsync(host.Client);
}

Task ShipAsync()
{
    var shop = new Transacting(arguments);
    return AsyncMQHost.RunAsync(mq =>
    {
        StoreChoice.Use(mq, arguments.Store)
            .Configure(options =>
            {
                options.Lease = arguments.Lease;
                options.PollInterval = arguments.Poll;
                options.MaxStalls = arguments.MaxStalls;
                options.Retention = RetentionPolicy.Forever;
            })
            .AddHandler("ship", (context, token) => shop.ShipAsync(context, context.Services.GetRequiredService<IJobClient>(), token))
            .AddHandler("thank", (_, _) => Task.CompletedTask)
            .AddWorker("default", worker => worker.Concurrency = arguments.Concurrency);
        mq.Services.AddSingleton<ILoggerFactory, LineLogging>();
    });
}

Task WorkAsync()
{
    var claims = new ClaimBook();
    var handlers = new Handlers(arguments, ledger, claims);
    return AsyncMQHost.RunAsync(mq =>
    {
        mq.UseStore(options => new LedgerStore(StoreChoice.Make(arguments.Store, options.TimeProvider), ledger, claims))
            .Configure(options =>
            {
                options.Lease = arguments.Lease;
                options.PollInterval = arguments.Poll;
                options.MaxStalls = arguments.MaxStalls;
                options.Retention = RetentionPolicy.Forever;
            })
            .AddHandler("work", handlers.WorkAsync)
            .AddHandler("slow", handlers.SlowAsync)
            .AddHandler("node", handlers.NodeAsync)
            .AddHandler("poison", handlers.PoisonAsync);
        foreach (string queue in arguments.Queues)
        {
            mq.AddWorker(queue, worker =>
            {
                worker.Concurrency = arguments.Concurrency;
                worker.ShutdownTimeout = arguments.Shutdown;
            });
        }

        foreach (TestSchedule schedule in arguments.Schedules ? TestSchedule.All : [])
            mq.AddRepeatable(schedule.Id, schedule.Schedule, JobSpec.Of(schedule.Job) with { Queue = arguments.Queues[0] });
        mq.Services.AddSingleton<ILoggerFactory, LineLogging>();
    });
}

// A test that was killed itself must leave nothing running: its end of our input closes with it.
static void EndWithTheTest()
{
    var watching = new Thread(static () =>
    {
        while (Console.In.ReadLine() is not null)
        {
        }

        Environment.Exit(3);
    })
    { IsBackground = true, Name = "test watch" };
    watching.Start();
}
