namespace AsyncMQ.Sqlite.Engine;

/// <summary>Something that waits for the writer: it runs in a transaction with others, and is answered when that has committed.</summary>
internal abstract class WriterStep
{
    /// <summary>Does it. May run again after a rollback.</summary>
    public abstract void Run(StepRunner runner);

    /// <summary>
    /// Whether a power cut may take what it did: a mark for one who waits, and a claim, since they go with the power, and the job waits again. In the case
    /// that its handler cuts the power, the claim is counted all the same within seconds: renewals wait for the disk.
    /// </summary>
    public bool MayBeForgotten { get; init; }

    /// <summary>
    /// Whether it asks only if the file can be used. One that somebody else holds can be: with a transaction of the user's it may be he who asks, and he would
    /// wait for himself.
    /// </summary>
    public bool MayBeLocked { get; init; }

    /// <summary>Whether it may be possible to answer it without a transaction that writes.</summary>
    public virtual bool CanPeek => false;

    /// <summary>Tries to answer it from what is known, without a transaction that writes.</summary>
    public virtual bool TryPeek(StepRunner runner) => false;

    /// <summary>Tells the caller that it is done.</summary>
    public abstract void Complete();

    /// <summary>Tells the caller that it failed.</summary>
    public abstract void Fail(Exception error);
}

/// <summary>A step with an answer.</summary>
internal sealed class WriterStep<TRequest, TReply>(
    TRequest request, Func<StepRunner, TRequest, TReply> run, Func<StepRunner, TRequest, TReply?>? peek = null) : WriterStep
{
    private readonly TaskCompletionSource<TReply> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TReply? reply;

    /// <summary>The caller's wait.</summary>
    public Task<TReply> Task => done.Task;

    public override void Run(StepRunner runner) => reply = run(runner, request);

    public override bool CanPeek => peek is not null;

    public override bool TryPeek(StepRunner runner) => peek is not null && (reply = peek(runner, request)) is not null;

    public override void Complete() => done.TrySetResult(reply!);

    public override void Fail(Exception error) => done.TrySetException(error);
}
