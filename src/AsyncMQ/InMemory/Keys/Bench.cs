using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>
/// Waiting jobs that the same sessions may claim: all that are not parked, or those parked under one name. Jobs without a key and those with one are kept
/// apart: the former are claimed in their order, of the latter the keys take turns.
/// </summary>
internal sealed class Bench
{
    /// <summary>The rings by priority. None is empty.</summary>
    private readonly SortedList<int, KeyRing> rings = [];

    public WaitingJobs Plain { get; } = new();

    /// <summary>Jobs with a key in the order in which they are shown. Their turns are another matter.</summary>
    public WaitingJobs Keyed { get; } = new();

    public int Count => Plain.Count + Keyed.Count;

    public int Prioritized => Plain.Prioritized + Keyed.Prioritized;

    /// <summary>The first that is shown.</summary>
    public JobEntry? First => Plain.Head is { } plain && !(Keyed.Head?.ComesBefore(plain) == true) ? plain : Keyed.Head;

    /// <summary>The lane whose turn it is; null: no key may be claimed from.</summary>
    public KeyLane? Turn => rings.Count == 0 ? null : rings.GetValueAtIndex(0).First;

    /// <summary>True when some job may be claimed, as far as keys limit it.</summary>
    public bool GivesWork => Plain.Count > 0 || rings.Count > 0;

    public void Stand(KeyLane lane, long turn)
    {
        if (!rings.TryGetValue(lane.Priority, out KeyRing? ring))
            rings.Add(lane.Priority, ring = new(lane.Priority));
        if (lane.Ring is not null)
            ring.Remove(lane);
        lane.Turn = turn;
        ring.Add(lane);
    }

    public void StepOut(KeyLane lane)
    {
        if (lane.Ring is not { } ring)
            return;
        ring.Remove(lane);
        if (ring.First is null)
            rings.Remove(ring.Priority);
    }

    /// <summary>The jobs behind a place, in the order in which they are shown, or in reverse.</summary>
    public IEnumerable<IEnumerable<JobEntry>> Behind(PageKey? after, bool reverse)
    {
        yield return Plain.Behind(after, reverse);
        if (Keyed.Count > 0)
            yield return Keyed.Behind(after, reverse);
    }
}
