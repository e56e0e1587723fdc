using System.Collections.Frozen;
using AsyncMQ.Diagnostics;
using AsyncMQ.Hooks;
using AsyncMQ.Jobs;
using AsyncMQ.Queues;
using AsyncMQ.Seams;
using AsyncMQ.Storage;
using AsyncMQ.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsyncMQ.Hosting;

/// <summary>One store with everything that works on it in this process. Nothing is static: two installations never meet.</summary>
internal sealed partial class Installation : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim lifecycle = new(1, 1);
    private readonly AsyncMQBuilder builder;
    private readonly IServiceProvider services;
    private readonly RuntimeSeams seams;
    private readonly StoreTimeouts timeouts;
    private readonly JobJson json;
    private readonly PayloadCodec payloads;
    private readonly ILogger logger;
    private readonly EndWatcher ends;
    private readonly EventHub events;
    private readonly StepSender steps;
    private readonly LocalRepeatables locals;
    private Task? started;
    private WorkerProcess? workers;
    private IsolatedHandlers? isolated;
    private Task? starting;
    private CancellationTokenSource? stopStarting;
    private bool isStoreSilent;
    private bool disposing;
    private bool disposed;

    public Installation(AsyncMQBuilder builder, IServiceProvider services)
    {
        this.builder = builder;
        this.services = services;
        AsyncMQOptions options = builder.Options;
        seams = builder.Seams ?? RuntimeSeams.System with { Time = options.TimeProvider };
        timeouts = new(options.StoreCallTimeout, options.AddTimeout);
        json = new(builder.Contexts);
        payloads = new(builder.Transforms);
        logger = services.GetService<ILoggerFactory>() is { } loggers ? new QuietLogger(loggers.CreateLogger("AsyncMQ")) : NullLogger.Instance;
        Store = (builder.StoreFactory ?? throw NoStore())(options, services)
            ?? throw new InvalidOperationException("The function given to UseStore returned null instead of a store.");
        steps = new(Store, seams, timeouts, ProcessIdentity.Current.Name);
        ends = new(Store, seams, timeouts, steps, logger);
        var records = new RecordReader(json, payloads);
        events = new(Store, seams, timeouts, new(records), logger);
        var factory = new JobFactory(json, seams, options.MaxPayloadBytes) { Middleware = MakeProducerPipeline(), Payloads = payloads };
        var producer = new Producer(Store, steps, seams.Scheduler, StartStoreAsync);
        locals = new(factory, producer);
        Client = new(new()
        {
            Store = Store,
            Steps = steps,
            Adder = producer,
            Factory = factory,
            Json = json,
            Payloads = payloads,
            Records = records,
            Ends = ends,
            Events = events,
            Timeouts = timeouts,
            Seams = seams,
            Locals = locals,
            StartAsync = StartStoreAsync,
        });
    }

    public IJobStore Store { get; }

    public JobClient Client { get; }

    /// <summary>The repeatables of this process only.</summary>
    internal LocalRepeatables Locals => locals;

    /// <summary>Starts the store if nobody has yet. One that failed to start is tried again by the next call.</summary>
    public Task StartStoreAsync(CancellationToken cancellationToken) =>
        started is { IsCompletedSuccessfully: true } running && !disposed ? running : ShareStartAsync(cancellationToken);

    // Whoever comes late to a try that is given up has not had its own time yet: it goes on with the next one.
    private async Task ShareStartAsync(CancellationToken cancellationToken)
    {
        IsolatedChild.RefuseStore();
        long came = seams.Time.GetTimestamp();
        while (true)
        {
            Task shared;
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(disposed, typeof(IJobClient));
                if (started is null || started.IsFaulted || started.IsCanceled)
                    started = StartStoreOnceAsync();
                shared = started;
            }

            try
            {
                await seams.Scheduler.Rejoin(shared).WaitAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (StoreException e) when (StoreTimeouts.MayPass(e) && seams.Time.GetElapsedTime(came) < timeouts.GiveUp)
            {
            }
        }
    }

    /// <summary>
    /// Starts the workers. A store that does not answer is no reason to fail: they start in the background when it does. One that cannot be used is.
    /// </summary>
    /// <exception cref="InvalidOperationException">An option is missing or contradicts another; the message names it.</exception>
    /// <exception cref="StoreRejectedException">The store cannot be used as it is.</exception>
    public async Task StartWorkersAsync(CancellationToken cancellationToken)
    {
        IsolatedChild.RefuseWorkers();
        Validate();
        await lifecycle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(disposing, typeof(AsyncMQHost));
            if (workers is not null || starting is not null)
                return;

            try
            {
                await StartStoreAsync(cancellationToken).WaitAsync(timeouts.Call, seams.Time, cancellationToken).ConfigureAwait(false);
                await UpsertRepeatablesAsync(cancellationToken).ConfigureAwait(false);
                await StartWorkersNowAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (StoreTimeouts.MayPass(e))
            {
                Log.StoreAway(logger, Store.Description, e);
                stopStarting = new();
                starting = seams.Scheduler.Start(() => KeepStartingAsync(stopStarting.Token));
            }
        }
        finally
        {
            lifecycle.Release();
        }
    }

    private async Task StartWorkersNowAsync(CancellationToken cancellationToken)
    {
        if (builder.Workers.Count == 0)
            return;

        isolated ??= new(new(builder.Installation, builder.Options.MaxPayloadBytes, seams, logger));
        WorkerProcess process = MakeWorkers(builder.Workers, isolated.Around);
        await process.StartAsync(cancellationToken).ConfigureAwait(false);
        workers = process;
    }

    private async Task KeepStartingAsync(CancellationToken stop)
    {
        bool isRejected = false;
        for (int tries = 1; !stop.IsCancellationRequested; tries++)
        {
            try
            {
                await StartStoreAsync(stop).ConfigureAwait(false);
                await UpsertRepeatablesLateAsync(stop).ConfigureAwait(false);
                await StartWorkersNowAsync(stop).ConfigureAwait(false);
                return;
            }
            catch (Exception e)
            {
                // It is back, and cannot be used as it is: somebody must know, once.
                if (!isRejected && !stop.IsCancellationRequested && !StoreTimeouts.MayPass(e))
                    Log.StoreAway(logger, Store.Description, e);
                isRejected = !StoreTimeouts.MayPass(e);
                Task pause = Task.Delay(StoreTimeouts.Pause(tries, seams.Random.NextDouble()), seams.Time, stop);
                await seams.Scheduler.Rejoin(pause).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Drains the workers: each within its own deadline, or sooner when the token fires.</summary>
    public async Task StopWorkersAsync(CancellationToken deadline)
    {
        WorkerProcess? stopping;
        IsolatedHandlers? ending;
        await lifecycle.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (starting is not null)
            {
                await seams.Scheduler.Cancel(stopStarting!).ConfigureAwait(false);
                await starting.ConfigureAwait(false);
                stopStarting!.Dispose();
                starting = null;
            }

            (stopping, workers) = (workers, null);
            (ending, isolated) = (isolated, null);
        }
        finally
        {
            lifecycle.Release();
        }

        if (stopping is null)
            return;

        isStoreSilent = !await stopping.StopAsync(deadline).ConfigureAwait(false);
        await ending!.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (disposing)
                return;
            disposing = true;
        }

        // Handlers that still run may add and wait until they have ended.
        await StopWorkersAsync(CancellationToken.None).ConfigureAwait(false);
        lock (gate)
            disposed = true;
        locals.Close();
        ends.Dispose();
        Task listened = events.DisposeAsync().AsTask();
        if (!isStoreSilent)
            await listened.ConfigureAwait(false);
        if (started is { IsCompletedSuccessfully: true } && !isStoreSilent)
        {
            using var deadline = new CancellationTokenSource(timeouts.Call, seams.Time);
            await steps.CloseAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Store.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Makes a process of workers; whoever asks for it starts and stops it.</summary>
    /// <param name="options">The workers.</param>
    /// <param name="around">What to put around each handler.</param>
    /// <param name="firesSchedules">Whether it fires the store's schedules.</param>
    internal WorkerProcess MakeWorkers(
        IReadOnlyList<WorkerOptions> options, Func<HandlerDefinition, HandlerDefinition> around, bool firesSchedules = true) => new(Store, new()
    {
        Options = builder.Options,
        Workers = options,
        Queues = builder.Queues.ToFrozenDictionary(StringComparer.Ordinal),
        Handlers = builder.Handlers.Values.Select(handler => around(MiddlewareDefinition.Around(handler, builder.Middleware))).ToFrozenDictionary(static handler => handler.Name, StringComparer.Ordinal),
        Json = json,
        Seams = seams,
        Timeouts = timeouts,
        Logger = logger,
        Services = services,
        Process = ProcessIdentity.Current,
        Locals = locals,
        FiresSchedules = firesSchedules,
        Hooks = builder.WorkerHooks,
        Payloads = payloads,
    });

    private async Task StartStoreOnceAsync()
    {
        long began = seams.Time.GetTimestamp();
        for (int tries = 1; ; tries++)
        {
            try
            {
                await Store.StartAsync(CancellationToken.None).WaitAsync(timeouts.Call, seams.Time).ConfigureAwait(false);
                break;
            }
            catch (Exception e) when (StoreTimeouts.MayPass(e))
            {
                if (seams.Time.GetElapsedTime(began) >= timeouts.GiveUp)
                    throw new StoreException($"{Store.Description} could not be started within {timeouts.GiveUp.TotalSeconds:0} s: {e.Message}", e);
                await Task.Delay(StoreTimeouts.Pause(tries, seams.Random.NextDouble()), seams.Time).ConfigureAwait(false);
            }
        }

        Log.StoreStarted(logger, Store.Description);
        foreach ((string queue, QueueOptions options) in builder.Queues)
        {
            if (options.Retention is { } retention)
                await CommandAsync(queue, new QueueCommand.SetRetention(retention)).ConfigureAwait(false);
            if (options.Limits is { } limits)
                await CommandAsync(queue, new QueueCommand.SetLimits(limits)).ConfigureAwait(false);
        }
    }

    private Task<QueueReply> CommandAsync(string queue, QueueCommand command) =>
        steps.SendAsync(StepSender.Administration, (step, token) => Store.AdministerQueueAsync(new(step, queue, command), token));

    /// <exception cref="InvalidOperationException">An option is missing or contradicts another; the message names it.</exception>
    internal void Validate()
    {
        foreach (HandlerDefinition handler in builder.Handlers.Values)
        {
            try
            {
                handler.Validate(json);
            }
            catch (Exception e) when (e is InvalidOperationException or NotSupportedException)
            {
                throw new InvalidOperationException($"The handler of job '{handler.Name}' cannot be used: {e.Message}", e);
            }
        }

        RequireHandlersOfMiddleware();
        PrepareRepeatables();
        if (builder.Workers.Count > 0 && builder.Handlers.Count == 0)
            throw new InvalidOperationException("There are workers but no handlers, so every job would be parked. Add one: AddHandler(\"name\", (context, token) => …).");
    }

    private static InvalidOperationException NoStore() =>
        new("No store was chosen. Choose one: UseSqlite(\"jobs.db\") (package AsyncMQ.Sqlite; embedded, durable, the usual first choice) or UseInMemory() (nothing survives the process).");
}
