using AsyncMQ.Hosting;
using AsyncMQ.InMemory;
using AsyncMQ.Queues;
using AsyncMQ.Seams;
using AsyncMQ.Testing.Clock;
using AsyncMQ.Testing.Running;
using AsyncMQ.Testing.Store;
using AsyncMQ.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AsyncMQ.Testing;

/// <summary>
/// AsyncMQ in a test: the same handlers, queues and workers as in production, on a store in memory and a clock that stands still until it is moved.
/// Nothing runs by itself: <see cref="RunUntilIdleAsync"/> runs what can run now, <see cref="AdvanceAsync"/> moves the clock and runs what comes due on
/// the way. A delay of a day takes a moment, and a test sees the same each time.
/// </summary>
/// <remarks>
/// Handlers should wait on the <see cref="System.TimeProvider"/> of their services, which is <see cref="Time"/>. Hosts share nothing: any number may run
/// side by side. The members that run jobs take turns; the others may be called at any time.
/// </remarks>
public sealed partial class AsyncMQTestHost : IAsyncDisposable
{
    private readonly SemaphoreSlim turns = new(1, 1);
    private readonly Activity activity = new();
    private readonly RunWatches runs = new();
    private readonly Timeouts timeouts = new();
    private readonly TestRandom random = new();
    private readonly PlannedFailures failures = new();
    private readonly RuntimeSeams seams;
    private readonly TestClock clock;
    private readonly TestScheduler scheduler;
    private readonly TestStore store;
    private readonly AsyncMQBuilder builder;
    private readonly ServiceProvider services;
    private readonly JobClient client;
    private readonly Workforce workforce;
    private readonly Stillness stillness;
    private readonly Installation installation;
    private bool isDisposed;

    private AsyncMQTestHost(Action<AsyncMQBuilder> configure, DateTimeOffset start)
    {
        clock = new(start);
        Time = new HandlerClock(clock, runs);
        var runtimeClock = new RuntimeClock(clock, timeouts);
        scheduler = new(runs, activity);
        seams = new(runtimeClock, random, scheduler);
        store = new(new InMemoryJobStore(runtimeClock), runtimeClock, activity);

        AsyncMQBuilder? configured = null;
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddAsyncMQ(mq =>
        {
            configured = mq;
            configure(mq);
            Install(mq);
        });
        collection.RemoveAll<TimeProvider>();
        collection.AddSingleton(Time);

        builder = configured!;
        services = collection.BuildServiceProvider();
        installation = services.GetRequiredService<Installation>();
        client = installation.Client;
        workforce = new(installation, builder, Watch);
        store.Reader = client.Parts.Records;
        store.QueueGotJob = workforce.Meet;
        store.GotSchedule = workforce.MeetSchedule;
        stillness = new(workforce, scheduler, client.Parts, clock, runs, timeouts, activity);
    }

    // A job that waits for its batch does not run yet: only the batch is watched.
    private HandlerDefinition Watch(HandlerDefinition handler)
    {
        HandlerDefinition failing = handler.Inside(inner => inner is BatchDefinition batch
            ? new WatchedBatch(batch, runs, failures, activity)
            : new FailingHandler(inner, failures));
        return handler.RunsInBatches ? failing : new WatchedHandler(failing, runs, activity);
    }

    /// <summary>The client: adds, inspects and administers as in production. A wait for a job ends once the host has run it.</summary>
    public IJobClient Client => client;

    /// <summary>The services that handlers are made from.</summary>
    public IServiceProvider Services => services;

    /// <summary>The host's clock, registered in <see cref="Services"/> as <see cref="System.TimeProvider"/>. It stands still until it is moved.</summary>
    public TimeProvider Time { get; }

    /// <summary>
    /// What chance says wherever the runtime asks it, at least 0 and less than 1. 0 by default: a jitter takes nothing away, so that the default back-off is
    /// 1 s, 2 s, 4 s … exactly.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
    public double Chance
    {
        get => random.Chance;
        set => random.Chance = value;
    }

    internal Stillness Stillness => stillness;

