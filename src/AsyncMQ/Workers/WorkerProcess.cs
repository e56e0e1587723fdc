using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using AsyncMQ.Diagnostics;
using AsyncMQ.Jobs;
using AsyncMQ.Queues;
using AsyncMQ.Seams;
using AsyncMQ.Storage;
using Microsoft.Extensions.Logging;

namespace AsyncMQ.Workers;

/// <summary>What a process's workers are made from.</summary>
internal sealed record WorkerSetup
{
    public required AsyncMQOptions Options { get; init; }

    public required IReadOnlyList<WorkerOptions> Workers { get; init; }

    public required FrozenDictionary<string, QueueOptions> Queues { get; init; }

    public required FrozenDictionary<string, HandlerDefinition> Handlers { get; init; }

    public required JobJson Json { get; init; }

    public required RuntimeSeams Seams { get; init; }

    public required StoreTimeouts Timeouts { get; init; }

    public required ILogger Logger { get; init; }

    public required IServiceProvider Services { get; init; }

    public required ProcessIdentity Process { get; init; }

    public required LocalRepeatables Locals { get; init; }

    public WorkerHooks Hooks { get; init; } = new();

    public PayloadCodec Payloads { get; init; } = PayloadCodec.None;

    /// <summary>False for all but one of several in a process: the schedules of the store are fired by another.</summary>
    public bool FiresSchedules { get; init; } = true;
}

/// <summary>All workers of one process on one store: a session and its keeper, a pump per worker, the housekeeping, the schedules.</summary>
[SuppressMessage("Design", "CA1001", Justification = "StopAsync ends what it owns, in order and with a deadline")]
internal sealed class WorkerProcess
{
    private const int ReportLane = 3;
    private const int FirstPumpLane = 10;
    private static readonly TimeSpan HurriedPatience = TimeSpan.FromSeconds(2);
    private static readonly BatchWeight LargestReport = new(1_000, 1 << 20);

    private readonly WorkerContext context;
    private readonly WorkerSession session;
    private readonly Housekeeping housekeeping;
    private readonly Scheduling scheduling;
    private readonly LocalScheduling localScheduling;
    private readonly Pump[] pumps;
    private readonly WorkerSetup setup;
    private Task[] running = [];

    public WorkerProcess(IJobStore store, WorkerSetup setup)
    {
        this.setup = setup;
        TimeSpan renewInterval = setup.Options.Lease / 5;
        var info = new SessionInfo
        {
            Id = default,
            Name = setup.Process.Name,
            Lease = setup.Options.Lease,
            Names = [.. setup.Handlers.Keys],
            Queues = [.. setup.Workers.SelectMany(worker => worker.WeightedQueues).Select(queue => queue.Queue).Distinct(StringComparer.Ordinal)],
            Host = setup.Process.Host,
            ProcessId = setup.Process.ProcessId,
            Version = setup.Options.Version ?? setup.Process.Version,
            Concurrency = setup.Workers.Sum(worker => worker.Concurrency),
        };
        session = new(store, setup.Seams, setup.Timeouts, info, renewInterval, setup.Logger);
        context = new()
        {
            Store = store,
            Session = session,
            Handlers = setup.Handlers,
            Queues = setup.Queues,
            Options = setup.Options,
            Json = setup.Json,
            Seams = setup.Seams,
            Timeouts = setup.Timeouts,
            Logger = setup.Logger,
            Services = setup.Services,
            Payloads = setup.Payloads,
            Reports = new(LargestReport, setup.Seams.Scheduler, ReportAsync),
        };
        scheduling = new(context);
        localScheduling = new(context, setup.Locals, info.Queues.ToHashSet(StringComparer.Ordinal));
        housekeeping = new(context, scheduling.Hear);
        pumps = [.. setup.Workers.Select((options, index) => new Pump(context, options, FirstPumpLane + index))];
        context.Metrics.Meters = [.. pumps.Select(pump => pump.Meter).OfType<JobMeter>()];
        context.Scopes = [.. pumps.Select(pump => pump.Scope)];
    }

    public IReadOnlyList<Pump> Pumps => pumps;

    /// <summary>True when nothing is to be done for any schedule now.</summary>
    public bool AreSchedulesAtRest => scheduling.IsAtRest && localScheduling.IsAtRest;

