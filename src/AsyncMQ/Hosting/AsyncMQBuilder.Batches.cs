using System.Diagnostics.CodeAnalysis;
using AsyncMQ.Jobs;
using AsyncMQ.Queues;
using AsyncMQ.Workers;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AsyncMQ;

/// <content>Handlers of several jobs at once.</content>
public sealed partial class AsyncMQBuilder
{
    /// <summary>
    /// Registers a handler that runs several jobs of a type at once. Made anew for each batch, in a scope of its own, unless <see cref="Services"/> say
    /// otherwise.
    /// </summary>
    /// <param name="configure">How many jobs, how long to wait for them; retries, back-off, timeout of each. Null: 100 jobs, 200 ms.</param>
    /// <exception cref="ArgumentException">The type has no <see cref="JobAttribute"/>, its name has a handler already, or it is isolated.</exception>
    public AsyncMQBuilder AddBatchHandler<TJob, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        Action<BatchOptions>? configure = null)
        where TJob : IJob
        where THandler : class, IBatchJobHandler<TJob>
    {
        JobAttribute attribute = RequireShared(JobFactory.AttributeOf(typeof(TJob)));
        Services.TryAddScoped<THandler>();
        return Add(new TypedBatchDefinition<TJob, THandler>(attribute, BatchOptionsOf(configure)));
    }

    /// <summary>Registers a handler that runs several jobs of a type with results at once.</summary>
    /// <param name="configure">How many jobs, how long to wait for them; retries, back-off, timeout of each. Null: 100 jobs, 200 ms.</param>
    /// <exception cref="ArgumentException">The type has no <see cref="JobAttribute"/>, its name has a handler already, or it is isolated.</exception>
    public AsyncMQBuilder AddBatchHandler<TJob, TResult, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        Action<BatchOptions>? configure = null)
        where TJob : IJob<TResult>
        where THandler : class, IBatchJobHandler<TJob, TResult>
    {
        JobAttribute attribute = RequireShared(JobFactory.AttributeOf(typeof(TJob)));
        Services.TryAddScoped<THandler>();
        return Add(new TypedBatchDefinition<TJob, TResult, THandler>(attribute, BatchOptionsOf(configure)));
    }

    /// <summary>Registers, by job name, a handler that runs several jobs at once.</summary>
    /// <param name="name">The jobs' name.</param>
    /// <param name="handler">Runs one attempt of each job and says what became of it; see <see cref="IBatchJobHandler{TJob}"/>.</param>
    /// <param name="configure">How many jobs, how long to wait for them; retries, back-off, timeout of each. Null: 100 jobs, 200 ms.</param>
    /// <exception cref="ArgumentException">The name breaks a rule or has a handler already, or it is isolated.</exception>
    public AsyncMQBuilder AddBatchHandler(string name, Func<JobBatch<JobArgs>, CancellationToken, Task> handler, Action<BatchOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(new LambdaBatchDefinition(Names.RequireJobName(name), BatchOptionsOf(configure), handler));
    }

    /// <summary>Registers, by job name, a handler that runs several jobs with results at once.</summary>
    /// <param name="name">The jobs' name.</param>
    /// <param name="handler">Runs one attempt of each job and says what became of it; see <see cref="IBatchJobHandler{TJob}"/>.</param>
    /// <param name="configure">How many jobs, how long to wait for them; retries, back-off, timeout of each. Null: 100 jobs, 200 ms.</param>
    /// <exception cref="ArgumentException">The name breaks a rule or has a handler already, or it is isolated.</exception>
    public AsyncMQBuilder AddBatchHandler<TResult>(
        string name, Func<JobBatch<JobArgs, TResult>, CancellationToken, Task> handler, Action<BatchOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(new LambdaBatchDefinition<TResult>(Names.RequireJobName(name), BatchOptionsOf(configure), handler));
    }

    private static BatchOptions BatchOptionsOf(Action<BatchOptions>? configure)
    {
        var options = new BatchOptions();
        configure?.Invoke(options);
        return options.Isolation is null ? options : throw NotIsolated();
    }

    private static JobAttribute RequireShared(JobAttribute attribute) => attribute.Isolation is null ? attribute : throw NotIsolated();

    private static ArgumentException NotIsolated() =>
        new("A batch handler cannot be isolated: its jobs share one call. Leave Isolation out, or run the jobs one by one.");
}
