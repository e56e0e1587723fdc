using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using AsyncMQ.Hosting;
using AsyncMQ.Jobs;
using AsyncMQ.Queues;
using AsyncMQ.Seams;
using AsyncMQ.Storage;
using AsyncMQ.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AsyncMQ;

/// <summary>Says what an installation is made of: its store, its handlers, its queues and workers. Each part is checked as it is added, the whole at start.</summary>
public sealed partial class AsyncMQBuilder
{
    private readonly List<JsonSerializerContext> contexts = [];
    private readonly Dictionary<string, HandlerDefinition> handlers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, QueueOptions> queues = new(StringComparer.Ordinal);
    private readonly List<WorkerOptions> workers = [];
    private readonly List<RepeatableSetup> repeatables = [];

    internal AsyncMQBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services that handlers are made from.</summary>
    public IServiceCollection Services { get; }

    internal AsyncMQOptions Options { get; } = new();

    /// <summary>The name that it was added under; empty: none.</summary>
    internal string Installation { get; init; } = "";

    internal RuntimeSeams? Seams { get; set; }

    internal Func<AsyncMQOptions, IServiceProvider, IJobStore>? StoreFactory { get; private set; }

    internal IReadOnlyList<JsonSerializerContext> Contexts => contexts;

    internal IReadOnlyDictionary<string, HandlerDefinition> Handlers => handlers;

    internal IReadOnlyDictionary<string, QueueOptions> Queues => queues;

    internal IReadOnlyList<WorkerOptions> Workers => workers;

    internal IReadOnlyList<RepeatableSetup> Repeatables => repeatables;

    /// <summary>Sets what holds for the whole installation.</summary>
    public AsyncMQBuilder Configure(Action<AsyncMQOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(Options);
        return this;
    }

    /// <summary>Chooses the store; what <c>UseSqlite</c> and its likes call.</summary>
    /// <param name="create">Makes the store, once; the installation disposes it.</param>
    /// <exception cref="InvalidOperationException">A store was chosen already.</exception>
    public AsyncMQBuilder UseStore(Func<AsyncMQOptions, IJobStore> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return UseStore((options, _) => create(options));
    }

    /// <summary>Chooses a store that needs something of the services: a connection that the application has already, a logger.</summary>
    /// <param name="create">Makes the store, once; the installation disposes it.</param>
    /// <exception cref="InvalidOperationException">A store was chosen already.</exception>
    public AsyncMQBuilder UseStore(Func<AsyncMQOptions, IServiceProvider, IJobStore> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        if (StoreFactory is not null)
            throw new InvalidOperationException("A store was chosen already. An installation has one store; give a second installation a name: AddAsyncMQ(\"name\", …).");
        StoreFactory = create;
        return this;
    }

    /// <summary>Keeps jobs in this process's memory: nothing survives it. For tests, and for work that may be lost.</summary>
    public AsyncMQBuilder UseInMemory() => UseStore(options =>
    {
        IsolatedChild.RefuseMemory();
        return new InMemory.InMemoryJobStore(options.TimeProvider);
    });

    /// <summary>JSON metadata for job types and results: needed for Native AOT, faster everywhere. Call it once per context.</summary>
    public AsyncMQBuilder UseJson(JsonSerializerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        contexts.Add(context);
        return this;
    }

    /// <summary>Registers the handler of a job type. Made anew for each job, in a scope of its own, unless <see cref="Services"/> say otherwise.</summary>
    /// <param name="configure">What is to hold instead of what the type's <see cref="JobAttribute"/> says; null: nothing.</param>
    /// <exception cref="ArgumentException">The type has no <see cref="JobAttribute"/>, or its name has a handler already.</exception>
    public AsyncMQBuilder AddHandler<TJob, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(Action<HandlerOptions>? configure = null)
        where TJob : IJob
        where THandler : class, IJobHandler<TJob>
    {
        JobAttribute attribute = JobFactory.AttributeOf(typeof(TJob));
        Services.TryAddScoped<THandler>();
        HandlerOptions options = OptionsOf(configure);
        return Add(new TypedDefinition<TJob, THandler>(attribute.Name, options.Over(attribute.Policy)) { Isolation = options.Isolation ?? attribute.Isolation });
    }

    /// <summary>Registers the handler of a job type with a result.</summary>
    /// <param name="configure">What is to hold instead of what the type's <see cref="JobAttribute"/> says; null: nothing.</param>
    /// <exception cref="ArgumentException">The type has no <see cref="JobAttribute"/>, or its name has a handler already.</exception>
    public AsyncMQBuilder AddHandler<TJob, TResult, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(Action<HandlerOptions>? configure = null)
        where TJob : IJob<TResult>
        where THandler : class, IJobHandler<TJob, TResult>
    {
        JobAttribute attribute = JobFactory.AttributeOf(typeof(TJob));
        Services.TryAddScoped<THandler>();
        HandlerOptions options = OptionsOf(configure);
        return Add(new TypedDefinition<TJob, TResult, THandler>(attribute.Name, options.Over(attribute.Policy)) { Isolation = options.Isolation ?? attribute.Isolation });
    }

