namespace AsyncMQ.InMemory;

/// <summary>The waiting jobs of one key and one priority on one bench, by sequence; and their place in the bench's ring, while the key is open.</summary>
internal sealed class KeyLane(StoredKey key, Bench bench, int priority)
{
    private KeySpot? head;
    private KeySpot? tail;

    public StoredKey Key => key;

    public Bench Bench => bench;

    public int Priority => priority;

    public int Count { get; private set; }

    /// <summary>The job that is next in it.</summary>
    public JobEntry? Head => head?.Entry;

    /// <summary>The ring in which it stands; null: it has no place.</summary>
    public KeyRing? Ring { get; set; }

    /// <summary>When it took its place, by the queue's count; the same for all lanes of its key and priority that stand.</summary>
    public long Turn { get; set; }

    public KeyLane? NextLane { get; set; }

    public KeyLane? PreviousLane { get; set; }

    /// <summary>Puts a job in at its sequence. Walks from both ends: new ones are at the tail, those that come back near the head.</summary>
    public void Insert(KeySpot spot)
    {
        KeySpot? low = head, high = tail;
        while (low is not null && high is not null && high.Entry.Sequence > spot.Entry.Sequence)
        {
            if (low.Entry.Sequence > spot.Entry.Sequence)
            {
                high = low.Previous;
                break;
            }

            (low, high) = (low.Next, high.Previous);
        }

        InsertAfter(high, spot);
    }

    public void Remove(KeySpot spot)
    {
        if (spot.Previous is { } previous)
            previous.Next = spot.Next;
        else
            head = spot.Next;
        if (spot.Next is { } next)
            next.Previous = spot.Previous;
        else
            tail = spot.Previous;
        (spot.Lane, spot.Next, spot.Previous) = (null, null, null);
        Count--;
    }

    private void InsertAfter(KeySpot? previous, KeySpot spot)
    {
        KeySpot? next = previous is null ? head : previous.Next;
        (spot.Lane, spot.Previous, spot.Next) = (this, previous, next);
        if (previous is null)
            head = spot;
        else
            previous.Next = spot;
        if (next is null)
            tail = spot;
        else
            next.Previous = spot;
        Count++;
    }
}

/// <summary>What a job with a key has more than others. While it waits: its place in its lane.</summary>
internal sealed class KeySpot(JobEntry entry, string key)
{
    public JobEntry Entry => entry;

    public string Key => key;

    /// <summary>The key's record when the job last met it; it may have been forgotten since.</summary>
    public StoredKey? Record { get; set; }

    public KeyLane? Lane { get; set; }

    public KeySpot? Next { get; set; }

    public KeySpot? Previous { get; set; }
}
