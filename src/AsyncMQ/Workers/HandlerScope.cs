using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>
/// Which worker the running code belongs to, so that a handler that waits for another job is refused when that wait could never end: all slots of its
/// worker would wait, and nobody else works the queue.
/// </summary>
internal sealed class HandlerScope(int slots, IReadOnlySet<string> queues, Func<SessionId> session)
{
    private static readonly AsyncLocal<HandlerScope?> Current = new();
    private int waiting;

    public static void Enter(HandlerScope scope) => Current.Value = scope;

    /// <summary>Dispose the answer when the wait is over.</summary>
    /// <exception cref="InvalidOperationException">The wait would deadlock.</exception>
    public static async ValueTask<IDisposable?> EnterWaitAsync(IJobStore store, JobRef job, CancellationToken cancellationToken)
    {
        if (Current.Value is not { } scope || !scope.queues.Contains(job.Queue))
            return null;

        var turn = new Turn(scope);
        if (Interlocked.Increment(ref scope.waiting) < scope.Slots || await scope.HasOthersAsync(store, job.Queue, cancellationToken).ConfigureAwait(false))
            return turn;

        turn.Dispose();
        throw new InvalidOperationException(
            $"Waiting for job {job} would never end: all {scope.Slots} slots of this worker would be waiting, and no other worker works queue '{job.Queue}'. "
            + "Raise the worker's Concurrency, give the job a queue and worker of its own, or do not wait inside a handler.");
    }

    private int Slots => slots;

    private readonly IReadOnlySet<string> queues = queues;

    private async ValueTask<bool> HasOthersAsync(IJobStore store, string queue, CancellationToken cancellationToken)
    {
        SessionId own = session();
        foreach (SessionRecord other in await store.SessionsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (other.Info.Id != own && other.Info.Queues.Contains(queue))
                return true;
        }

        return false;
    }

    private sealed class Turn(HandlerScope scope) : IDisposable
    {
        private int ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref ended, 1) == 0)
                Interlocked.Decrement(ref scope.waiting);
        }
    }
}
