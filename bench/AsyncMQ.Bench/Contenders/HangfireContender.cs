using Hangfire;
using Hangfire.InMemory;

namespace AsyncMQ.Bench.Contenders;

/// <summary>Hangfire on its in-memory storage, all options but the number of workers at their defaults.</summary>
internal sealed class HangfireContender : IContender
{
    private readonly InMemoryStorage storage = new();
    private readonly BackgroundJobClient client;
    private readonly BackgroundJobServerOptions options;
    private readonly string text;
    private BackgroundJobServer? server;

    public HangfireContender(Workload load, JobSink sink)
    {
        client = new(storage);
        text = new('x', load.PayloadBytes);
        options = new() { WorkerCount = load.Concurrency, Activator = new SinkActivator(sink) };
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
        storage.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class SinkActivator(JobSink sink) : JobActivator
    {
        public override object ActivateJob(Type jobType) => sink;
    }
}
