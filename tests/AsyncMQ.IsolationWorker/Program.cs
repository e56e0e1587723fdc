using AsyncMQ;
using AsyncMQ.FaultWorker;
using AsyncMQ.IsolationWorker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// Arguments: the store's file, and how the program is built: plain, early, hosted, lost (never comes to its jobs), busy (uses the store before),
// memory (has a store in memory), hurried (does not let jobs end when it stops).
(string store, string build) = (args[0], args[1]);
if (build == "early")
    AsyncMQHost.RunIsolatedJobsIfAsked(mq => Register(mq));
if (build == "lost" && AsyncMQHost.IsIsolatedProcess)
    Thread.Sleep(Timeout.Infinite);
if (!AsyncMQHost.IsIsolatedProcess)
    EndWithTheTest();
else if (build == "early")
    Console.WriteLine("a process of isolated jobs came past the early call");

if (build == "hosted")
{
    HostApplicationBuilder host = Host.CreateEmptyApplicationBuilder(null);
    host.Services.AddHostedService<Shouting>();
    host.Services.AddAsyncMQ(Register);
    await host.Build().RunAsync();
    return;
}

if (build == "memory")
{
    await using var memory = AsyncMQHost.Create(mq =>
    {
        mq.UseInMemory().AddWorker("isolated");
        Handlers.Register(mq, build);
    });
    await memory.StartAsync();
    IJobQueue jobs = memory.Client.GetQueue("isolated");
    await (await jobs.AddAsync("echo", ["pure"])).WaitAsync();
    JobHandle adding = await jobs.AddAsync("add-another");
    try
    {
        await adding.WaitAsync();
    }
    catch (JobNotCompletedException e)
    {
        Console.WriteLine(e.Message);
    }

    return;
}

if (build == "busy")
{
    await using var producer = AsyncMQHost.Create(mq => mq.UseSqlite(store));
    await producer.Client.GetQueue("isolated").AddAsync("nobody");
}

await AsyncMQHost.RunAsync(Register);

void Register(AsyncMQBuilder mq)
{
    mq.UseSqlite(store)
        .Configure(options =>
        {
            options.Lease = TimeSpan.FromSeconds(1);
            options.MaxPayloadBytes = 2 << 20;
        })
        .AddWorker("isolated", worker =>
        {
            worker.Concurrency = 8;
            worker.ShutdownTimeout = TimeSpan.FromSeconds(build == "hurried" ? 0.3 : 20);
        });
    Handlers.Register(mq, build);
    mq.Services.AddSingleton<ILoggerFactory, LineLogging>();
    mq.Services.AddScoped<ScopedGreeter>();
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
