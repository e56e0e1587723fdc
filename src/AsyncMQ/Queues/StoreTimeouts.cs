using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>How long the core waits for a store: every call has a deadline.</summary>
/// <param name="Call">One try.</param>
/// <param name="GiveUp">All tries of a step that somebody waits for.</param>
internal sealed record StoreTimeouts(TimeSpan Call, TimeSpan GiveUp)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Calls the store with a deadline. A call that answered at once costs nothing.</summary>
    public ValueTask<TReply> Guard<TReply>(Func<StepId, CancellationToken, ValueTask<TReply>> send, StepId step, TimeProvider time) =>
        Guard(send(step, CancellationToken.None), time);

    /// <summary>Waits for an answer, but not for ever.</summary>
    public ValueTask<TReply> Guard<TReply>(ValueTask<TReply> call, TimeProvider time) =>
        call.IsCompleted ? call : new(call.AsTask().WaitAsync(Call, time));

    /// <summary>Reads from a store, with a deadline. Cancelling ends the wait whatever the store does.</summary>
    public async Task<T> ReadAsync<T>(
        IJobStore store, TimeProvider time, Func<IJobStore, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            ValueTask<T> answer = read(store, cancellationToken);
            return answer.IsCompleted
                ? await answer.ConfigureAwait(false)
                : await answer.AsTask().WaitAsync(Call, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new StoreException($"{store.Description} did not answer within {Call.TotalSeconds:0} s.", e);
        }
    }

    /// <summary>Whether what a store threw may pass by itself: not where it says that trying again is pointless, or that it was asked wrongly.</summary>
    public static bool MayPass(Exception error) =>
        error is not (Storage.StoreRejectedException or ArgumentException or NotSupportedException or InvalidOperationException or OperationCanceledException);

    /// <summary>The wait between tries: doubles from 20 ms to 1 s, less up to half by chance.</summary>
    public static TimeSpan Pause(int tries, double chance)
    {
        TimeSpan pause = ShortestPause * Math.Pow(2, Math.Min(tries - 1, 10));
        return (pause < LongestPause ? pause : LongestPause) * (1 - (0.5 * chance));
    }
}
