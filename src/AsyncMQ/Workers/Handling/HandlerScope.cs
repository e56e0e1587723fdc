using AsyncMQ.Jobs;
using AsyncMQ.Queues;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>
/// A worker as its handlers' waits see it, so that a handler that waits for another job is refused when that wait could never end: all slots of its
/// worker would wait, and nobody else works the queue.
/// </summary>
internal sealed class HandlerScope(WorkerContext process, int slots, IReadOnlySet<string> queues)
{
    private static readonly AsyncLocal<OfSlot?> Current = new();
    private int waitingSlots;

    /// <summary>Marks what runs from here on as a handler of this slot.</summary>
    public static void Enter(OfSlot slot) => Current.Value = slot;

    /// <summary>Dispose the answer when the wait is over; null outside handlers.</summary>
    /// <exception cref="InvalidOperationException">The wait would deadlock.</exception>
    public static async ValueTask<IDisposable?> EnterWaitAsync(JobClientParts parts, JobRef job, CancellationToken cancellationToken)
    {
        if (Current.Value is not { } slot || !slot.Worker.Works(parts.Store, job.Queue))
            return null;

        var turn = new Turn(slot);
        try
        {
            if (!slot.Worker.IsFullOfWaits || await slot.Worker.CanEndAsync(parts, job, cancellationToken).ConfigureAwait(false))
                return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }

        turn.Dispose();
        throw new InvalidOperationException(
            $"Waiting for job {job} would never end: all {slot.Worker.Slots} slots of this worker would be waiting, and no other worker works queue '{job.Queue}'. "
            + "Raise the worker's Concurrency, give the job a queue and worker of its own, or do not wait inside a handler.");
    }

    private int Slots => slots;

    private bool IsFullOfWaits => Volatile.Read(ref waitingSlots) >= slots;

    private bool Works(IJobStore store, string queue) => store == process.Store && queues.Contains(queue);

    // Another worker of this process has a slot that does not wait, another process works the queue, or the job has ended and nobody need run it.
    private async ValueTask<bool> CanEndAsync(JobClientParts parts, JobRef job, CancellationToken cancellationToken)
    {
        foreach (HandlerScope other in process.Scopes)
        {
            if (other != this && other.Works(parts.Store, job.Queue) && !other.IsFullOfWaits)
                return true;
        }

        SessionId own = process.Session.Id;
        foreach (SessionRecord other in await parts.ReadAsync((store, token) => store.SessionsAsync(token), cancellationToken).ConfigureAwait(false))
        {
            if (other.Info.Id != own && other.Info.Queues.Contains(job.Queue))
                return true;
        }

        JobRecord? record = (await parts.ReadAsync((store, token) => store.FindAsync([job], JobParts.None, token), cancellationToken).ConfigureAwait(false))[0];
        return record is null || record.State.IsFinal();
    }

    /// <summary>What a handler holds of its worker: one slot, a batch several. Its waits, however many, hold no more.</summary>
    internal sealed class OfSlot(HandlerScope worker, int slots = 1)
    {
        private int waits;

        public HandlerScope Worker => worker;

        public void Begin()
        {
            if (Interlocked.Increment(ref waits) == 1)
                Interlocked.Add(ref worker.waitingSlots, slots);
        }

        public void End()
        {
            if (Interlocked.Decrement(ref waits) == 0)
                Interlocked.Add(ref worker.waitingSlots, -slots);
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