    /// <summary>Ends when the current session is open.</summary>
    public Task Ready => session.Ready;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await session.StartAsync(pumps, cancellationToken).ConfigureAwait(false);
        TimeSpan? interval = setup.Options.HousekeepingInterval;
        housekeeping.Start(interval ?? setup.Options.Lease / 5, interval ?? TimeSpan.FromSeconds(5), interval ?? MetricSender.Interval);
        foreach (Pump pump in pumps)
            await setup.Hooks.StartAsync(context, pump.Describe(), cancellationToken).ConfigureAwait(false);
        running = [.. pumps.Select(pump => setup.Seams.Scheduler.Start(pump.RunAsync))];
        foreach (Pump pump in pumps)
            pump.LogStart();
        if (setup.FiresSchedules)
            scheduling.Start();
        localScheduling.Start();
    }

    /// <summary>Drains all workers, adding no more jobs of schedules meanwhile; the lease is renewed until the last one has.</summary>
    /// <returns>False when the store did not answer at the end: it is not to be waited for again.</returns>
    public async Task<bool> StopAsync(CancellationToken deadline)
    {
        await scheduling.StopAsync().ConfigureAwait(false);
        localScheduling.Stop();
        await Task.WhenAll(pumps.Select((pump, index) => DrainAsync(pump, running[index], deadline))).ConfigureAwait(false);
        Task<bool> rest = StopRestAsync();
        if (!HasGivenUp && await EndsInTimeAsync(rest, deadline).ConfigureAwait(false))
            return await rest.ConfigureAwait(false);

        // The lease is left to run out; what is under way ends by itself.
        session.Leave();
        return false;
    }

    private bool HasGivenUp => pumps.Any(pump => pump.HasGivenUp);

    // The loops end with the step that they are at.
    private async Task<bool> StopRestAsync()
    {
        await Task.WhenAll(localScheduling.DisposeAsync().AsTask(), scheduling.DisposeAsync().AsTask(), housekeeping.DisposeAsync().AsTask()).ConfigureAwait(false);
        if (session.IsLeft || HasGivenUp)
            return false;
        await context.Metrics.FinishAsync().ConfigureAwait(false);
        return await session.CloseAsync().ConfigureAwait(false);
    }

    // As long as a call to the store may take; where the host is in a hurry, a moment.
    private async Task<bool> EndsInTimeAsync(Task rest, CancellationToken deadline)
    {
        await rest.WaitAsync(setup.Timeouts.Call, setup.Seams.Time, deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!rest.IsCompleted && deadline.IsCancellationRequested)
            await rest.WaitAsync(HurriedPatience, setup.Seams.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return rest.IsCompleted;
    }

    private async Task DrainAsync(Pump pump, Task loop, CancellationToken deadline)
    {
        await pump.DrainAsync(loop, deadline).ConfigureAwait(false);
        await setup.Hooks.StopAsync(context, pump.Describe(), pump.ShutdownTimeout, deadline).ConfigureAwait(false);
    }

    // A report is sent again until it is answered; one of a lost session is lost with its claim.
    private async Task<IReadOnlyList<SettleOutcome>> ReportAsync(IReadOnlyList<JobReport> reports)
    {
        await session.Ready.ConfigureAwait(false);
        StepId step = session.NextStep(ReportLane);
        long started = setup.Seams.Time.GetTimestamp();
        for (int tries = 1; ; tries++)
        {
            try
            {
                ReportReply reply = await setup.Timeouts.Guard(context.Store.ReportAsync(new(step, reports), CancellationToken.None), setup.Seams.Time).ConfigureAwait(false);
                return reply.Outcomes;
            }
            catch (SessionLostException e)
            {
                _ = session.ReplaceAsync(e.Session);
                return [.. reports.Select(_ => SettleOutcome.Lost)];
            }
            catch (Exception e) when (e is not (StoreRejectedException or ArgumentException))
            {
                if (setup.Seams.Time.GetElapsedTime(started) >= setup.Timeouts.GiveUp)
                    throw e as StoreException ?? new StoreException($"{context.Store.Description} did not answer within {setup.Timeouts.GiveUp.TotalSeconds:0} s: {e.Message}", e);
                await Task.Delay(StoreTimeouts.Pause(tries, setup.Seams.Random.NextDouble()), setup.Seams.Time).ConfigureAwait(false);
            }
        }
    }
}