    /// <summary>Makes a host.</summary>
    /// <param name="configure">Handlers, queues and workers as in production, without a store. Where no worker is added, each queue that gets a job has one.</param>
    /// <param name="start">What the clock shows at first; null: 2030-01-01, midnight UTC.</param>
    /// <exception cref="InvalidOperationException">A store or a clock was chosen: the host brings its own.</exception>
    public static AsyncMQTestHost Create(Action<AsyncMQBuilder> configure, DateTimeOffset? start = null)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return new(configure, start ?? new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    /// <summary>
    /// Runs until nothing can run now: no job waits that a free worker could run, and each handler that runs waits on the host's clock or for another job.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait; handlers go on.</param>
    /// <exception cref="TimeoutException">Nothing changed for 30 s of real time, but a handler still runs: the message says which, and what to do.</exception>
    /// <exception cref="InvalidOperationException">Called in a handler; or an option contradicts another.</exception>
    public Task RunUntilIdleAsync(CancellationToken cancellationToken = default) => InTurnAsync(RunAsync, cancellationToken);

    /// <summary>
    /// Moves the clock. Runs until idle first; then stops at each time at which something comes due (delays, retries, expiries, timeouts, ends of pauses,
    /// repeatables, timers), in order, and runs until idle at each; last at the time moved to. Leases are renewed throughout.
    /// </summary>
    /// <param name="time">How far; zero: as <see cref="RunUntilIdleAsync"/>.</param>
    /// <param name="cancellationToken">Ends the move where it is.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="TimeoutException">Nothing changed for 30 s of real time, but a handler still runs: the message says which, and what to do.</exception>
    /// <exception cref="InvalidOperationException">Called in a handler; or an option contradicts another.</exception>
    public Task AdvanceAsync(TimeSpan time, CancellationToken cancellationToken = default)
    {
        if (time < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(time), time, $"The clock never goes back, but the time to advance by was {time}.");
        return InTurnAsync(token => AdvanceToAsync(clock.Time + time, token), cancellationToken);
    }

    /// <summary>Stops the workers, handlers included, and disposes the services.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        await StopAsync().ConfigureAwait(false);
        await installation.DisposeAsync().ConfigureAwait(false);
        await services.DisposeAsync().ConfigureAwait(false);
        turns.Dispose();
    }

    private void Install(AsyncMQBuilder mq)
    {
        if (mq.StoreFactory is not null)
            throw new InvalidOperationException("A test host brings its own store, in memory: leave UseSqlite, UseInMemory and the like out of what it is configured with.");
        if (mq.Options.TimeProvider != TimeProvider.System)
            throw new InvalidOperationException("A test host brings its own clock (host.Time): leave TimeProvider out of what it is configured with.");
        mq.Options.TimeProvider = Time;
        mq.Seams = seams;
        mq.UseStore(_ => store);
    }

    private async Task InTurnAsync(Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (runs.Current is { } current)
            throw new InvalidOperationException($"The handler of job {current.Run.Job.Ref} asks its own host to run, which would wait for the handler. Let the test do it.");

        await turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await workforce.StartAsync(cancellationToken).ConfigureAwait(false);
            await run(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            store.IsOpen = false;
            turns.Release();
        }
    }

    // Wakes the workers of queues that have work, again as long as it moves something: at the end nobody wants what is left.
    private async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        store.IsOpen = true;
        store.WakeSchedules();
        for (long moves = -1; ;)
        {
            await stillness.ReachAsync(firesDue: true, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<string> ready = store.Inner.QueuesWithWork();
            if (ready.Count == 0 || store.Moves == moves)
                return;
            moves = store.Moves;
            foreach (string queue in ready)
                store.Wake(queue);
        }
    }

    private async Task AdvanceToAsync(DateTimeOffset target, CancellationToken cancellationToken)
    {
        await RunAsync(cancellationToken).ConfigureAwait(false);
        while (NextStop() is { } stop && stop <= target)
            await MoveToAsync(stop, cancellationToken).ConfigureAwait(false);
        if (clock.Time < target)
            await MoveToAsync(target, cancellationToken).ConfigureAwait(false);
    }

    private DateTimeOffset? NextStop()
    {
        DateTimeOffset? timer = clock.NextStop, stored = store.Inner.NextEvent();
        return timer is null || stored < timer ? stored : timer;
    }

    // What a living process would have done on the way, first: its leases renewed, expired and old jobs put away.
    private async Task MoveToAsync(DateTimeOffset time, CancellationToken cancellationToken)
    {
        TimeSpan passed = time - clock.Time;
        clock.MoveTo(time);
        activity.Note();
        scheduler.Beat(passed >= 2 * RenewInterval ? 2 : 1);
        if (scheduler.IsPending)
            await stillness.ReachAsync(firesDue: false, cancellationToken).ConfigureAwait(false); // what the renewal brought to light, before the ticks
        await TidyAsync(cancellationToken).ConfigureAwait(false);
        await RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private TimeSpan RenewInterval => builder.Options.Lease / 5;

    private async Task TidyAsync(CancellationToken cancellationToken)
    {
        bool more = true;
        while (more)
        {
            more = (await client.Parts.ChangeAsync(
                (store, step, token) => store.MaintainAsync(new(step, 1_000, builder.Options.Retention), token), cancellationToken).ConfigureAwait(false)).More;
        }
    }

    // Draining waits on the clock, and so may handlers that do not look at their tokens: it is moved when nothing else happens any more.
    private async Task StopAsync()
    {
        Task stopping = workforce.StopAsync(new CancellationToken(canceled: true));
        while (!stopping.IsCompleted)
        {
            try
            {
                await stopping.WaitAsync(stillness.Doubt, TimeProvider.System).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                clock.MoveTo(clock.Time + TimeSpan.FromSeconds(5));
                await stillness.FireDueAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }
}
