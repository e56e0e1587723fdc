using AsyncMQ.Hooks;

namespace AsyncMQ.Hosting;

/// <content>Middleware.</content>
internal sealed partial class Installation
{
    private ProducerPipeline? MakeProducerPipeline() =>
        builder.ProducerMiddleware.Count == 0 ? null : new(() => [.. builder.ProducerMiddleware.Select(make => make(services))]);

    // One that stands around nothing is a name that was mistyped or changed, and what it should see to is not seen to.
    private void RequireHandlersOfMiddleware()
    {
        if (builder.Handlers.Count == 0)
            return;

        foreach (MiddlewareRegistration middleware in builder.Middleware)
        {
            if (middleware.Job is { } job && !builder.Handlers.ContainsKey(job))
                throw new InvalidOperationException($"A middleware is for jobs named '{job}', but there is no handler of that name. Add it, or correct the name: AddMiddleware(middleware, \"{job}\").");
        }
    }
}
