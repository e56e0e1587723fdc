using System.Text.Json.Serialization;

namespace AsyncMQ.Jobs;

/// <summary>A definition on the wire. Times are milliseconds since 1970, spans ticks. Short names: it stands in every record. The arguments are kept byte by
/// byte.</summary>
internal sealed record RepeatableDocument
{
    public const int KnownFormat = 1;

    [JsonPropertyName("v")]
    public int Format { get; init; }

    [JsonPropertyName("i")]
    public long? Interval { get; init; }

    [JsonPropertyName("c")]
    public string? Cron { get; init; }

    [JsonPropertyName("z")]
    public string? TimeZone { get; init; }

    [JsonPropertyName("s")]
    public long? Start { get; init; }

    [JsonPropertyName("x")]
    public long? End { get; init; }

    [JsonPropertyName("m")]
    public long? MaxRuns { get; init; }

    [JsonPropertyName("a")]
    public bool? RunAtOnce { get; init; }

    [JsonPropertyName("j")]
    public long? Jitter { get; init; }

    /// <summary>How many missed runs are made up for; zero: skipped.</summary>
    [JsonPropertyName("l")]
    public int Missed { get; init; }

    [JsonPropertyName("o")]
    public OverlapPolicy? Overlap { get; init; }

    [JsonPropertyName("t")]
    public long Created { get; init; }

    [JsonPropertyName("n")]
    public string? Name { get; init; }

    [JsonPropertyName("p")]
    public byte[]? Payload { get; init; }

    [JsonPropertyName("e")]
    public byte[]? Envelope { get; init; }

    [JsonPropertyName("y")]
    public int Priority { get; init; }

    [JsonPropertyName("k")]
    public long? TimeToLive { get; init; }

    [JsonPropertyName("d")]
    public DeduplicationDocument? Deduplication { get; init; }

    [JsonPropertyName("g")]
    public string? Key { get; init; }

    public static RepeatableDocument Of(RepeatableDefinition definition)
    {
        (Schedule schedule, JobTemplate job, DateTimeOffset created) = definition;
        return new()
        {
            Format = KnownFormat,
            Interval = schedule.Interval?.Ticks,
            Cron = schedule.CronExpression,
            TimeZone = schedule.CronExpression is null ? null : schedule.TimeZone,
            Start = schedule.Start?.ToUnixTimeMilliseconds(),
            End = schedule.End?.ToUnixTimeMilliseconds(),
            MaxRuns = schedule.MaxRuns,
            RunAtOnce = schedule.RunAtOnce ? true : null,
            Jitter = schedule.Jitter > TimeSpan.Zero ? schedule.Jitter.Ticks : null,
            Missed = schedule.Missed.Most,
            Overlap = schedule.Overlap == OverlapPolicy.Allow ? null : schedule.Overlap,
            Created = created.ToUnixTimeMilliseconds(),
            Name = job.Name,
            Payload = job.Payload.IsEmpty ? null : job.Payload.ToArray(),
            Envelope = job.Envelope.IsEmpty ? null : job.Envelope.ToArray(),
            Priority = job.Priority,
            TimeToLive = job.TimeToLive?.Ticks,
            Deduplication = job.Deduplication is { } deduplication ? DeduplicationDocument.Of(deduplication) : null,
            Key = job.Key,
        };
    }

    /// <exception cref="ArgumentException">Something in it breaks its rule.</exception>
    public RepeatableDefinition ToDefinition()
    {
        Schedule bare = Interval is { } interval ? Schedule.Every(new(interval)) : Schedule.Cron(Cron ?? "", TimeZone);
        Schedule schedule = bare with
        {
            Start = Time(Start),
            End = Time(End),
            MaxRuns = MaxRuns,
            RunAtOnce = RunAtOnce ?? false,
            Jitter = new(Jitter ?? 0),
            Missed = Missed == 0 ? MissedRuns.Skip : MissedRuns.RunAll(Missed),
            Overlap = Overlap ?? OverlapPolicy.Allow,
        };
        schedule.Validate();
        var job = new JobTemplate
        {
            Name = Names.RequireJobName(Name ?? ""),
            Payload = Payload,
            Envelope = Envelope,
            Priority = Priority,
            TimeToLive = Times.RequireSpan(TimeToLive is { } ticks ? new(ticks) : null, "TimeToLive"),
            Deduplication = Deduplication?.ToDeduplication(),
            Key = Key is null ? null : Names.RequireKey(Key),
        };
        return new(schedule, job, Time(Created)!.Value);
    }

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;
}

/// <summary>A deduplication on the wire.</summary>
internal sealed record DeduplicationDocument(
    [property: JsonPropertyName("i")] string? Id,
    [property: JsonPropertyName("t")] long? Ttl,
    [property: JsonPropertyName("x")] bool Extend,
    [property: JsonPropertyName("r")] bool Replace,
    [property: JsonPropertyName("k")] bool KeepLastIfActive)
{
    public static DeduplicationDocument Of(Deduplication deduplication) =>
        new(deduplication.Id, deduplication.Ttl?.Ticks, deduplication.Extend, deduplication.Replace, deduplication.KeepLastIfActive);

    public Deduplication ToDeduplication() => new(Id!)
    {
        Ttl = Ttl is { } ticks ? new(ticks) : null,
        Extend = Extend,
        Replace = Replace,
        KeepLastIfActive = KeepLastIfActive,
    };
}
