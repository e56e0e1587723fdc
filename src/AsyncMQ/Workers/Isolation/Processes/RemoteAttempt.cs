namespace AsyncMQ.Workers;

/// <summary>One attempt in a process, as the worker sees it.</summary>
internal sealed class RemoteAttempt(int number, JobContext context)
{
    private readonly TaskCompletionSource<ReadOnlyMemory<byte>> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Number => number;

    public JobContext Context => context;

    /// <summary>True once the process has said that it has it.</summary>
    public bool HasStarted { get; set; }

    /// <summary>Its result, or why there is none.</summary>
    public Task<ReadOnlyMemory<byte>> Outcome => outcome.Task;

    public void Complete(ReadOnlyMemory<byte> result) => outcome.TrySetResult(result);

    public void Fail(Exception exception) => outcome.TrySetException(exception);

    public FrameWriter Describe()
    {
        FrameWriter frame = new FrameWriter(FrameKind.Job, 512 + context.Args.Utf8.Length)
            .Int(number).Text(context.Ref.Queue).Text(context.Id).Text(context.Name).Int(context.Attempt).Int(context.MaxAttempts).Int(context.Stalls)
            .Bytes(context.Args.Utf8.Span).Int(context.Headers.Count);
        foreach ((string name, string value) in context.Headers)
            frame.Text(name).Text(value);
        return frame;
    }
}
