using AsyncMQ.EntityFrameworkCore;
using AsyncMQ.Queues;

namespace AsyncMQ;

/// <summary>
/// The jobs of one context of Entity Framework Core that its next SaveChanges saves. An add is checked at once and writes nothing yet; each handle's outcome
/// is <see cref="AddOutcome.Deferred"/>: ids that are taken, deduplication and dependencies are decided when the store has the jobs, after the commit.
/// </summary>
/// <remarks>
/// Used by one thread at a time, as the context is. What is added stays pending until a SaveChanges has succeeded, through those that fail, until
/// <see cref="Clear"/> or the end of the context (for a pooled one: its return). <c>ChangeTracker.Clear()</c> knows nothing of jobs. All adds throw
/// <see cref="ArgumentException"/> for input that breaks a rule, and <see cref="PayloadTooLargeException"/> over the payload limit.
/// </remarks>
public sealed class ContextJobs
{
    private readonly ContextSaving saving;
    private readonly JobClient client;

    internal ContextJobs(ContextSaving saving)
    {
        this.saving = saving;
        client = new(saving.Client.Parts with { Adder = saving });
    }

    /// <summary>How many jobs are pending.</summary>
    public int Count => saving.Count;

    /// <summary>Adds a typed job.</summary>
    public JobHandle Add(IJob job, JobOptions? options = null) => Now(client.AddAsync(job, options));

    /// <summary>Adds a typed job with a result.</summary>
    public JobHandle<TResult> Add<TResult>(IJob<TResult> job, JobOptions? options = null) => Now(client.AddAsync(job, options));

    /// <summary>Adds a job by name; no type and no handler need to be known here.</summary>
    public JobHandle Add(string name, JobArgs? args = null, JobOptions? options = null) => Now(client.AddAsync(name, args, options));

    /// <summary>Adds jobs as one group; each may say its queue. At most 10 000 jobs or 16 MiB.</summary>
    public IReadOnlyList<JobHandle> AddBulk(IReadOnlyList<JobSpec> jobs) => Now(client.AddBulkAsync(jobs));

    /// <summary>Adds a flow. One whose id is taken by then adds nothing.</summary>
    public FlowHandle AddFlow(Flow flow) => Now(client.AddFlowAsync(flow));

    /// <summary>Adds jobs to a flow that is there.</summary>
    public FlowHandle AddToFlow(Flow flow) => Now(client.AddToFlowAsync(flow));

    /// <summary>Drops what is pending.</summary>
    public void Clear() => saving.Clear();

    // Nothing is waited for: where these groups go, they are only kept.
    private static T Now<T>(Task<T> done) => done.GetAwaiter().GetResult();
}
