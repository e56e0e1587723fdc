using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>
/// Events that lie ready for one reader, at most so many. What comes while it is full, and what is missing in the journal, is counted, and told in its place:
/// behind what lies ready, before what comes next. Not safe for use by several threads: its hub locks.
/// </summary>
internal sealed class EventBuffer(int most)
{
    private readonly Queue<BufferedEvent> ready = new();
    private TaskCompletionSource? waiting;
    private bool hasGap;

    /// <summary>How many are missing in the gap; null: unknown.</summary>
    private long? missed = 0;

    public bool IsClosed { get; private set; }

    public void Add(StoreEvent happened)
    {
        if (ready.Count >= most)
        {
            AddGap(1);
            return;
        }

        if (hasGap)
            ready.Enqueue(TakeGap(happened.At));
        ready.Enqueue(new(happened, happened.At, null));
        Wake();
    }

    /// <summary>Some are missing.</summary>
    /// <param name="count">How many; null: unknown.</param>
    public void AddGap(long? count)
    {
        hasGap = true;
        missed += count;
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

        if (hasGap)
        {
            next = TakeGap(null);
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
        Wake();
    }

    private BufferedEvent TakeGap(DateTimeOffset? at)
    {
        var gap = new BufferedEvent(null, at, missed);
        (hasGap, missed) = (false, 0);
        return gap;
    }

    private void Wake()
    {
        waiting?.TrySetResult();
        waiting = null;
    }
}

/// <summary>An event that lies ready, or a gap.</summary>
/// <param name="Event">The event; null: a gap.</param>
/// <param name="At">When; null: now.</param>
/// <param name="Missed">For a gap: how many are missing; null: unknown.</param>
internal readonly record struct BufferedEvent(StoreEvent? Event, DateTimeOffset? At, long? Missed);
