using System.Collections.Concurrent;
using System.Collections.Frozen;
using AsyncMQ.Jobs;
using AsyncMQ.Queues;
using AsyncMQ.Seams;
using AsyncMQ.Storage;
using Microsoft.Extensions.Logging;

namespace AsyncMQ.Workers;

/// <summary>What all workers of a process share.</summary>
internal sealed partial class WorkerContext
{
    private readonly ConcurrentDictionary<(HandlerDefinition Handler, string Queue), JobPolicy> policies = new();

    public required IJobStore Store { get; init; }

    public required WorkerSession Session { get; init; }

    public required FrozenDictionary<string, HandlerDefinition> Handlers { get; init; }

    public required FrozenDictionary<string, QueueOptions> Queues { get; init; }

    public required AsyncMQOptions Options { get; init; }

    public required JobJson Json { get; init; }

    public RecordReader Records { get => field ??= new(Json, Payloads); }

    public required RuntimeSeams Seams { get; init; }

    public required StoreTimeouts Timeouts { get; init; }

    public required ILogger Logger { get; init; }

    public required IServiceProvider Services { get; init; }

    public required Batcher<JobReport, SettleOutcome> Reports { get; init; }

    /// <summary>What they ended since housekeeping last came.</summary>
    public EndedJobs Ended { get; } = new();

    /// <summary>Sends what they measured.</summary>
    public MetricSender Metrics { get => field ??= new(this); }

    /// <summary>The process's workers, as handlers' waits see them.</summary>
    public IReadOnlyList<HandlerScope> Scopes { get; set; } = [];

    /// <summary>Late resolution: the add, the handler's attribute, the queue, the library. For a plain job a look-up.</summary>
    public JobPolicy PolicyFor(HandlerDefinition handler, JobEnvelope envelope, string queue)
    {
        JobPolicy late = policies.GetOrAdd((handler, queue), static (key, context) => context.Resolve(key.Handler, key.Queue), this);
        return ReferenceEquals(envelope, JobEnvelope.Empty) ? late : envelope.Policy().Or(late);
    }

    /// <summary>How often a job of this queue may stall and still run again.</summary>
    public int MaxStallsOf(string queue) => Queues.TryGetValue(queue, out QueueOptions? options) ? options.MaxStalls ?? Options.MaxStalls : Options.MaxStalls;

    private JobPolicy Resolve(HandlerDefinition handler, string queue)
    {
        JobPolicy policy = handler.Policy;
        if (Queues.TryGetValue(queue, out QueueOptions? options))
            policy = policy.Or(options.Policy);
        return policy.Or(Options.Policy);
    }
}
