using AsyncMQ.Queues;

namespace AsyncMQ;

/// <summary>The job that stands for an add: the one created, or the one that was there. Equal when the jobs are.</summary>
public class JobHandle : IEquatable<JobHandle>
{
    private protected readonly JobClient Client;

    internal JobHandle(JobClient client, JobRef job, AddOutcome outcome)
    {
        Client = client;
        Ref = job;
        Outcome = outcome;
    }

    /// <summary>Queue and id.</summary>
    public JobRef Ref { get; }

    /// <summary>The job's id.</summary>
    public string Id => Ref.Id;

    /// <summary>What became of the add.</summary>
    public AddOutcome Outcome { get; }

    /// <summary>Waits until the job ends.</summary>
    /// <returns>Its result.</returns>
    /// <exception cref="JobNotCompletedException">It failed, expired, was cancelled, or its record is gone.</exception>
    /// <exception cref="InvalidOperationException">Called in a handler whose worker's slots all wait already, for a job that only this worker could run.</exception>
    public Task<JobResult> WaitAsync(CancellationToken cancellationToken = default) => Client.WaitAsync(Ref, cancellationToken);

    /// <summary>True for a handle of the same job.</summary>
    public bool Equals(JobHandle? other) => other is not null && Ref == other.Ref;

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as JobHandle);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => Ref.GetHashCode();

    /// <summary>The job and the outcome, for people to read.</summary>
    public sealed override string ToString() => $"{Ref} ({Outcome})";
}

/// <summary>The job that stands for an add, with the type of its result.</summary>
/// <typeparam name="TResult">The result's type.</typeparam>
public sealed class JobHandle<TResult> : JobHandle
{
    internal JobHandle(JobClient client, JobRef job, AddOutcome outcome)
        : base(client, job, outcome)
    {
    }

    /// <summary>Waits until the job ends.</summary>
    /// <returns>Its result.</returns>
    /// <exception cref="JobNotCompletedException">It failed, expired, was cancelled, or its record is gone.</exception>
    /// <exception cref="InvalidOperationException">Called in a handler whose worker's slots all wait already, for a job that only this worker could run.</exception>
    public new async Task<TResult> WaitAsync(CancellationToken cancellationToken = default)
    {
        JobResult result = await Client.WaitAsync(Ref, cancellationToken).ConfigureAwait(false);
        return result.Get<TResult>()!;
    }
}
