using System.Text.Json.Serialization.Metadata;
using AsyncMQ.Workers;

namespace AsyncMQ;

/// <summary>What a batch handler has said of a job.</summary>
public enum BatchDecision
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>It is done.</summary>
    Completed = 1,

    /// <summary>The attempt has failed; whether the job runs again is its policy's to say.</summary>
    Failed = 2,

    /// <summary>It goes back, the attempt not counted.</summary>
    PutBack = 3,
}

/// <summary>One job of a batch. Each is decided once; any thread may do so while the handler runs.</summary>
public abstract class BatchItem
{
    private Verdict? verdict;

    private protected BatchItem(JobContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        Context = context;
        CancellationToken = cancellationToken;
    }

    /// <summary>What is known of this attempt of the job, and what may be said of it meanwhile. Its services are those of the whole batch.</summary>
    public JobContext Context { get; }

    /// <summary>Fires when this job is to stop, whatever becomes of the others; <see cref="JobContext.CancellationReason"/> says why.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>What was said of it so far.</summary>
    public BatchDecision Decision => Volatile.Read(ref verdict)?.Decision ?? BatchDecision.None;

    /// <summary>What it was failed or put back with; null: it was not.</summary>
    public Exception? Error => Volatile.Read(ref verdict)?.Error;

    internal ReadOnlyMemory<byte> Written => Volatile.Read(ref verdict)?.Result ?? default;

    /// <summary>
    /// Fails the attempt, as if a handler of this job alone had thrown the exception: it is run again if it has retries left. An
    /// <see cref="UnrecoverableJobException"/> fails it for good, a <see cref="RetryJobException"/> puts it back.
    /// </summary>
    /// <param name="exception">Why.</param>
    /// <exception cref="InvalidOperationException">The job was decided before, or the batch has ended.</exception>
    public void Fail(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        Decide(Verdict.Of(exception));
    }

    /// <summary>Puts the job back; the attempt is not counted.</summary>
    /// <param name="delay">How long it waits; zero: it waits at once, behind its equals.</param>
    /// <param name="message">Why; kept with the attempt.</param>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative, or longer than 100 years.</exception>
    /// <exception cref="InvalidOperationException">The job was decided before, or the batch has ended.</exception>
    public void PutBack(TimeSpan delay = default, string? message = null) => Decide(Verdict.Of(new RetryJobException(delay, message)));

    /// <summary>Says what became of it unless that was said before.</summary>
    internal void FailIfOpen(Exception exception) => TryDecide(Verdict.Of(exception));

    private protected void Complete(ReadOnlyMemory<byte> result) => Decide(result.Length == 0 ? Verdict.Done : new(BatchDecision.Completed, null, result));

    private protected void TryComplete() => TryDecide(Verdict.Done);

    private void Decide(Verdict said)
    {
        if (!TryDecide(said))
            throw new InvalidOperationException($"Job {Context.Ref} of the batch is {Decision} already: what becomes of it is said once, before the handler returns.");
    }

    private bool TryDecide(Verdict said) => Interlocked.CompareExchange(ref verdict, said, null) is null;

    private sealed record Verdict(BatchDecision Decision, Exception? Error, ReadOnlyMemory<byte> Result)
    {
        public static readonly Verdict Done = new(BatchDecision.Completed, null, default);

        public static Verdict Of(Exception error) => new(error is RetryJobException ? BatchDecision.PutBack : BatchDecision.Failed, error, default);
    }
}

/// <summary>One job of a batch.</summary>
/// <typeparam name="TJob">The job's type; <see cref="JobArgs"/> for a job by name.</typeparam>
public sealed class BatchItem<TJob> : BatchItem
{
    /// <summary>Makes an item, as a unit test of a handler does.</summary>
    /// <param name="job">The job.</param>
    /// <param name="context">Its context.</param>
    /// <param name="cancellationToken">Its own token.</param>
    public BatchItem(TJob job, JobContext context, CancellationToken cancellationToken = default)
        : base(context, cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        Job = job;
    }

    /// <summary>The job.</summary>
    public TJob Job { get; }

    /// <summary>Says that the job is done.</summary>
    /// <exception cref="InvalidOperationException">The job was decided before, or the batch has ended.</exception>
    public void Complete() => Complete(default);

    internal void CompleteIfOpen() => TryComplete();
}

/// <summary>One job of a batch that has a result.</summary>
/// <typeparam name="TJob">The job's type; <see cref="JobArgs"/> for a job by name.</typeparam>
/// <typeparam name="TResult">The result's type.</typeparam>
public sealed class BatchItem<TJob, TResult> : BatchItem
{
    private readonly JsonTypeInfo<TResult>? typeInfo;

    /// <summary>Makes an item, as a unit test of a handler does.</summary>
    /// <param name="job">The job.</param>
    /// <param name="context">Its context.</param>
    /// <param name="cancellationToken">Its own token.</param>
    public BatchItem(TJob job, JobContext context, CancellationToken cancellationToken = default)
        : base(context, cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        Job = job;
    }

    internal BatchItem(TJob job, JobContext context, JsonTypeInfo<TResult> typeInfo, CancellationToken cancellationToken)
        : this(job, context, cancellationToken) => this.typeInfo = typeInfo;

    /// <summary>The job.</summary>
    public TJob Job { get; }

    /// <summary>The result that it was completed with; the type's default until then.</summary>
    public TResult? Result { get; private set; }

    /// <summary>
    /// Says that the job is done, and its result, which is written now. One that cannot be written as JSON, or is over the payload limit, fails this job
    /// and no other.
    /// </summary>
    /// <param name="result">What is stored as its result.</param>
    /// <exception cref="InvalidOperationException">The job was decided before, or the batch has ended.</exception>
    public void Complete(TResult result)
    {
        ReadOnlyMemory<byte> written;
        try
        {
            written = typeInfo is null ? default : HandlerDefinition.WriteResult(result, typeInfo);
        }
        catch (NotSupportedException e)
        {
            Fail(e);
            return;
        }

        Complete(written);
        Result = result;
    }
}
