using System.Text.Json;

namespace AsyncMQ.Jobs;

/// <summary>What has been read of a job document so far.</summary>
internal sealed class JobDocumentDraft
{
    private string? name;
    private string? id;
    private JobArgs? named;

    public string? Queue { get; set; }

    public JobArgs? Positional { get; set; }

    public int? Retries { get; set; }

    /// <summary>The reference's <c>retries</c>: of a record with <c>max_retries</c> how many were made, of a new job how many are allowed.</summary>
    public int? RetriesMade { get; set; }

    public int? MaxRetries { get; set; }

    public int? Priority { get; set; }

    public TimeSpan? TimeToLive { get; set; }

    public TimeSpan? Delay { get; set; }

    public DateTimeOffset? RunAt { get; set; }

    public TimeSpan? Timeout { get; set; }

    public Backoff? Backoff { get; set; }

    public Deduplication? Deduplication { get; set; }

    public string? Key { get; set; }

    public IReadOnlyList<string> Parents { get; set; } = [];

    public void SetName(string member, string value)
    {
        if (name is not null && name != value)
            throw new ArgumentException($"Member '{member}' of a job document says '{value}', another one '{name}'. Give the name once.");
        name = value;
    }

    public void SetId(string member, string value)
    {
        if (id is not null && id != value)
            throw new ArgumentException($"Member '{member}' of a job document says '{value}', another one '{id}'. Give the id once.");
        id = value;
    }

    public void SetNamed(JsonProperty member)
    {
        // BullMQ's data may be anything; an array is positional here too.
        if (member is { Name: "data", Value.ValueKind: JsonValueKind.Array })
            Positional = JobDocument.Args(member, JsonValueKind.Array);
        else
            named = JobDocument.Args(member, JsonValueKind.Object);
    }

    public JobSpec ToSpec()
    {
        if (name is null)
            throw new ArgumentException("A job document needs a name: member 'task_id', 'task' or 'name'.");

        var options = new JobOptions
        {
            JobId = id,
            Retries = Retries ?? MaxRetries ?? RetriesMade,
            Backoff = Backoff,
            Priority = Priority ?? JobOptions.None.Priority,
            TimeToLive = TimeToLive,
            Delay = RunAt is null ? Delay : null,
            RunAt = RunAt,
            Timeout = Timeout,
            Deduplication = Deduplication,
            Key = Key,
        };
        options.Validate();
        return JobSpec.Of(name, ChooseArgs(), options) with { Queue = Queue, Parents = Parents };
    }

    private JobArgs ChooseArgs() => (Positional, named) switch
    {
        ({ Count: > 0 }, { Count: > 0 }) => throw new ArgumentException(
            "A job document has both positional ('args') and named ('kwargs') arguments. A job here has one kind: name them all, or none."),
        ({ Count: > 0 }, _) => Positional,
        (_, { Count: > 0 }) => named,
        (_, null) => JobArgs.Empty,
        _ => named,
    };
}
