namespace AsyncMQ.InMemory;

/// <summary>The lanes of one priority on one bench that may be claimed from, in order of their turns.</summary>
internal sealed class KeyRing(int priority)
{
    private KeyLane? last;

    public int Priority => priority;

    public KeyLane? First { get; private set; }

    /// <summary>Puts a lane in at its turn, which is the last, or near it.</summary>
    public void Add(KeyLane lane)
    {
        KeyLane? before = last;
        while (before is not null && before.Turn > lane.Turn)
            before = before.PreviousLane;

        KeyLane? behind = before is null ? First : before.NextLane;
        (lane.Ring, lane.PreviousLane, lane.NextLane) = (this, before, behind);
        if (before is null)
            First = lane;
        else
            before.NextLane = lane;
        if (behind is null)
            last = lane;
        else
            behind.PreviousLane = lane;
    }

    public void Remove(KeyLane lane)
    {
        if (lane.PreviousLane is { } previous)
            previous.NextLane = lane.NextLane;
        else
            First = lane.NextLane;
        if (lane.NextLane is { } next)
            next.PreviousLane = lane.PreviousLane;
        else
            last = lane.PreviousLane;
        (lane.Ring, lane.PreviousLane, lane.NextLane) = (null, null, null);
    }
}
