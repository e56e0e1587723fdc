using AsyncMQ.Bench.Stores;

namespace AsyncMQ.Bench.Contenders;

/// <summary>AsyncMQ without a generic host, jobs by name, all options at their defaults.</summary>
internal sealed class AsyncMQContender : IInspectedContender
{
    public const string JobName = "bench.nothing";
    public const string BatchJobName = "bench.nothing-in-batches";
    private readonly IMeasuredStore store;
    private readonly AsyncMQHost host;
    private readonly string text;

    public AsyncMQContender(IMeasuredStore store, Workload load, JobSink sink)
    {
        this.store = store;
        text = new('x', load.PayloadBytes);
        host = AsyncMQHost.Create(mq =>
        {
            store.Use(mq);
            load.Configure?.Invoke(mq);
            mq.AddHandler(JobName, (context, _) =>
                {
                    sink.Run(load.PayloadBytes == 0 ? "" : context.Args[0].GetString()!);
                    return Task.CompletedTask;
                })
                .AddBatchHandler(BatchJobName, (batch, _) =>
                {
                    foreach (BatchItem<JobArgs> item in batch)
                        sink.Run(load.PayloadBytes == 0 ? "" : item.Job[0].GetString()!);
                    batch.CompleteRest();
                    return Task.CompletedTask;
                }, batch => (batch.Size, batch.Wait) = (Math.Max(1, load.Concurrency / 2), TimeSpan.FromMilliseconds(20)))
                .AddWorker("default", worker =>
                {
                    worker.Concurrency = load.Concurrency;
                    load.ConfigureWorker?.Invoke(worker);
                });
        });
    }

    public IJobClient Client => host.Client;

    public IJobQueue Queue => host.Client.GetQueue("default");

    public long FileBytes => store.FileBytes;

    public IReadOnlyList<string>? WorkerArguments => store.WorkerArguments;

    public Task AddAsync(CancellationToken cancellationToken) => host.Client.AddAsync(JobName, Args(), cancellationToken: cancellationToken);

    public Task AddBulkAsync(int jobs, CancellationToken cancellationToken)
    {
        var specs = new JobSpec[jobs];
        for (int i = 0; i < jobs; i++)
            specs[i] = JobSpec.Of(JobName, Args());
        return host.Client.AddBulkAsync(specs, cancellationToken);
    }

    public Task StartWorkersAsync(CancellationToken cancellationToken) => host.StartAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        store.Dispose();
    }

    private JobArgs? Args() => text.Length == 0 ? null : [text];
}
