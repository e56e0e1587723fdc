using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>
/// What a job has come to. Tells apart: the job is unknown (there is no <see cref="JobResult"/>: null), it has not ended (<see cref="IsFinished"/> is
/// false), it completed without a value, with JSON null, or with a value.
/// </summary>
public sealed class JobResult
{
    private readonly ReadOnlyMemory<byte> utf8;
    private readonly JobJson json;

    internal JobResult(JobRef job, JobState state, ReadOnlyMemory<byte> utf8, JobError? error, JobJson json)
    {
        Job = job;
        State = state;
        Error = error;
        this.utf8 = utf8;
        this.json = json;
    }

    /// <summary>The job.</summary>
    public JobRef Job { get; }

    /// <summary>The job's state.</summary>
    public JobState State { get; }

    /// <summary>True when the job is in a final state.</summary>
    public bool IsFinished => State.IsFinal();

    /// <summary>True when the job completed with a value, JSON null included.</summary>
    public bool HasValue => State == JobState.Completed && utf8.Length > 0;

    /// <summary>False when the value cannot be read here: it is encrypted and the key is not there, or it was changed.</summary>
    public bool IsReadable => Unreadable is null;

    /// <summary>The last error; null: none.</summary>
    public JobError? Error { get; }

    /// <summary>The value as JSON text in UTF-8; empty without one.</summary>
    /// <exception cref="PayloadUnreadableException">It cannot be read here.</exception>
    public ReadOnlyMemory<byte> Utf8 => State != JobState.Completed ? default : Unreadable is null ? utf8 : throw new PayloadUnreadableException(Unreadable.Message, Unreadable);

    internal PayloadUnreadableException? Unreadable { get; init; }

    /// <summary>The value.</summary>
    /// <exception cref="JobNotCompletedException">The job has not completed.</exception>
    /// <exception cref="InvalidOperationException">The job completed without a value.</exception>
    /// <exception cref="JsonException">The value is not of that type.</exception>
    /// <exception cref="PayloadUnreadableException">The value cannot be read here.</exception>
    public T? Get<T>() => Get(json.TypeInfo<T>());

    /// <summary>The value, read with the metadata given.</summary>
    /// <exception cref="JobNotCompletedException">The job has not completed.</exception>
    /// <exception cref="InvalidOperationException">The job completed without a value.</exception>
    /// <exception cref="JsonException">The value is not of that type.</exception>
    /// <exception cref="PayloadUnreadableException">The value cannot be read here.</exception>
    public T? Get<T>(JsonTypeInfo<T> typeInfo)
    {
        if (State != JobState.Completed)
            throw new JobNotCompletedException(Job, State, Error);
        if (!HasValue)
            throw new InvalidOperationException($"Job {Job} completed without a value: its handler returns none.");
        return JsonSerializer.Deserialize(Utf8.Span, typeInfo);
    }
}
