using AsyncMQ.OutboxWorker;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AsyncMQ.EntityFrameworkCore.Tests.Kit;

/// <summary>One outbox in an SQLite file, with an installation on Redis: relays of hosts and of processes, and a worker that counts the runs of each job.</summary>
internal sealed class Outbox : IAsyncDisposable
{
    private readonly TestFile file = new();
    private readonly List<IHost> hosts = [];
    private readonly List<string> runs = [];
    private readonly IHost producer;

    private Outbox(string redis)
    {
        Redis = redis;
        producer = Start(withRelay: false);
    }

    public string Redis { get; }

    public string Installation { get; } = Guid.NewGuid().ToString("N");

    public string Path => file.Path;

    public Log Told { get; } = new();

    public IJobClient Client => producer.Services.GetRequiredService<IJobClient>();

    public static async Task<Outbox> CreateAsync(string? redis = null)
    {
        var outbox = new Outbox(redis ?? $"{await RedisForAll.AddressAsync()},connectTimeout=30000,asyncTimeout=30000");
        await using ShopContext context = outbox.NewContext();
        await context.Database.EnsureCreatedAsync();
        return outbox;
    }

    public ShopContext NewContext() => new(new DbContextOptionsBuilder<ShopContext>().UseSqlite(file.Connection).UseAsyncMQOutbox(producer.Services).Options);

    /// <summary>Writes so many rows, each with an order and a job for it.</summary>
    public async Task WriteAsync(int rows, string prefix = "order")
    {
        await using ShopContext context = NewContext();
        for (int i = 0; i < rows; i++)
            context.Order($"{prefix}-{i}", "receipt");
        await context.SaveChangesAsync();
    }

    public async Task<int> RowsAsync()
    {
        await using ShopContext context = NewContext();
        return await context.Set<OutboxGroup>().CountAsync();
    }

    public async Task<List<string>> ErrorsAsync()
    {
        await using ShopContext context = NewContext();
        return await context.Set<OutboxGroup>().Where(row => row.Error != null).OrderBy(row => row.Id).Select(row => row.Error!).ToListAsync();
    }

    /// <summary>A host with a relay, and what else a test wants.</summary>
    public IHost StartRelay(Action<OutboxRelayOptions>? configure = null, Action<AsyncMQBuilder>? more = null) => Start(withRelay: true, configure, more);

    /// <summary>A worker that notes each run by the job's first argument.</summary>
    public async Task<IReadOnlyList<string>> RunAllAsync()
    {
        Start(withRelay: false, more: mq => mq
            .AddHandler("receipt", (context, _) =>
            {
                lock (runs)
                    runs.Add(context.Args[0].GetString()!);
                return Task.CompletedTask;
            })
            .AddWorker("default", static worker => worker.Concurrency = 1));
        await Wait.UntilAsync("all jobs have run", async () => await Client.GetQueue("default").GetStatsAsync() is { Waiting: 0, Active: 0 });
        lock (runs)
            return [.. runs];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IHost host in hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }

        file.Dispose();
    }

    private IHost Start(bool withRelay, Action<OutboxRelayOptions>? configure = null, Action<AsyncMQBuilder>? more = null)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(Told);
        builder.Services.AddAsyncMQ(mq =>
        {
            mq.UseRedis(Redis, options => options.Name = Installation);
            mq.Configure(static options => options.AddTimeout = options.StoreCallTimeout = TimeSpan.FromSeconds(2));
            more?.Invoke(mq);
        });
        builder.Services.AddDbContext<ShopContext>((services, options) => options.UseSqlite(file.Connection).UseAsyncMQOutbox(services));
        if (withRelay)
        {
            builder.Services.AddAsyncMQOutboxRelay<ShopContext>(relay =>
            {
                relay.PollInterval = TimeSpan.FromMilliseconds(20);
                configure?.Invoke(relay);
            });
        }

        IHost host = builder.Build();
        hosts.Add(host);
        host.Start();
        return host;
    }

    /// <summary>The numbers of what was logged.</summary>
    public sealed class Log : ILoggerProvider, ILogger
    {
        private readonly List<int> events = [];

        public int CountOf(int eventId)
        {
            lock (events)
                return events.Count(one => one == eventId);
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (events)
                events.Add(eventId.Id);
        }

        public void Dispose()
        {
        }
    }
}
