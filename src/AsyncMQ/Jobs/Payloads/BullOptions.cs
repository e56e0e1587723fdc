using System.Text.Json;

namespace AsyncMQ.Jobs;

/// <summary>BullMQ's <c>opts</c>: times in milliseconds, <c>attempts</c> counts the first one too. Source: BullMQ's base-job-options.</summary>
internal static class BullOptions
{
    public static void Read(JobDocumentDraft draft, JsonProperty opts)
    {
        JobDocument.RequireKind(opts, JsonValueKind.Object);
        foreach (JsonProperty member in opts.Value.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null)
                ReadMember(draft, member);
        }
    }

    private static void ReadMember(JobDocumentDraft draft, JsonProperty member)
    {
        switch (member.Name)
        {
            case "jobId":
                draft.SetId(member.Name, JobDocument.Text(member));
                break;
            case "attempts":
                draft.Retries = ReadAttempts(member);
                break;
            case "backoff":
                draft.Backoff = ReadBackoff(member);
                break;
            case "delay":
                draft.Delay = JobDocument.Milliseconds(member);
                break;
            case "priority":
                draft.Priority = JobDocument.Whole(member);
                break;
            case "deduplication":
                draft.Deduplication = JobDocument.ReadDeduplication(member, JobDocument.Milliseconds);
                break;
            case "debounce" or "de":
                draft.Deduplication ??= JobDocument.ReadDeduplication(member, JobDocument.Milliseconds);
                break;
            case "timeout":
                draft.Timeout = JobDocument.Milliseconds(member);
                break;
            case "timestamp" or "removeOnComplete" or "removeOnFail" or "keepLogs" or "stackTraceLimit" or "sizeLimit" or "telemetry":
                break;
            default:
                throw new ArgumentException($"Member '{member.Name}' of 'opts' is not known or not supported.");
        }
    }

    // BullMQ runs a job with 0 attempts once.
    private static int ReadAttempts(JsonProperty member) => JobDocument.Whole(member) is >= 0 and int attempts
        ? Math.Max(attempts, 1) - 1
        : throw new ArgumentException("Member 'attempts' of 'opts' must not be negative.");

    private static Backoff ReadBackoff(JsonProperty member)
    {
        if (member.Value.ValueKind == JsonValueKind.Number)
            return Backoff.Fixed(JobDocument.Milliseconds(member));

        JobDocument.RequireKind(member, JsonValueKind.Object);
        string type = "fixed";
        TimeSpan delay = TimeSpan.Zero;
        double jitter = 0;
        foreach (JsonProperty part in member.Value.EnumerateObject())
        {
            switch (part.Name)
            {
                case "type":
                    type = JobDocument.Text(part);
                    break;
                case "delay":
                    delay = JobDocument.Milliseconds(part);
                    break;
                case "jitter" when part.Value.ValueKind == JsonValueKind.Number:
                    jitter = part.Value.GetDouble();
                    break;
                default:
                    throw new ArgumentException($"Member '{part.Name}' of 'backoff' is not known, or not of its kind.");
            }
        }

        return type switch
        {
            "fixed" => Backoff.Fixed(delay),
            "exponential" => Backoff.Exponential(delay, jitter: jitter),
            _ => throw new ArgumentException($"Back-off type '{type}' is not known: 'fixed' or 'exponential'."),
        };
    }
}
