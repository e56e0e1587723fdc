using AsyncMQ.Jobs;
using AsyncMQ.Workers;

namespace AsyncMQ;

/// <summary>How one worker of this process works: its slots and its queues.</summary>
public sealed class WorkerOptions
{
    private readonly List<WeightedQueue> queues = [];

    /// <summary>The worker's name in logs. Null (the default): its queues.</summary>
    public string? Name { get; set; }

    /// <summary>How many handlers run at once, 1 to 10 000; 16 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
    public int Concurrency
    {
        get;
        set => field = value is >= 1 and <= 10_000
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Concurrency must be 1 to 10 000, but was {value}.");
    } = 16;

    /// <summary>The safety net: how often to ask for work when nothing was signalled. Null (the default): <see cref="AsyncMQOptions.PollInterval"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not 1 ms to 1 h.</exception>
    public TimeSpan? PollInterval { get; set => field = AsyncMQOptions.RequirePollInterval(value); }

    /// <summary>How long running handlers may go on when the host stops, before their tokens fire; 30 s by default. Unfinished jobs go back, attempt refunded.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or longer than a day.</exception>
    public TimeSpan ShutdownTimeout
    {
        get;
        set => field = value >= TimeSpan.Zero && value <= TimeSpan.FromDays(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"ShutdownTimeout must be zero to a day, but was {value}.");
    } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether the worker measures its jobs for <see cref="IJobInspector.GetMetricsAsync"/>: how many ended and how, how long they waited and ran. True by
    /// default: it costs little, and nothing while no job ends.
    /// </summary>
    public bool RecordsMetrics { get; set; } = true;

    internal IReadOnlyList<WeightedQueue> WeightedQueues => queues;

    /// <summary>Adds a queue to the worker.</summary>
    /// <param name="name">The queue.</param>
    /// <param name="weight">Its share of the claims while several queues have work, 1 to 1 000: weight 3 gets three claims in four beside weight 1.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">The name breaks a rule, or the worker has the queue already.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The weight is out of its range.</exception>
    public WorkerOptions Queue(string name, int weight = 1)
    {
        Names.RequireQueue(name);
        if (weight is < 1 or > 1_000)
            throw new ArgumentOutOfRangeException(nameof(weight), weight, $"The weight of queue '{name}' must be 1 to 1 000, but was {weight}.");
        if (queues.Exists(queue => queue.Queue == name))
            throw new ArgumentException($"The worker has queue '{name}' already.", nameof(name));

        queues.Add(new(name, weight));
        return this;
    }
}
