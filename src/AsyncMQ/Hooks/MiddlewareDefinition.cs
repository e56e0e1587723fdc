using AsyncMQ.Jobs;
using AsyncMQ.Workers;

namespace AsyncMQ.Hooks;

/// <summary>A handler with the middleware around it. A handler that has none stays as it is, so that its jobs pay nothing.</summary>
internal sealed class MiddlewareDefinition(HandlerDefinition handler, IJobMiddleware[] middleware) : HandlerDefinition(handler.Name, handler.Policy)
{
    /// <summary>The handler with those that are for it around it, in order; the handler itself when there are none.</summary>
    public static HandlerDefinition Around(HandlerDefinition handler, IEnumerable<MiddlewareRegistration> registered)
    {
        IJobMiddleware[] own = [.. registered.Where(one => one.Job is null || one.Job == handler.Name).Select(static one => one.Middleware)];
        return own.Length == 0 ? handler : new MiddlewareDefinition(handler, own);
    }

    public override bool RunsInBatches => handler.RunsInBatches;

    public override ValueTask<ReadOnlyMemory<byte>> RunAsync(JobContext context, JobJson json, CancellationToken cancellationToken) =>
        new Layer(this, context, json, 0).RunAsync(cancellationToken);

    public override void Validate(JobJson json) => handler.Validate(json);

    public override HandlerDefinition Inside(Func<HandlerDefinition, HandlerDefinition> around) => new MiddlewareDefinition(handler.Inside(around), middleware);

    private HandlerDefinition Handler => handler;

    private IJobMiddleware[] Middleware => middleware;

    /// <summary>What one attempt has from one middleware on.</summary>
    private sealed class Layer(MiddlewareDefinition all, JobContext context, JobJson json, int index)
    {
        public ValueTask<ReadOnlyMemory<byte>> RunAsync(CancellationToken cancellationToken) => index == all.Middleware.Length
            ? all.Handler.RunAsync(context, json, cancellationToken)
            : all.Middleware[index].InvokeAsync(context, new Layer(all, context, json, index + 1).RunAsync, cancellationToken);
    }
}
