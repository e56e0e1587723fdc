using AsyncMQ.Jobs;
using AsyncMQ.Seams;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>What a client works with; made once per installation.</summary>
internal sealed record JobClientParts
{
    public required IJobStore Store { get; init; }

    public required StepSender Steps { get; init; }

    public required IGroupAdder Adder { get; init; }

    public required JobFactory Factory { get; init; }

    public required JobJson Json { get; init; }

    public required PayloadCodec Payloads { get; init; }

    public required RecordReader Records { get; init; }

    public required EndWatcher Ends { get; init; }

    public required EventHub Events { get; init; }

    public required StoreTimeouts Timeouts { get; init; }

    public required RuntimeSeams Seams { get; init; }

    public required LocalRepeatables Locals { get; init; }

    /// <summary>Starts the store if nobody has yet.</summary>
    public required Func<CancellationToken, Task> StartAsync { get; init; }

    /// <summary>One administrative step at a time: they share a lane.</summary>
    public SemaphoreSlim Administration { get; } = new(1, 1);

    /// <summary>Reads from the store, with a deadline. Cancelling ends the wait whatever the store does.</summary>
    public async Task<T> ReadAsync<T>(Func<IJobStore, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        await StartAsync(cancellationToken).ConfigureAwait(false);
        return await Timeouts.ReadAsync(Store, Seams.Time, read, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends an administrative step. Cancelling one that was sent abandons the wait.</summary>
    public async Task<T> ChangeAsync<T>(Func<IJobStore, StepId, CancellationToken, ValueTask<T>> change, CancellationToken cancellationToken)
    {
        await StartAsync(cancellationToken).ConfigureAwait(false);
        await Seams.Scheduler.Rejoin(Administration.WaitAsync(cancellationToken)).ConfigureAwait(false);
        return await SendAsync().WaitAsync(cancellationToken).ConfigureAwait(false);

        async Task<T> SendAsync()
        {
            try
            {
                return await Steps.SendAsync(StepSender.Administration, (step, token) => change(Store, step, token)).ConfigureAwait(false);
            }
            finally
            {
                Administration.Release();
            }
        }
    }
}
