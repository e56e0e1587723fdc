using System.Collections.Concurrent;
using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>A call of a handler that its worker has answered.</summary>
internal sealed class ServedCall
{
    public TaskCompletionSource Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<DependencyResult> Dependencies { get; } = [];

    public string? Text { get; set; }
}

/// <summary>The calls of one attempt's handler that are not answered yet.</summary>
internal sealed class ServedCalls(int attempt, FrameChannel channel)
{
    // Counted over all attempts of the process: an answer that comes late must not be taken for another's.
    private static int lastNumber;
    private readonly ConcurrentDictionary<int, ServedCall> waiting = new();

    /// <summary>Asks the worker, and returns when it has answered.</summary>
    /// <exception cref="OperationCanceledException">The claim is lost, or the wait was abandoned.</exception>
    /// <exception cref="StoreException">The store did not answer the worker.</exception>
    public async Task<ServedCall> AskAsync(FrameKind kind, Func<FrameWriter, FrameWriter> write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var call = new ServedCall();
        int number = Interlocked.Increment(ref lastNumber);
        waiting[number] = call;
        channel.Write(write(new FrameWriter(kind).Int(attempt).Int(number)));
        await call.Answered.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return call;
    }

    public void Hear(ref FrameReader dependency, JobJson json)
    {
        if (!waiting.TryGetValue(dependency.Int(), out ServedCall? call))
            return;

        var job = new JobRef(dependency.Text(), dependency.Text());
        string? name = dependency.TextOrNull();
        if (name is null)
        {
            call.Dependencies.Add(DependencyResult.Gone(job));
            return;
        }

        var state = (JobState)dependency.Int();
        call.Dependencies.Add(new(job, name, new(job, state, dependency.Bytes(), dependency.Error(), json)));
    }

    public void End(ref FrameReader answer)
    {
        if (!waiting.TryRemove(answer.Int(), out ServedCall? call))
            return;

        var outcome = (CallOutcome)answer.Int();
        call.Text = answer.TextOrNull();
        switch (outcome)
        {
            case CallOutcome.Done:
                call.Answered.TrySetResult();
                break;
            case CallOutcome.ClaimLost:
                call.Answered.TrySetException(new OperationCanceledException(call.Text));
                break;
            case CallOutcome.StoreFailed:
                call.Answered.TrySetException(new StoreException(call.Text ?? ""));
                break;
            default:
                call.Answered.TrySetException(new InvalidOperationException(call.Text));
                break;
        }
    }
}
