using System.Diagnostics.CodeAnalysis;
using AsyncMQ.Hooks;
using AsyncMQ.Jobs;
using AsyncMQ.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AsyncMQ;

/// <content>Middleware and hooks. Each kind is called in the order in which it is registered.</content>
public sealed partial class AsyncMQBuilder
{
    private readonly List<MiddlewareRegistration> middleware = [];
    private readonly List<Func<IServiceProvider, IProducerMiddleware>> producerMiddleware = [];

    internal IReadOnlyList<MiddlewareRegistration> Middleware => middleware;

    internal IReadOnlyList<Func<IServiceProvider, IProducerMiddleware>> ProducerMiddleware => producerMiddleware;

    internal WorkerHooks WorkerHooks { get; } = new();

    /// <summary>Puts a middleware around the attempts of jobs: made anew for each, in the attempt's scope, unless <see cref="Services"/> say otherwise.</summary>
    /// <typeparam name="TMiddleware">The middleware's type; its constructor may ask for services.</typeparam>
    /// <param name="job">Only around jobs of this name; null: around all.</param>
    /// <exception cref="ArgumentException">The name breaks a rule.</exception>
    /// <remarks>The start of the host fails when it has no handler of that name.</remarks>
    public AsyncMQBuilder AddMiddleware<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TMiddleware>(string? job = null)
        where TMiddleware : class, IJobMiddleware
    {
        AddMiddleware(new ScopedMiddleware<TMiddleware>(), job);
        Services.TryAddScoped<TMiddleware>();
        return this;
    }

    /// <summary>Puts a middleware around the attempts of jobs: one for all, called by many at once.</summary>
    /// <param name="middleware">The middleware.</param>
    /// <param name="job">Only around jobs of this name; null: around all.</param>
    /// <exception cref="ArgumentException">The name breaks a rule.</exception>
    /// <remarks>The start of the host fails when it has no handler of that name.</remarks>
    public AsyncMQBuilder AddMiddleware(IJobMiddleware middleware, string? job = null)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        this.middleware.Add(new(middleware, job is null ? null : Names.RequireJobName(job)));
        return this;
    }

    /// <summary>Puts a middleware around the attempts of jobs.</summary>
    /// <param name="middleware">What <see cref="IJobMiddleware.InvokeAsync"/> does.</param>
    /// <param name="job">Only around jobs of this name; null: around all.</param>
    /// <exception cref="ArgumentException">The name breaks a rule.</exception>
    /// <remarks>The start of the host fails when it has no handler of that name.</remarks>
    public AsyncMQBuilder AddMiddleware(Func<JobContext, JobNext, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> middleware, string? job = null)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        return AddMiddleware(new LambdaMiddleware(middleware), job);
    }

    /// <summary>Lets a middleware see each job before it is added. Made once, when the first one is, unless <see cref="Services"/> say otherwise.</summary>
    /// <typeparam name="TMiddleware">The middleware's type; its constructor may ask for services.</typeparam>
    public AsyncMQBuilder AddProducerMiddleware<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TMiddleware>()
        where TMiddleware : class, IProducerMiddleware
    {
        Services.TryAddSingleton<TMiddleware>();
        producerMiddleware.Add(static services => services.GetRequiredService<TMiddleware>());
        return this;
    }

    /// <summary>Lets a middleware see each job before it is added.</summary>
    public AsyncMQBuilder AddProducerMiddleware(IProducerMiddleware middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        producerMiddleware.Add(_ => middleware);
        return this;
    }

    /// <summary>Lets a middleware see each job before it is added.</summary>
    /// <param name="onAdding">What <see cref="IProducerMiddleware.OnAdding"/> does: gets the job and its queue, returns the job to add.</param>
    public AsyncMQBuilder AddProducerMiddleware(Func<JobSpec, string, JobSpec> onAdding)
    {
        ArgumentNullException.ThrowIfNull(onAdding);
        return AddProducerMiddleware(new LambdaProducerMiddleware(onAdding));
    }

    /// <summary>
    /// Runs when a worker of this process starts, once for each, before it takes its first job. A hook that fails is logged and stops nothing; the same one
    /// given twice runs once.
    /// </summary>
    /// <param name="hook">Gets the worker, and a token that fires when the start is given up.</param>
    public AsyncMQBuilder OnWorkerStart(Func<WorkerHookContext, CancellationToken, Task> hook) => Hook(hook, isStart: true, hook);

    /// <summary>As the other one, for a hook that has nothing to wait for.</summary>
    /// <param name="hook">Gets the worker, and a token that fires when the start is given up.</param>
    public AsyncMQBuilder OnWorkerStart(Action<WorkerHookContext, CancellationToken> hook) => Hook(hook, isStart: true, Async(hook));

    /// <summary>
    /// Runs when a worker of this process has drained, once for each. A hook that fails is logged and stops nothing; one that takes longer than the worker's
    /// <see cref="WorkerOptions.ShutdownTimeout"/>, at least 5 s, is left behind. The same one given twice runs once.
    /// </summary>
    /// <param name="hook">Gets the worker, and a token that fires when it is left behind.</param>
    public AsyncMQBuilder OnWorkerStop(Func<WorkerHookContext, CancellationToken, Task> hook) => Hook(hook, isStart: false, hook);

    /// <summary>As the other one, for a hook that has nothing to wait for.</summary>
    /// <param name="hook">Gets the worker, and a token that fires when it is left behind.</param>
    public AsyncMQBuilder OnWorkerStop(Action<WorkerHookContext, CancellationToken> hook) => Hook(hook, isStart: false, Async(hook));

    private AsyncMQBuilder Hook(Delegate hook, bool isStart, Func<WorkerHookContext, CancellationToken, Task> run)
    {
        ArgumentNullException.ThrowIfNull(hook);
        WorkerHooks.Add(hook, isStart, run);
        return this;
    }

    private static Func<WorkerHookContext, CancellationToken, Task> Async(Action<WorkerHookContext, CancellationToken> hook) => (worker, token) =>
    {
        hook(worker, token);
        return Task.CompletedTask;
    };
}
