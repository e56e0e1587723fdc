using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>What a job that another depends on has come to. A unit test of a handler makes its own: <see cref="Completed{T}"/>, <see cref="Ended"/>, <see cref="Gone"/>.</summary>
public sealed class DependencyResult
{
    private readonly JobResult? result;

    internal DependencyResult(JobRef job, string? name, JobResult? result)
    {
        Ref = job;
        Name = name;
        this.result = result;
    }

    /// <summary>Queue and id.</summary>
    public JobRef Ref { get; }

    /// <summary>The job's name; null when it is gone.</summary>
    public string? Name { get; }

    /// <summary>Its state: completed, or under <see cref="OnDependencyFailure.Continue"/> another one; null when it is gone.</summary>
    public JobState? State => result?.State;

    /// <summary>True when its record is gone, and its result with it: it was removed, or went by retention.</summary>
    public bool IsGone => result is null;

    /// <summary>True when it completed with a value, JSON null included.</summary>
    public bool HasValue => result is { HasValue: true };

    /// <summary>Its last error; null: none.</summary>
    public JobError? Error => result?.Error;

    /// <summary>Its result; null when it is gone.</summary>
    public JobResult? Result => result;

    /// <summary>The value that its handler returned.</summary>
    /// <exception cref="JobNotCompletedException">It did not complete, or is gone; <see cref="HasValue"/> tells before.</exception>
    /// <exception cref="InvalidOperationException">It completed without a value.</exception>
    /// <exception cref="JsonException">The value is not of that type.</exception>
    /// <exception cref="PayloadUnreadableException">The value cannot be read here.</exception>
    public T? Get<T>() => Known.Get<T>();

    /// <summary>The value that its handler returned, read with the metadata given.</summary>
    /// <exception cref="JobNotCompletedException">It did not complete, or is gone; <see cref="HasValue"/> tells before.</exception>
    /// <exception cref="InvalidOperationException">It completed without a value.</exception>
    /// <exception cref="JsonException">The value is not of that type.</exception>
    /// <exception cref="PayloadUnreadableException">The value cannot be read here.</exception>
    public T? Get<T>(JsonTypeInfo<T> typeInfo) => Known.Get(typeInfo);

    /// <summary>The job and its state, for people to read.</summary>
    public override string ToString() => $"{Ref} ({State?.ToString() ?? "gone"})";

    /// <summary>For a unit test: a job that completed with a value.</summary>
    public static DependencyResult Completed<T>(JobRef job, string name, T value)
    {
        var json = new JobJson([]);
        return new(job, name, new(job, JobState.Completed, JsonSerializer.SerializeToUtf8Bytes(value, json.TypeInfo<T>()), null, json));
    }

    /// <summary>For a unit test: a job that ended without a value, in whichever way.</summary>
    /// <exception cref="ArgumentException">That is not a state in which a job has ended.</exception>
    public static DependencyResult Ended(JobRef job, string name, JobState state = JobState.Completed, JobError? error = null) => Enum.IsDefined(state) && state.IsFinal()
        ? new(job, name, new(job, state, default, error, new JobJson([])))
        : throw new ArgumentException($"A dependency has ended when its dependent runs, but the state given is {state}.", nameof(state));

    /// <summary>For a unit test: a job whose record is gone.</summary>
    public static DependencyResult Gone(JobRef job) => new(job, null, null);

    private JobResult Known => result ?? throw new JobNotCompletedException(Ref, null, null);
}
