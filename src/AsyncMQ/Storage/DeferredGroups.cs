using System.Text.Json;
using AsyncMQ.Jobs;

namespace AsyncMQ.Storage;

/// <summary>Groups of jobs that wait for their transaction: as bytes, for stores and outboxes that keep them so, and what becomes of one that is refused late.</summary>
public static class DeferredGroups
{
    /// <summary>The type of the error of jobs whose group was refused when its transaction had committed: nobody was there to be told, so jobs tell it.</summary>
    public const string RefusedType = "AddRefused";

    private const int Format = 1;

    /// <summary>The error of jobs whose group was refused, as it is stored.</summary>
    public static ReadOnlyMemory<byte> ErrorOf(AddRefusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return new JobError(RefusedType, $"The add was refused when its transaction had committed: {WhyOf(refusal)}", null).Pack();
    }

    /// <summary>A group as bytes (JSON), which <see cref="Unpack"/> reads, also in later versions.</summary>
    public static byte[] Pack(AddGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format", Format);
            if (group.Flow is { } flow)
            {
                writer.WriteString("flow", flow.Id);
                writer.WriteNumber("flowStamp", flow.Stamp);
                writer.WriteBoolean("extends", flow.Extends);
            }

            writer.WriteStartArray("jobs");
            foreach (NewJob job in group.Jobs)
                Write(writer, job);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>A group from its bytes.</summary>
    /// <exception cref="JsonException">They are damaged, or of a later format.</exception>
    public static AddGroup Unpack(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
            int format = root.GetProperty("format").GetInt32();
            if (format != Format)
                throw new JsonException($"The group is of format {format}, which this version does not know.");
            NewJob[] jobs = [.. root.GetProperty("jobs").EnumerateArray().Select(Read)];
            return root.TryGetProperty("flow", out JsonElement flow)
                ? new(jobs) { Flow = new(flow.GetString()!, root.GetProperty("flowStamp").GetInt64(), root.GetProperty("extends").GetBoolean()) }
                : new(jobs);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException("The group is damaged.", error);
        }
    }

    private static void Write(Utf8JsonWriter writer, NewJob job)
    {
        writer.WriteStartObject();
        writer.WriteString("queue", job.Ref.Queue);
        writer.WriteString("id", job.Ref.Id);
        writer.WriteString("name", job.Name);
        writer.WriteNumber("stamp", job.Stamp);
        writer.WriteBase64String("payload", job.Payload.Span);
        writer.WriteBase64String("envelope", job.Envelope.Span);
        writer.WriteNumber("priority", job.Priority);
        writer.WriteNumber("flags", (int)job.Flags);
        if (job.Delay != TimeSpan.Zero)
            writer.WriteNumber("delay", job.Delay.Ticks);
        if (job.RunAt is { } runAt)
            writer.WriteNumber("runAt", runAt.UtcTicks);
        if (job.TimeToLive is { } timeToLive)
            writer.WriteNumber("timeToLive", timeToLive.Ticks);
        if (job.Key is { } key)
            writer.WriteString("key", key);
        if (job.Deduplication is { } asked)
            Write(writer, asked);
        if (job.DependsOn.Count > 0)
            Write(writer, job.DependsOn, job.OnDependencyFailure);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Deduplication asked)
    {
        writer.WriteStartObject("deduplication");
        writer.WriteString("id", asked.Id);
        if (asked.Ttl is { } ttl)
            writer.WriteNumber("ttl", ttl.Ticks);
        writer.WriteBoolean("extend", asked.Extend);
        writer.WriteBoolean("replace", asked.Replace);
        writer.WriteBoolean("keepLast", asked.KeepLastIfActive);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<JobRef> others, OnDependencyFailure onFailure)
    {
        writer.WriteStartArray("dependsOn");
        foreach (JobRef other in others)
        {
            writer.WriteStringValue(other.Queue);
            writer.WriteStringValue(other.Id);
        }

        writer.WriteEndArray();
        writer.WriteNumber("onFailure", (int)onFailure);
    }

    private static NewJob Read(JsonElement job) => new()
    {
        Ref = new(Text(job, "queue"), Text(job, "id")),
        Name = Text(job, "name"),
        Stamp = job.GetProperty("stamp").GetInt64(),
        Payload = job.GetProperty("payload").GetBytesFromBase64(),
        Envelope = job.GetProperty("envelope").GetBytesFromBase64(),
        Priority = job.GetProperty("priority").GetInt32(),
        Flags = (JobFlags)job.GetProperty("flags").GetInt32(),
        Delay = Span(job, "delay") ?? TimeSpan.Zero,
        RunAt = Ticks(job, "runAt") is { } at ? new(at, TimeSpan.Zero) : null,
        TimeToLive = Span(job, "timeToLive"),
        Key = job.TryGetProperty("key", out JsonElement key) ? key.GetString() : null,
        Deduplication = job.TryGetProperty("deduplication", out JsonElement asked) ? ReadDeduplication(asked) : null,
        DependsOn = job.TryGetProperty("dependsOn", out JsonElement others) ? ReadOthers(others) : [],
        OnDependencyFailure = job.TryGetProperty("onFailure", out JsonElement policy) ? (OnDependencyFailure)policy.GetInt32() : default,
    };

    private static Deduplication ReadDeduplication(JsonElement asked) => new(Text(asked, "id"))
    {
        Ttl = Span(asked, "ttl"),
        Extend = asked.GetProperty("extend").GetBoolean(),
        Replace = asked.GetProperty("replace").GetBoolean(),
        KeepLastIfActive = asked.GetProperty("keepLast").GetBoolean(),
    };

    private static JobRef[] ReadOthers(JsonElement others) =>
        [.. others.EnumerateArray().Select(static text => text.GetString()!).Chunk(2).Select(static pair => new JobRef(pair[0], pair[1]))];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new JsonException($"'{name}' is null.");

    private static long? Ticks(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : null;

    private static TimeSpan? Span(JsonElement element, string name) => Ticks(element, name) is { } ticks ? new(ticks) : null;

    private static string WhyOf(AddRefusal refusal) => refusal.Reason switch
    {
        AddRefusalReason.QueueClosed => $"queue '{refusal.Detail}' is being obliterated.",
        AddRefusalReason.UnknownFlow => $"flow '{refusal.Detail}' does not exist.",
        AddRefusalReason.IdTaken => $"job {refusal.Job} of the flow exists already.",
        _ => $"job {refusal.Job} depends on {refusal.Detail}, which does not exist.",
    };
}
