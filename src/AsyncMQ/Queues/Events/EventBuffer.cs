using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>
/// Events that lie ready for one reader, at most so many. What comes while it is full is counted, and told in its place: behind what lies ready, before what
/// comes when there is room again. Not safe for use by several threads: its hub locks.
/// </summary>
internal sealed class EventBuffer(int most)
{
    private readonly Queue<BufferedEvent> ready = new();
    private TaskCompletionSource? waiting;
    private long missed;

    public bool IsClosed { get; private set; }

    /// <summary>True when the reader has taken everything and waits for more.</summary>
    public bool IsAtRest => IsClosed || (ready.Count == 0 && missed == 0 && waiting is not null);

    public void Add(StoreEvent happened)
    {
        if (ready.Count >= most)
        {
            missed++;
            return;
        }

        TellMissed(happened.At);
        ready.Enqueue(new(happened, happened.At, null));
        Wake();
    }

    /// <summary>The journal has a gap.</summary>
    /// <param name="count">How many are missing; null: unknown.</param>
    /// <param name="at">When that came to be known.</param>
    public void AddGap(long? count, DateTimeOffset at)
    {
        TellMissed(at);
        ready.Enqueue(new(null, at, count));
        Wake();
    }

    /// <summary>Takes the next one; else gives what to wait for. Neither: closed.</summary>
    public bool TryTake(out BufferedEvent next, out Task? wait)
    {
        wait = null;
        if (ready.TryDequeue(out next))
            return true;
        if (IsClosed)
            return false;

        if (missed > 0)
        {
            next = new(null, null, missed);
            missed = 0;
            return true;
        }

        waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        wait = waiting.Task;
        return false;
    }

    public void Close()
    {
        IsClosed = true;
        ready.Clear();
        missed = 0;
        Wake();
    }

    private void TellMissed(DateTimeOffset at)
    {
        if (missed == 0)
            return;
        ready.Enqueue(new(null, at, missed));
        missed = 0;
    }

    private void Wake()
    {
        waiting?.TrySetResult();
        waiting = null;
    }
}

/// <summary>An event that lies ready, or a gap.</summary>
/// <param name="Event">The event; null: a gap.</param>
/// <param name="At">When; null: about the time of the last one.</param>
/// <param name="Missed">For a gap: how many are missing; null: unknown.</param>
internal readonly record struct BufferedEvent(StoreEvent? Event, DateTimeOffset? At, long? Missed);
