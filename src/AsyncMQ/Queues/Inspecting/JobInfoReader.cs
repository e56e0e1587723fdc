using System.Buffers;
using System.Text.Json;
using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>Turns a store's record into what users see. A part that cannot be read is left empty; the record itself is still shown.</summary>
internal static class JobInfoReader
{
    public static JobInfo Read(JobRecord record, RecordReader reader)
    {
        JobEnvelope envelope = ReadEnvelope(record.Envelope);
        JobResult result = reader.ResultOf(record);
        return new()
        {
            Ref = record.Ref,
            Name = record.Name,
            State = record.State,
            Args = reader.ArgsOf(record),
            Priority = record.Priority,
            AddedAt = record.AddedAt,
            DueAt = record.DueAt,
            ExpiresAt = record.ExpiresAt,
            StartedAt = record.StartedAt,
            FinishedAt = record.FinishedAt,
            Attempt = record.Attempt,
            Stalls = record.Stalls,
            Worker = record.Worker,
            IsCancelRequested = record.CancelRequested,
            IsParked = record.IsParked,
            Retries = envelope.Retries,
            Key = record.LimitKey,
            DeduplicationId = record.DeduplicationId,
            Flow = record.Flow,
            Dependencies = [.. record.Dependencies.Select(dependency => new JobDependency(dependency.Job, dependency.Status))],
            OnDependencyFailure = record.OnDependencyFailure,
            Headers = envelope.Headers ?? [],
            Tags = envelope.Tags ?? [],
            Progress = reader.ProgressOf(record),
            Error = result.Error,
            Result = result,
            Attempts = ReadAttempts(record, reader),
            Logs = reader.LogsOf(record),
        };
    }

    public static ReadOnlyMemory<byte> PackProgress(JobProgress progress)
    {
        var buffer = new ArrayBufferWriter<byte>(32);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("percent"u8, progress.Percent);
            if (progress.Message is not null)
                writer.WriteString("message"u8, progress.Message);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    public static JobProgress? ReadProgress(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length == 0)
            return null;

        try
        {
            JsonElement root = JsonElement.Parse(bytes.Span);
            return new(root.GetProperty("percent"u8).GetDouble(), root.TryGetProperty("message"u8, out JsonElement message) ? message.GetString() : null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    public static JobEnvelope ReadEnvelope(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JobEnvelope.Unpack(bytes);
        }
        catch (JsonException)
        {
            return JobEnvelope.Empty;
        }
    }

    private static List<JobAttempt> ReadAttempts(JobRecord record, RecordReader reader)
    {
        List<JobAttempt> attempts = [.. record.Attempts.Select(kept => new JobAttempt(
            kept.Number, kept.Outcome, kept.StartedAt, kept.EndedAt - kept.StartedAt, kept.Worker, reader.ErrorOf(record, kept.Error)))];
        if (record is { State: JobState.Completed, StartedAt: { } started, FinishedAt: { } finished })
            attempts.Add(new(record.Attempt, null, started, finished - started, record.Worker ?? "", null));
        return attempts;
    }
}
