using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>A key of a queue that has jobs that wait or run, limits of its own, or something to remember.</summary>
internal sealed class StoredKey(string name)
{
    public string Name => name;

    /// <summary>Its own limits; null: the queue's hold.</summary>
    public KeyLimits? Own { get; set; }

    /// <summary>True when the queue has it no more.</summary>
    public bool IsForgotten { get; set; }

    public int Waiting { get; set; }

    public int Active { get; set; }

    /// <summary>The permits that it spent; null: nothing limits its rate.</summary>
    public RateWindow? Window { get; set; }

    public long HeldUntil { get; set; }

    /// <summary>Under strict order: the job that the others must let end first.</summary>
    public JobEntry? Head { get; set; }

    /// <summary>Its lanes with jobs: one per priority and bench.</summary>
    public List<KeyLane> Lanes { get; } = [];

    /// <summary>When it is to be looked at again: with waiting jobs to open, without to be forgotten. The end of all time: not by itself.</summary>
    public long LookAt { get; set; } = long.MaxValue;

    /// <summary>True when it was told that its limits hold jobs back, and they do so still.</summary>
    public bool IsLimitTold { get; set; }

    /// <summary>Whether that is to open.</summary>
    public bool IsToOpen { get; set; }

    public KeyLane LaneOn(Bench bench, int priority)
    {
        foreach (KeyLane lane in Lanes)
        {
            if (lane.Bench == bench && lane.Priority == priority)
                return lane;
        }

        var added = new KeyLane(this, bench, priority);
        Lanes.Add(added);
        return added;
    }

    /// <summary>Whether a lane may stand while the key is open: all, or the head's alone.</summary>
    public bool LetsStand(KeyLane lane) => lane.Count > 0 && (Head is null || Head.Spot!.Lane == lane);

    /// <summary>From when on its jobs may be claimed; now or before: it is open; the end of all time: when something else happens.</summary>
    public long OpensAt(KeyLimits? limits, long now) => LimitRules.OpensAt(limits, Window, new(Active, Head is { State: not JobState.Waiting }, HeldUntil), now);

    /// <summary>From when on there is nothing to remember of it, should nothing else happen.</summary>
    public long ForgottenAt(KeyLimits? limits, long now) =>
        Waiting > 0 || Active > 0 || Own is not null || Head is not null ? long.MaxValue : LimitRules.ForgottenAt(limits, Window, HeldUntil, now);
}
