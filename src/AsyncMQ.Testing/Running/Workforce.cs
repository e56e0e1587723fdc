using AsyncMQ.Hosting;
using AsyncMQ.Queues;
using AsyncMQ.Workers;

namespace AsyncMQ.Testing.Running;

/// <summary>
/// The host's workers: those that the test configured, as one process; when it configured none, one for each queue that gets a job or a local repeatable,
/// started when it does, and one without a queue that fires the schedules, started when there are any.
/// </summary>
internal sealed class Workforce(Installation installation, AsyncMQBuilder builder, Func<HandlerDefinition, HandlerDefinition> around)
{
    private readonly Lock gate = new();
    private readonly HashSet<string> queues = new(StringComparer.Ordinal);
    private WorkerProcess[] processes = [];
    private bool hasSchedules;
    private bool isStarted;
    private bool isStopped;

    public IReadOnlyList<WorkerProcess> Processes => Volatile.Read(ref processes);

    public IEnumerable<Pump> Pumps => Processes.SelectMany(process => process.Pumps);

    private bool IsAutomatic => builder.Workers.Count == 0;

    /// <summary>Starts the workers, once; those of queues that have jobs already among them.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (isStarted)
            return;

        installation.Validate();
        await installation.StartStoreAsync(cancellationToken).ConfigureAwait(false);
        await installation.UpsertRepeatablesAsync(cancellationToken).ConfigureAwait(false);
        installation.Locals.Changed += MeetLocals;
        MeetLocals();
        string[] known;
        bool fires;
        lock (gate)
        {
            isStarted = true;
            known = [.. queues];
            fires = hasSchedules;
        }

        if (!IsAutomatic)
        {
            Start(builder.Workers, firesSchedules: true);
            return;
        }

        if (fires)
            Start([], firesSchedules: true);
        Array.ForEach(known, StartFor);
    }

    /// <summary>A queue got a job.</summary>
    public void Meet(string queue)
    {
        lock (gate)
        {
            if (!queues.Add(queue) || !isStarted || !IsAutomatic || isStopped)
                return;
        }

        StartFor(queue);
    }

    /// <summary>There is a schedule.</summary>
    public void MeetSchedule()
    {
        lock (gate)
        {
            bool isFirst = !hasSchedules;
            hasSchedules = true;
            if (!isFirst || !isStarted || !IsAutomatic || isStopped)
                return;
        }

        Start([], firesSchedules: true);
    }

    public Task StopAsync(CancellationToken deadline)
    {
        lock (gate)
            isStopped = true;
        return Task.WhenAll(Processes.Select(process => process.StopAsync(deadline)));
    }

    private void StartFor(string queue)
    {
        if (builder.Handlers.Count > 0)
            Start([new WorkerOptions().Queue(queue)], firesSchedules: false);
    }

    private void MeetLocals()
    {
        foreach (LocalRepeatable local in installation.Locals.All)
            Meet(local.Queue);
    }

    private void Start(IReadOnlyList<WorkerOptions> workers, bool firesSchedules)
    {
        WorkerProcess process = installation.MakeWorkers(workers, around, firesSchedules);
        process.StartAsync(CancellationToken.None).GetAwaiter().GetResult(); // a store in memory answers at once
        lock (gate)
            Volatile.Write(ref processes, [.. processes, process]);
    }
}
