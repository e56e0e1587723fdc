using AsyncMQ.Diagnostics;

namespace AsyncMQ.Workers;

/// <summary>
/// A process that runs jobs, one at a time, as the worker sees it. Whatever it does, it ends: by itself, or killed with all that it started. Then the attempt
/// that it has, if any, fails with the reason.
/// </summary>
internal sealed class IsolatedProcess(IsolationParts parts, Isolation isolation, ChildProgram child, FrameChannel channel)
{
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly CallAnswers answers = new(channel);
    private RemoteAttempt? current;
    private Exception? killedFor;
    private Task serving = Task.CompletedTask;
    private ITimer? idling;
    private int jobs;
    private bool isSpent;
    private bool isStopping;
    private volatile bool hasEnded;

    /// <summary>True while it may be given a job.</summary>
    public bool IsUsable => !hasEnded && !isSpent && !isStopping && jobs < isolation.JobsPerProcess;

    /// <summary>True when it is gone and had not yet begun its last job, which was not its first.</summary>
    public bool DiedIdle { get; private set; }

    /// <summary>Listens to it until it ends.</summary>
    /// <param name="whenEnded">Called once.</param>
    public void Serve(Action<IsolatedProcess> whenEnded)
    {
        serving = parts.Seams.Scheduler.Start(() => ServeAsync(whenEnded));
        if (isolation.MemoryLimit is { } limit)
            _ = parts.Seams.Scheduler.Start(() => MemoryWatch.RunAsync(child, limit, parts.Seams.Time, Kill));
    }

    /// <summary>Runs one attempt.</summary>
    /// <returns>The result's bytes.</returns>
    /// <exception cref="Exception">What the handler threw, told by <see cref="IsolatedFailure"/>; or why the process is gone.</exception>
    public async Task<ReadOnlyMemory<byte>> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        var attempt = new RemoteAttempt(++jobs, context);
        lock (gate)
        {
            current = attempt;
            if (hasEnded)
                Lose(attempt, killedFor ?? Lost("The process for the job was gone before it had the job."));
        }

