using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>
/// A worker as its handlers' waits see it, so that a handler that waits for another job is refused when that wait could never end: all slots of its
/// worker would wait, and nobody else works the queue.
/// </summary>
internal sealed class HandlerScope(int slots, IReadOnlySet<string> queues, Func<SessionId> session)
{
    private static readonly AsyncLocal<OfSlot?> Current = new();
    private int waitingSlots;

    /// <summary>Marks what runs from here on as a handler of this slot.</summary>
    public static void Enter(OfSlot slot) => Current.Value = slot;

    /// <summary>Dispose the answer when the wait is over; null outside handlers.</summary>
    /// <exception cref="InvalidOperationException">The wait would deadlock.</exception>
    public static async ValueTask<IDisposable?> EnterWaitAsync(IJobStore store, JobRef job, CancellationToken cancellationToken)
    {
        if (Current.Value is not { } slot || !slot.Worker.Works(job.Queue))
            return null;

        var turn = new Turn(slot);
        if (!slot.Worker.IsFullOfWaits || await slot.Worker.HasOthersAsync(store, job.Queue, cancellationToken).ConfigureAwait(false))
            return turn;

        turn.Dispose();
        throw new InvalidOperationException(
            $"Waiting for job {job} would never end: all {slot.Worker.Slots} slots of this worker would be waiting, and no other worker works queue '{job.Queue}'. "
            + "Raise the worker's Concurrency, give the job a queue and worker of its own, or do not wait inside a handler.");
    }

    private int Slots => slots;

    private bool IsFullOfWaits => Volatile.Read(ref waitingSlots) >= slots;

    private bool Works(string queue) => queues.Contains(queue);

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

    /// <summary>One slot of the worker: waits of one handler, however many, hold one slot.</summary>
    internal sealed class OfSlot(HandlerScope worker)
    {
        private int waits;

        public HandlerScope Worker => worker;

        public void Begin()
        {
            if (Interlocked.Increment(ref waits) == 1)
                Interlocked.Increment(ref worker.waitingSlots);
        }

        public void End()
        {
            if (Interlocked.Decrement(ref waits) == 0)
                Interlocked.Decrement(ref worker.waitingSlots);
        }
    }

    private sealed class Turn : IDisposable
    {
        private OfSlot? slot;

        public Turn(OfSlot slot)
        {
            this.slot = slot;
            slot.Begin();
        }

        public void Dispose() => Interlocked.Exchange(ref slot, null)?.End();
    }
}
