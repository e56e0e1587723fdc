using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Hooks;

/// <summary>A middleware that the services of each attempt make.</summary>
internal sealed class ScopedMiddleware<TMiddleware> : IJobMiddleware
    where TMiddleware : class, IJobMiddleware
{
    public ValueTask<ReadOnlyMemory<byte>> InvokeAsync(JobContext context, JobNext next, CancellationToken cancellationToken) =>
        context.Services.GetRequiredService<TMiddleware>().InvokeAsync(context, next, cancellationToken);
}

/// <summary>A middleware that is a lambda.</summary>
internal sealed class LambdaMiddleware(Func<JobContext, JobNext, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> invoke) : IJobMiddleware
{
    public ValueTask<ReadOnlyMemory<byte>> InvokeAsync(JobContext context, JobNext next, CancellationToken cancellationToken) => invoke(context, next, cancellationToken);
}

/// <summary>A producer middleware that is a lambda.</summary>
internal sealed class LambdaProducerMiddleware(Func<JobSpec, string, JobSpec> onAdding) : IProducerMiddleware
{
    public JobSpec OnAdding(JobSpec job, string queue) => onAdding(job, queue);
}

/// <summary>A middleware and the jobs it stands around.</summary>
/// <param name="Middleware">The middleware.</param>
/// <param name="Job">The name of its jobs; null: all.</param>
internal sealed record MiddlewareRegistration(IJobMiddleware Middleware, string? Job);