        // Its job is written first: what is said of a job that it does not have yet it would not understand.
        Task writing = TellAsync(attempt.Describe());
        using (cancellationToken.UnsafeRegister(_ => { _ = CancelAsync(attempt); }, null))
        {
            await writing.ConfigureAwait(false);
            try
            {
                return await attempt.Outcome.ConfigureAwait(false);
            }
            finally
            {
                lock (gate)
                    current = null;
            }
        }
    }

    /// <summary>It has no job; after the idle timeout it is let go.</summary>
    public void BeginIdling(Action<IsolatedProcess> retire) =>
        idling = parts.Seams.Time.CreateTimer(_ => retire(this), null, isolation.IdleTimeout, Timeout.InfiniteTimeSpan);

    /// <summary>It is to have a job again.</summary>
    public void EndIdling()
    {
        idling?.Dispose();
        idling = null;
    }

    /// <summary>Ends it: without a job in a friendly way, with one at once. Returns when it is gone.</summary>
    public async Task StopAsync()
    {
        EndIdling();
        bool works;
        lock (gate)
        {
            isStopping = true;
            works = current is not null;
        }

        if (works)
            Kill(new OperationCanceledException("The worker has stopped, and the process of the job with it."));
        _ = TellAsync(new(FrameKind.Stop));
        await serving.WaitAsync(LongestFarewell, parts.Seams.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (serving.IsCompleted)
            return;

        Kill(Lost("The process did not stop when asked to."));
        await serving.WaitAsync(LongestFarewell, parts.Seams.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // The first reason stands.
    private void Kill(Exception why)
    {
        lock (gate)
            killedFor ??= why;
        child.Kill();
    }

    private async Task CancelAsync(RemoteAttempt attempt)
    {
        JobCancellationReason reason = attempt.Context.CancellationReason;
        _ = TellAsync(new FrameWriter(FrameKind.Cancel).Int(attempt.Number).Int((int)reason));
        await ((Task)attempt.Outcome).WaitAsync(isolation.Grace, parts.Seams.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (attempt.Outcome.IsCompleted)
            return;

        string killed = $"its handler went on for {isolation.Grace.TotalSeconds:0.###} s after its token fired, so its process was killed, with all that it had started.";
        Kill(reason == JobCancellationReason.Timeout
            ? new TimeoutException($"The attempt ran longer than its timeout, and {killed}")
            : new OperationCanceledException($"The attempt was to end ({reason}), and {killed}"));

        // A process that is stuck in the system cannot even be killed; its job must not be stuck with it.
        await ((Task)attempt.Outcome).WaitAsync(LongestFarewell, parts.Seams.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        attempt.Fail(killedFor!);
    }

    private async Task ServeAsync(Action<IsolatedProcess> whenEnded)
    {
        try
        {
            while (await channel.ReadAsync(CancellationToken.None).ConfigureAwait(false) is { } frame)
                Hear(frame);
        }
        catch (InvalidDataException e)
        {
            Kill(Lost($"The process of the job sent what no such process sends, and was killed: {e.Message}"));
        }
        catch (IOException)
        {
            // It closed with something unread: it is gone as well.
        }
        catch (Exception e)
        {
            Kill(Lost($"The process of the job could not be understood, and was killed: {e.Message}"));
        }

        hasEnded = true;
        await EndAsync().ConfigureAwait(false);
        whenEnded(this);
    }

    // It has closed its side, so it should be ending.
    private async Task EndAsync()
    {
        await ((Task)child.Ended).WaitAsync(LongestFarewell, parts.Seams.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!child.Ended.IsCompleted)
            Kill(Lost("The process of the job closed its connection, did not end, and was killed."));
        await ((Task)child.Ended).WaitAsync(LongestFarewell, parts.Seams.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        string end = child.Ended.IsCompletedSuccessfully ? await child.Ended.ConfigureAwait(false) : "it does not end, though it was killed";
        channel.Dispose();
        lock (gate)
        {
            killedFor ??= Lost($"The process of the job ended before the job did: {end}.");
            if (current is { } left)
                Lose(left, killedFor);
            else if (!isStopping)
                Log.IsolatedProcessLost(parts.Logger, child.Pid, killedFor.Message);
        }
    }

    private void Lose(RemoteAttempt attempt, Exception why)
    {
        DiedIdle = attempt is { HasStarted: false, Number: > 1 };
        attempt.Fail(why);
    }

    private void Hear(Frame frame)
    {
        RemoteAttempt? attempt;
        lock (gate)
            attempt = current;
        switch (frame.Kind)
        {
            case FrameKind.Started:
                Own(frame, attempt, out _).HasStarted = true;
                break;
            case FrameKind.Completed:
                Own(frame, attempt, out FrameReader result).Complete(result.Bytes());
                break;
            case FrameKind.Failed:
                RemoteAttempt failed = Own(frame, attempt, out FrameReader failure);
                Exception exception = FailureFrame.Read(ref failure);
                isSpent = IsolatedFailure.Of(exception)?.Type == typeof(OutOfMemoryException).FullName; // what else lacks memory there is not known
                failed.Fail(exception);
                break;
            default:
                answers.Begin(frame, attempt);
                break;
        }
    }

    private static RemoteAttempt Own(Frame frame, RemoteAttempt? current, out FrameReader rest)
    {
        rest = frame.Read();
        int number = rest.Int();
        return current?.Number == number && !current.Outcome.IsCompleted ? current : throw new InvalidDataException($"It spoke of a job that it does not have ({frame.Kind}).");
    }

    private async Task TellAsync(FrameWriter frame)
    {
        try
        {
            await channel.WriteAsync(frame).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It is gone, which is learned where it is listened to.
        }
    }

    private IsolatedFailure Lost(string why) => new(new(IsolatedFailure.ProcessLost, why, child.Errors));
}
