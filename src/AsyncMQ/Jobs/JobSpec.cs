using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>A job to add, as a value: for bulk adds, flows and schedules.</summary>
public sealed record JobSpec
{
    private JobSpec()
    {
    }

    /// <summary>The queue; null: the job type's own, or the queue it is added through, or <c>default</c>.</summary>
    /// <exception cref="ArgumentException">The name breaks a rule.</exception>
    public string? Queue { get; init => field = value is null ? null : Names.RequireQueue(value); }

    /// <summary>The options.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public JobOptions Options { get; init => field = value ?? throw new ArgumentNullException(nameof(value), "Options must not be null; new() sets none."); } = JobOptions.None;

    /// <summary>The typed job; null when it is named.</summary>
    public IJob? Job { get; private init; }

    /// <summary>The job's name: what was given, or what its type's <see cref="JobAttribute"/> says.</summary>
    /// <exception cref="ArgumentException">The type has no <see cref="JobAttribute"/>.</exception>
    public string JobName => Name ?? JobAttributes.Of(Job!.GetType()).Name;

    /// <summary>The arguments of a named job; none for a typed one.</summary>
    public JobArgs Args { get; private init; } = JobArgs.Empty;

    /// <summary>The name; null when the job is typed.</summary>
    internal string? Name { get; private init; }

    /// <summary>Jobs of its own queue, whichever that will be, that it depends on besides those of the options: how documents say it.</summary>
    internal IReadOnlyList<string> Parents { get; init; } = [];

    /// <summary>A typed job.</summary>
    public static JobSpec Of(IJob job, JobOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(job);
        return new() { Job = job, Options = options ?? JobOptions.None };
    }

    /// <summary>A job by name.</summary>
    /// <exception cref="ArgumentException">The name breaks a rule.</exception>
    public static JobSpec Of(string name, JobArgs? args = null, JobOptions? options = null) =>
        new() { Name = Names.RequireJobName(name), Args = args ?? JobArgs.Empty, Options = options ?? JobOptions.None };

    /// <summary>
    /// A document in the spelling of the reference system (<c>task_id</c>, <c>args</c>, <c>kwargs</c>, <c>retries</c>, <c>ttl</c>, <c>backoff</c>,
    /// <c>priority</c>, <c>delay</c>, <c>job_id</c>, <c>deduplication</c>, <c>depends_on</c>: ids in the same queue …; times in seconds) or of BullMQ (<c>name</c>, <c>data</c>, <c>opts</c>:
    /// <c>attempts</c>, <c>backoff</c>, <c>delay</c>, <c>jobId</c>, <c>deduplication</c> …; times in milliseconds).
    /// </summary>
    /// <param name="json">A JSON object.</param>
    /// <exception cref="ArgumentException">Not JSON, no name, an unknown member, or a value that breaks its rule; the message names the member.</exception>
    public static JobSpec FromJson(string json) => JobDocument.Read(JobPayload.FromJson(json));

    /// <summary>The job's name and queue; never its payload, which may be secret.</summary>
    public override string ToString() => $"JobSpec ({Name ?? Job!.GetType().Name}{(Queue is null ? "" : $", queue {Queue}")})";

    internal static JobSpec FromPayload(JobPayload payload) => JobDocument.Read(payload);
}
