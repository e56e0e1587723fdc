using AsyncMQ.Bench.Stores;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Hangfire.Redis.StackExchange;
using Hangfire;

namespace AsyncMQ.Bench.Contenders;

/// <summary>Hangfire, all options but the number of workers at their defaults.</summary>
internal sealed class HangfireContender : IContender
{
    private readonly JobStorage storage;
    private readonly IDisposable? disposable;
    private readonly BackgroundJobClient client;
    private readonly BackgroundJobServerOptions options;
    private readonly string text;
    private BackgroundJobServer? server;

    private HangfireContender(JobStorage storage, IDisposable? disposable, Workload load, JobSink sink)
    {
        (this.storage, this.disposable) = (storage, disposable);
        client = new(storage);
        text = new('x', load.PayloadBytes);
        options = new() { WorkerCount = load.Concurrency, Activator = new SinkActivator(sink) };
    }

    /// <summary>On its in-memory storage.</summary>
    public static HangfireContender InMemory(Workload load, JobSink sink)
    {
        var storage = new InMemoryStorage();
        return new(storage, storage, load, sink);
    }

    /// <summary>On a Redis server of its own.</summary>
    public static HangfireContender OnRedis(Workload load, JobSink sink)
    {
        var server = new OwnRedisServer();
        return new(new RedisStorage($"127.0.0.1:{server.Port}"), server, load, sink);
    }

    /// <summary>On a PostgreSQL server of its own.</summary>
    public static HangfireContender OnPostgres(Workload load, JobSink sink)
    {
        var server = new OwnPostgresServer();
        var storage = new PostgreSqlStorage(new NpgsqlConnectionFactory(server.ConnectionString, new()), new());
        return new(storage, server, load, sink);
    }

    public Task AddAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        client.Enqueue<JobSink>(sink => sink.Run(text));
        return Task.CompletedTask;
    }

    // Hangfire has no bulk add: one after the other.
    public async Task AddBulkAsync(int jobs, CancellationToken cancellationToken)
    {
        for (int i = 0; i < jobs; i++)
            await AddAsync(cancellationToken);
    }

    public Task StartWorkersAsync(CancellationToken cancellationToken)
    {
        server = new(options, storage);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        server?.Dispose();
        disposable?.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class SinkActivator(JobSink sink) : JobActivator
    {
        public override object ActivateJob(Type jobType) => sink;
    }
}
