namespace AsyncMQ.Workers;

/// <summary>A job's place in a batch: its slot waits here for the batch's end.</summary>
internal sealed class BatchMember(Batches batches, BatchItem item) : IThreadPoolWorkItem
{
    // Completed only by its own work item, so the slot may go on inside the call: what it runs next holds up nobody.
    private readonly TaskCompletionSource<ReadOnlyMemory<byte>> outcome = new();

    public BatchItem Item => item;

    public JobRun Run => (JobRun)item.Context.Run!;

    /// <summary>The batch that it waits in for others; null: it does no more.</summary>
    public Gathering? Gathering { get; set; }

    /// <summary>The batch that it runs in; null: it does not yet.</summary>
    public BatchRun? Batch { get; set; }

    /// <summary>True when its token has fired; under the lock of its batch.</summary>
    public bool IsTold { get; set; }

    /// <summary>What spoils a completed job after all: the scope of its batch could not be disposed. Null: nothing.</summary>
    public Exception? SpoiledBy { get; set; }

    /// <summary>Ends with the result, or with what the attempt has failed with.</summary>
    public Task<ReadOnlyMemory<byte>> Outcome => outcome.Task;

    /// <summary>Its token has fired.</summary>
    public void Tell() => batches.Tell(this);

    void IThreadPoolWorkItem.Execute()
    {
        if ((item.Error ?? SpoiledBy) is { } error)
            outcome.SetException(error);
        else
            outcome.SetResult(item.Written);
    }
}
