using AsyncMQ.Conformance.Working;
using AsyncMQ.Redis.Connecting;

namespace AsyncMQ.Redis.Tests.Faults.Kit;

/// <summary>A process of a fleet, of some edition of the store: adds jobs of several kinds to the queue of all, and works it.</summary>
internal sealed class FleetProcess : IAsyncDisposable
{
    public const string Queue = "fleet";

    private readonly CancellationTokenSource enough = new();
    private readonly Fleet fleet;
    private readonly AsyncMQHost host;
    private readonly string name;
    private Task producing = Task.CompletedTask;
    private int begun;
    private int added;

    public FleetProcess(Fleet fleet, Edition edition, string name)
    {
        this.fleet = fleet;
        this.name = name;
        host = AsyncMQHost.Create(builder => builder
            .UseStore(_ => new RedisJobStore(new() { Configuration = fleet.Server.Address, Name = Fleet.Name }, null, edition))
            .Configure(static options =>
            {
                options.Retention = RetentionPolicy.Forever;
                options.Lease = TimeSpan.FromSeconds(40);
            })
            .AddHandler("work", RunAsync)
            .AddWorker(Queue, static worker => worker.Concurrency = 8)
            .LogTo(new LogLines()));
    }

    public IJobQueue Jobs => host.Client.GetQueue(Queue);

    public async Task StartAsync()
    {
        await host.StartAsync(TestContext.Current.CancellationToken);
        producing = Task.Run(ProduceAsync);
    }

    /// <summary>Waits until it has added and begun some jobs more.</summary>
    public Task GoesOnAsync(string when)
    {
        int begunBefore = Volatile.Read(ref begun), addedBefore = Volatile.Read(ref added);
        return Wait.UntilAsync($"{name} adds and begins jobs {when}", async () =>
        {
            if (producing.IsFaulted)
                await producing;
            return Volatile.Read(ref begun) > begunBefore + 50 && Volatile.Read(ref added) > addedBefore + 25;
        });
    }

    public async Task StopAddingAsync()
    {
        await enough.CancelAsync();
        await producing.WaitAsync(Wait.Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await enough.CancelAsync();
        await host.DisposeAsync();
        enough.Dispose();
    }

    private Task RunAsync(JobContext context, CancellationToken token)
    {
        Interlocked.Increment(ref begun);
        return fleet.RunAsync(context);
    }

    // Plain ones, some that wait for their time, some with a key, some that follow another.
    private async Task ProduceAsync()
    {
        for (int number = 0; !enough.IsCancellationRequested; number++)
        {
            string id = $"{name}-{number}";
            JobOptions options = (number % 5) switch
            {
                1 => new() { JobId = id, Delay = TimeSpan.FromMilliseconds(20) },
                2 => new() { JobId = id, Key = $"key-{number % 3}" },
                3 => new() { JobId = id, DependsOn = [new(Queue, $"{name}-{number - 1}")] },
                _ => new() { JobId = id, Priority = number % 4 },
            };
            await Jobs.AddAsync("work", options: options, cancellationToken: CancellationToken.None);
            fleet.Added(id);
            Interlocked.Increment(ref added);
            await Task.Delay(2, CancellationToken.None);
        }
    }
}
