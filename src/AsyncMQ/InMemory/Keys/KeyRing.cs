namespace AsyncMQ.InMemory;

/// <summary>The lanes of one priority on one bench that may be claimed from, in order of their turns. Whoever comes goes to the end.</summary>
internal sealed class KeyRing(int priority)
{
    private KeyLane? last;

    public int Priority => priority;

    public KeyLane? First { get; private set; }

    public void AddLast(KeyLane lane)
    {
        (lane.Ring, lane.PreviousLane, lane.NextLane) = (this, last, null);
        if (last is null)
            First = lane;
        else
            last.NextLane = lane;
        last = lane;
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
