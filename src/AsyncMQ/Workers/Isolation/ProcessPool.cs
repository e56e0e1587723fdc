namespace AsyncMQ.Workers;

/// <summary>The processes of one <see cref="Isolation"/>: those at work, and those that wait for their next job.</summary>
internal sealed class ProcessPool(IsolationParts parts, Isolation isolation) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Stack<IsolatedProcess> idle = new();
    private readonly HashSet<IsolatedProcess> living = [];
    private readonly SemaphoreSlim? places = isolation.MaxProcesses is { } most ? new(most, most) : null;
    private bool closed;

    /// <summary>Runs one attempt in a process; whatever becomes of the process, the attempt has an end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        if (places is not null)
            await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                IsolatedProcess process = TakeIdle() ?? await StartAsync(context, cancellationToken).ConfigureAwait(false);
                try
                {
                    return await process.RunAsync(context, cancellationToken).ConfigureAwait(false);
                }
                catch (IsolatedFailure) when (process.DiedIdle && !cancellationToken.IsCancellationRequested)
                {
                    // It was gone before it had the job, which has not begun: another takes it.
                }
                finally
                {
                    Return(process);
                }
            }
        }
        finally
        {
            places?.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        IsolatedProcess[] ending;
        lock (gate)
        {
            closed = true;
            ending = [.. living];
            idle.Clear();
        }

        await Task.WhenAll(ending.Select(static process => process.StopAsync())).ConfigureAwait(false);
    }

    private async Task<IsolatedProcess> StartAsync(JobContext context, CancellationToken cancellationToken)
    {
        IsolatedProcess process = await ProcessStart.RunAsync(parts, isolation, context.Name, cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            if (!closed)
            {
                living.Add(process);
                process.Serve(Forget);
                return process;
            }
        }

        process.Serve(Forget);
        await process.StopAsync().ConfigureAwait(false);
        throw new OperationCanceledException("The worker has stopped.");
    }

    private IsolatedProcess? TakeIdle()
    {
        lock (gate)
        {
            while (idle.TryPop(out IsolatedProcess? process))
            {
                process.EndIdling();
                if (process.IsUsable)
                    return process;
            }
        }

        return null;
    }

    private void Return(IsolatedProcess process)
    {
        lock (gate)
        {
            if (!closed && process.IsUsable)
            {
                process.BeginIdling(Retire);
                idle.Push(process);
                return;
            }
        }

        // Its job is over: nobody need wait until it has gone, but for the end of the pool.
        _ = process.StopAsync();
    }

    private void Retire(IsolatedProcess process)
    {
        lock (gate)
        {
            if (!idle.Contains(process))
                return;
            IsolatedProcess[] others = [.. idle.Where(other => other != process).Reverse()];
            idle.Clear();
            foreach (IsolatedProcess other in others)
                idle.Push(other);
        }

        _ = process.StopAsync();
    }

    private void Forget(IsolatedProcess process)
    {
        lock (gate)
            living.Remove(process);
    }
}
