using System.Text.Json;

namespace AsyncMQ.Jobs;

/// <summary>
/// Reads raw job documents in the reference's spelling (seconds) and BullMQ's (<c>opts</c>, milliseconds). A member that nobody knows is refused:
/// a misspelt <c>job_id</c> must not be a silent duplicate.
/// </summary>
internal static class JobDocument
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    // Facts of a stored record that say nothing about a new job (reference behaviour J-03).
    private static readonly HashSet<string> Ignored =
    [
        "created_at", "createdAt", "last_attempt", "status", "result", "last_error", "error_traceback", "active_since", "timestamp", "attemptsMade",
        "repeat_every",
    ];

    public static JobSpec Read(JobPayload payload)
    {
        try
        {
            var draft = new JobDocumentDraft();
            foreach (JsonProperty member in Parse(payload).EnumerateObject())
                ReadMember(draft, member);

            return draft.ToSpec();
        }
        catch (InvalidOperationException)
        {
            // What JsonElement throws for text that it cannot give as a string.
            throw new ArgumentException("A name or text of the job document is not well-formed: invalid UTF-8, or an escaped lone surrogate.", nameof(payload));
        }
    }

    private static JsonElement Parse(JobPayload payload)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(payload.Utf8.Length == 0 ? "null"u8.ToArray() : payload.Utf8, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ArgumentException($"A job document must be a JSON object, but was a {document.RootElement.ValueKind}.", nameof(payload));
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new ArgumentException(
                e.LineNumber is null
                    ? "The job document has a member twice."
                    : $"The job document is not valid JSON (line {e.LineNumber}, byte {e.BytePositionInLine}), or nested deeper than 64.",
                nameof(payload));
        }
    }

    private static void ReadMember(JobDocumentDraft draft, JsonProperty member)
    {
        JsonElement value = member.Value;
        if (value.ValueKind == JsonValueKind.Null || Ignored.Contains(member.Name))
            return;

        switch (member.Name)
        {
            case "task_id" or "task" or "name":
                draft.SetName(member.Name, Text(member));
                break;
            case "args":
                draft.Positional = Args(member, JsonValueKind.Array);
                break;
            case "kwargs" or "data":
                draft.SetNamed(member);
                break;
            case "job_id" or "jobId" or "id":
                draft.SetId(member.Name, Text(member));
                break;
            case "retries":
                draft.RetriesMade = Whole(member);
                break;
            case "max_retries":
                draft.MaxRetries = Whole(member);
                break;
            case "ttl":
                draft.TimeToLive = Seconds(member);
                break;
            case "backoff":
                draft.Backoff = ReferenceBackoff(member);
                break;
            case "priority":
                draft.Priority = Whole(member);
                break;
            case "delay":
                draft.Delay = Seconds(member);
                break;
            case "delay_until":
                draft.RunAt = UnixTime(member);
                break;
            case "queue":
                draft.Queue = Text(member);
                break;
            case "deduplication":
                draft.Deduplication = ReadDeduplication(member, Seconds);
                break;
            case "debounce":
                draft.Deduplication ??= ReadDeduplication(member, Seconds);
                break;
            case "key":
                draft.Key = Text(member);
                break;
            case "depends_on":
                draft.Parents = Ids(member);
                break;
            case "opts":
                BullOptions.Read(draft, member);
                break;
            default:
                throw new ArgumentException($"Member '{member.Name}' of a job document is not known. Known are task_id, args, kwargs, job_id, retries, ttl, "
                    + "backoff, priority, delay, key, deduplication, depends_on, queue, and BullMQ's name, data, opts.");
        }
    }

    public static Deduplication ReadDeduplication(JsonProperty member, Func<JsonProperty, TimeSpan> time)
    {
        RequireKind(member, JsonValueKind.Object);
        string? id = null;
        TimeSpan? ttl = null;
        bool extend = false, replace = false, keepLast = false;
        foreach (JsonProperty part in member.Value.EnumerateObject())
        {
            if (part.Value.ValueKind == JsonValueKind.Null)
                continue;

            switch (part.Name)
            {
                case "id":
                    id = Text(part);
                    break;
                case "ttl":
                    ttl = time(part);
                    break;
                case "extend":
                    extend = Flag(part);
                    break;
                case "replace":
                    replace = Flag(part);
                    break;
                case "keepLastIfActive" or "keep_last_if_active":
                    keepLast = Flag(part);
                    break;
                case "delay" or "mode" or "expires_at":
                    break;
                default:
                    throw new ArgumentException($"Member '{part.Name}' of '{member.Name}' is not known.");
            }
        }

        return new Deduplication(id ?? throw new ArgumentException($"Member '{member.Name}' needs an 'id'."))
        {
            Ttl = ttl,
            Extend = extend,
            Replace = replace,
            KeepLastIfActive = keepLast,
        };
    }

    public static string Text(JsonProperty member)
    {
        RequireKind(member, JsonValueKind.String);
        return member.Value.GetString()!;
    }

    private static List<string> Ids(JsonProperty member)
    {
        RequireKind(member, JsonValueKind.Array);
        var ids = new List<string>(member.Value.GetArrayLength());
        foreach (JsonElement id in member.Value.EnumerateArray())
        {
            if (id.ValueKind != JsonValueKind.String)
                throw new ArgumentException($"Member '{member.Name}' of a job document must hold ids as JSON Strings, but has a {id.ValueKind}.");
            ids.Add(Names.RequireDependencyId(id.GetString()));
        }

        return ids;
    }

    public static int Whole(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out int number)
            ? number
            : throw new ArgumentException($"Member '{member.Name}' of a job document must be a whole 32-bit number.");

    public static TimeSpan Seconds(JsonProperty member) => Span(member, TimeSpan.TicksPerSecond);

    public static TimeSpan Milliseconds(JsonProperty member) => Span(member, TimeSpan.TicksPerMillisecond);

    public static bool Flag(JsonProperty member) => member.Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new ArgumentException($"Member '{member.Name}' of a job document must be true or false."),
    };

    public static JobArgs Args(JsonProperty member, JsonValueKind kind)
    {
        RequireKind(member, kind);
        return JobArgs.FromJson(member.Value.GetRawText());
    }

    public static void RequireKind(JsonProperty member, JsonValueKind kind)
    {
        if (member.Value.ValueKind != kind)
            throw new ArgumentException($"Member '{member.Name}' of a job document must be a JSON {kind}, but was a {member.Value.ValueKind}.");
    }

    private static TimeSpan Span(JsonProperty member, long ticks)
    {
        if (member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetDouble(out double number) || !double.IsFinite(number))
            throw new ArgumentException($"Member '{member.Name}' of a job document must be a number.");
        if (Math.Abs(number) * ticks > Times.Longest.Ticks)
            throw new ArgumentException($"Member '{member.Name}' of a job document must be at most 100 years.");
        return TimeSpan.FromTicks((long)(number * ticks));
    }

    private static DateTimeOffset UnixTime(JsonProperty member) =>
        DateTimeOffset.UnixEpoch + (member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetDouble(out double seconds) && seconds is >= 0 and < 7_258_118_400
            ? TimeSpan.FromSeconds(seconds)
            : throw new ArgumentException($"Member '{member.Name}' of a job document must be a Unix time in seconds, before the year 2200."));

    // The reference waits b to the power of the attempt, in seconds; a base below 1 would shrink, so it is a fixed wait here (J-08).
    private static Backoff ReferenceBackoff(JsonProperty member)
    {
        TimeSpan seconds = Seconds(member);
        double number = seconds.TotalSeconds;
        return number switch
        {
            < 0 => throw new ArgumentException("Member 'backoff' of a job document must not be negative."),
            0 => Backoff.None,
            > 1 and <= 100 => Backoff.Exponential(seconds, factor: number, jitter: 0),
            _ => Backoff.Fixed(seconds),
        };
    }
}
