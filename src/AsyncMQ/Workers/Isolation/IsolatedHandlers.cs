using AsyncMQ.Jobs;

namespace AsyncMQ.Workers;

/// <summary>The isolated handlers of a process with workers, and the processes that they run in. Other handlers are left as they are.</summary>
internal sealed class IsolatedHandlers(IsolationParts parts) : IAsyncDisposable
{
    private readonly Dictionary<Isolation, ProcessPool> pools = [];

    /// <summary>The handler as the workers see it: what stands around it, as its middleware, stays in their process.</summary>
    public HandlerDefinition Around(HandlerDefinition handler) =>
        handler.Inside(inner => inner.Isolation is { } isolation ? new Isolated(inner, PoolOf(isolation)) : inner);

    /// <summary>Ends all processes; what still runs in them is killed.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(pools.Values.Select(pool => pool.DisposeAsync().AsTask())).ConfigureAwait(false);

    private ProcessPool PoolOf(Isolation isolation)
    {
        if (!pools.TryGetValue(isolation, out ProcessPool? pool))
            pools.Add(isolation, pool = new(parts, isolation));
        return pool;
    }

    private sealed class Isolated(HandlerDefinition handler, ProcessPool pool) : HandlerDefinition(handler.Name, handler.Policy)
    {
        public override ValueTask<ReadOnlyMemory<byte>> RunAsync(JobContext context, JobJson json, CancellationToken cancellationToken) =>
            pool.RunAsync(context, cancellationToken);

        public override void Validate(JobJson json) => handler.Validate(json);
    }
}
