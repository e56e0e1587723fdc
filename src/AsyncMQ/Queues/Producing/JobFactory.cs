using System.Text.Json;
using AsyncMQ.Hooks;
using AsyncMQ.Jobs;
using AsyncMQ.Seams;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>Turns what a user asked for into what a store takes: checked, named, serialised, within the payload limit.</summary>
internal sealed class JobFactory(JobJson json, RuntimeSeams seams, int maxPayloadBytes)
{
    public const string DefaultQueue = "default";

    private readonly JobIdSource ids = new(seams);

    /// <summary>What sees each job before it is made; null: nothing.</summary>
    public ProducerPipeline? Middleware { get; init; }

    public PayloadCodec Payloads { get; init; } = PayloadCodec.None;

    public static JobAttribute AttributeOf(Type type) => JobAttributes.Of(type);

    /// <param name="spec">The job.</param>
    /// <param name="queue">The queue it is added through; null: through a client.</param>
    /// <param name="wantsResult">True when the caller holds a typed handle.</param>
    /// <param name="id">What to call it when it has no id of its own; null: a generated id.</param>
    public NewJob Create(JobSpec spec, string? queue, bool wantsResult = false, string? id = null) => Finish(MakeOf(spec, queue, wantsResult, id));

    private NewJob MakeOf(JobSpec spec, string? queue, bool wantsResult = false, string? id = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (Middleware is not null)
            spec = Middleware.Run(spec, queue);
        if (queue is not null && spec.Queue is not null && spec.Queue != queue)
            throw new ArgumentException($"The job says queue '{spec.Queue}', but is added through queue '{queue}'. Add it through the client, or leave its queue out.");

        if (spec.Job is { } typed)
            return WithId(MakeTyped(typed, queue ?? spec.Queue, spec.Options, wantsResult), id);

        string into = queue ?? spec.Queue ?? DefaultQueue;
        JobOptions options = spec.Parents.Count == 0 ? spec.Options : WithParents(spec, into);
        return WithId(Make(spec.Name!, spec.Args.Utf8, into, options, wantsResult), id);
    }

    /// <summary>A generated id.</summary>
    public string NextId() => ids.Next();

    /// <summary>The job of a repeatable, and the queue it goes to.</summary>
    /// <exception cref="ArgumentException">It breaks a rule.</exception>
    public (string Queue, JobTemplate Job) CreateTemplate(JobSpec spec, string? queue, Schedule schedule)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(schedule);
        JobTemplate.Require(spec, schedule);
        NewJob job = MakeOf(spec, queue);
        Finish(job); // for its size: it is stored once the repeatable's id is known
        return (job.Ref.Queue, JobTemplate.Of(job));
    }

    /// <summary>A job of a template, under an id of its own.</summary>
    public NewJob Create(JobTemplate template, string queue, TimeSpan delay) =>
        Payloads.Seal(template.ToJob(new(queue, ids.Next()), seams.Random.NextInt64(), delay));

    /// <summary>Checks a raw document before it is read: what is over the limit need not be parsed.</summary>
    public void RequireSize(JobPayload payload)
    {
        if (payload.Utf8.Length > maxPayloadBytes)
            throw new PayloadTooLargeException("The job document", payload.Utf8.Length, maxPayloadBytes);
    }

    public NewJob CreateTyped(IJob job, string? queue, JobOptions? options, bool wantsResult) => Middleware is null
        ? Finish(MakeTyped(job, queue, options, wantsResult))
        : Create(JobSpec.Of(job, options), queue, wantsResult);

    public NewJob CreateNamed(string name, JobArgs? args, string? queue, JobOptions? options) => Middleware is null
        ? Finish(Make(Names.RequireJobName(name), args?.Utf8 ?? default, queue ?? DefaultQueue, options, wantsResult: false))
        : Create(JobSpec.Of(name, args, options), queue);

    private NewJob MakeTyped(IJob job, string? queue, JobOptions? options, bool wantsResult)
    {
        ArgumentNullException.ThrowIfNull(job);
        JobAttribute attribute = AttributeOf(job.GetType());
        return Make(attribute.Name, Serialize(job), queue ?? attribute.Queue ?? DefaultQueue, options, wantsResult);
    }

    private NewJob Make(string name, ReadOnlyMemory<byte> payload, string queue, JobOptions? options, bool wantsResult)
    {
        options ??= JobOptions.None;
        options.Validate();
        if (options is { JobId: { } own, DependsOn: { } others } && others.Contains(new(queue, own)))
            throw new ArgumentException($"Job '{own}' of queue '{queue}' depends on itself: it would never start. Take it out of its DependsOn.");
        return new()
        {
            Ref = new(queue, options.JobId ?? ids.Next()),
            Name = name,
            Stamp = seams.Random.NextInt64(),
            Payload = payload,
            Envelope = JobEnvelope.Pack(options),
            Priority = options.Priority,
            Delay = options.Delay ?? TimeSpan.Zero,
            RunAt = options.RunAt,
            TimeToLive = options.TimeToLive,
            Deduplication = options.Deduplication,
            Key = options.Key,
            DependsOn = options.DependsOn ?? [],
            OnDependencyFailure = options.OnDependencyFailure,
            Flags = FlagsOf(options, wantsResult),
        };
    }

    private static NewJob WithId(NewJob job, string? id) => id is null || (job.Flags & JobFlags.CustomId) != 0 ? job : job with { Ref = job.Ref with { Id = id } };

    // As it is stored: its id is known, and that is what counts for the limit.
    private NewJob Finish(NewJob job)
    {
        NewJob stored = Payloads.Seal(job);
        int size = stored.Payload.Length + stored.Envelope.Length;
        return size <= maxPayloadBytes ? stored : throw new PayloadTooLargeException($"Job '{job.Name}' with its arguments, headers and tags", size, maxPayloadBytes);
    }

    private static JobFlags FlagsOf(JobOptions options, bool wantsResult) =>
        (options.JobId is null ? 0 : JobFlags.CustomId)
        | (options.TimeToLive is null ? 0 : JobFlags.TimeToLive)
        | (options.Deduplication is null ? 0 : JobFlags.Deduplication)
        | (options.Key is null ? 0 : JobFlags.Key)
        | (options.DependsOn is null ? 0 : JobFlags.Linked)
        | (wantsResult ? JobFlags.ResultWanted : 0);

    private static JobOptions WithParents(JobSpec spec, string queue) =>
        spec.Options with { DependsOn = [.. spec.Options.DependsOn ?? [], .. spec.Parents.Select(id => new JobRef(queue, id))] };

    private byte[] Serialize(IJob job)
    {
        Type type = job.GetType();
        byte[] payload;
        try
        {
            payload = JsonSerializer.SerializeToUtf8Bytes(job, json.TypeInfo(type));
        }
        catch (Exception e) when (e is NotSupportedException or JsonException or InvalidOperationException or ArgumentException)
        {
            throw new ArgumentException($"Job {type.Name} cannot be written as JSON: {e.Message}", nameof(job), e);
        }

        return payload.Length > 0 && payload[0] == '{'
            ? payload
            : throw new ArgumentException($"Job {type.Name} must be written as a JSON object; a converter writes something else.", nameof(job));
    }
}