    /// <summary>Registers a handler by job name.</summary>
    /// <param name="name">The job's name.</param>
    /// <param name="handler">Runs one attempt.</param>
    /// <param name="configure">Retries, back-off, timeout, isolation; null: the queue's, and none.</param>
    /// <exception cref="ArgumentException">The name breaks a rule or has a handler already.</exception>
    public AsyncMQBuilder AddHandler(string name, Func<JobContext, CancellationToken, Task> handler, Action<HandlerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        HandlerOptions options = OptionsOf(configure);
        return Add(new LambdaDefinition(Names.RequireJobName(name), options.Over(new()), handler) { Isolation = options.Isolation });
    }

    /// <summary>Registers a handler by job name whose jobs have a result.</summary>
    /// <param name="name">The job's name.</param>
    /// <param name="handler">Runs one attempt and returns the result.</param>
    /// <param name="configure">Retries, back-off, timeout, isolation; null: the queue's, and none.</param>
    /// <exception cref="ArgumentException">The name breaks a rule or has a handler already.</exception>
    public AsyncMQBuilder AddHandler<TResult>(string name, Func<JobContext, CancellationToken, Task<TResult>> handler, Action<HandlerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        HandlerOptions options = OptionsOf(configure);
        return Add(new LambdaDefinition<TResult>(Names.RequireJobName(name), options.Over(new()), handler) { Isolation = options.Isolation });
    }

    /// <summary>Says what holds for a queue. Called again for the same queue, it adds to what was said.</summary>
    /// <exception cref="ArgumentException">The name breaks a rule.</exception>
    public AsyncMQBuilder AddQueue(string name, Action<QueueOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        if (!queues.TryGetValue(Names.RequireQueue(name), out QueueOptions? options))
            queues.Add(name, options = new());
        configure(options);
        return this;
    }

    /// <summary>Adds a worker for one queue.</summary>
    /// <exception cref="ArgumentException">The name breaks a rule.</exception>
    public AsyncMQBuilder AddWorker(string queue, Action<WorkerOptions>? configure = null) =>
        AddWorker(worker =>
        {
            worker.Queue(queue);
            configure?.Invoke(worker);
        });

    /// <summary>Adds a worker for the queues that <paramref name="configure"/> gives it, each with its weight.</summary>
    /// <exception cref="ArgumentException">It has no queue.</exception>
    public AsyncMQBuilder AddWorker(Action<WorkerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var worker = new WorkerOptions();
        configure(worker);
        if (worker.WeightedQueues.Count == 0)
            throw new ArgumentException("A worker needs a queue: AddWorker(\"mail\"), or AddWorker(worker => worker.Queue(\"mail\", weight: 3).Queue(\"reports\")).", nameof(configure));
        workers.Add(worker);
        return this;
    }

    /// <summary>
    /// Repeats a job: when the host starts, the repeatable is created in the store, or changed to what is said here; one that is so already is left alone,
    /// and so is the pause of one that is paused.
    /// </summary>
    /// <param name="id">Its id, unique in its queue: 1 to 200 bytes of UTF-8 without control characters, not beginning with <c>@</c>.</param>
    /// <param name="schedule">When.</param>
    /// <param name="job">Which job; it says the queue. Its options may not have an id, a delay or a time.</param>
    /// <exception cref="ArgumentException">Something breaks a rule, or there is one of that id already.</exception>
    /// <remarks>The start of the host fails when the store refuses it: <see cref="IJobRepeatables.UpsertRepeatableAsync"/> says why it may.</remarks>
    public AsyncMQBuilder AddRepeatable(string id, Schedule schedule, JobSpec job) => Add(RepeatableSetup.Of(id, schedule, job, isLocal: false));

    /// <summary>Repeats a job in this process only, while its workers work the queue; see <see cref="IJobRepeatables.AddLocalRepeatable"/>.</summary>
    /// <param name="id">Its id, unique among the local ones of its queue.</param>
    /// <param name="schedule">When.</param>
    /// <param name="job">Which job; it says the queue. Its options may not have an id, a delay or a time.</param>
    /// <exception cref="ArgumentException">Something breaks a rule, or there is one of that id already.</exception>
    public AsyncMQBuilder AddLocalRepeatable(string id, Schedule schedule, JobSpec job) => Add(RepeatableSetup.Of(id, schedule, job, isLocal: true));

    private AsyncMQBuilder Add(RepeatableSetup repeatable)
    {
        if (repeatables.Exists(other => (other.Queue, other.Id, other.IsLocal) == (repeatable.Queue, repeatable.Id, repeatable.IsLocal)))
            throw new ArgumentException($"Queue '{repeatable.Queue}' has a repeatable '{repeatable.Id}' already. Give each an id of its own.");
        repeatables.Add(repeatable);
        return this;
    }

    private static HandlerOptions OptionsOf(Action<HandlerOptions>? configure)
    {
        var options = new HandlerOptions();
        configure?.Invoke(options);
        return options;
    }

    private AsyncMQBuilder Add(HandlerDefinition handler) => handlers.TryAdd(handler.Name, handler)
        ? this
        : throw new ArgumentException($"Job name '{handler.Name}' has a handler already. One name, one handler.");
}
