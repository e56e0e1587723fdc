using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Keys;

/// <content>Who may be claimed from, and when to look again.</content>
internal sealed partial class KeyTurns
{
    /// <summary>After a change of a key: whether it is open, and so where it stands, and when to look again. True when it is open.</summary>
    private bool Review(QueueEntry queue, KeyEntry key)
    {
        KeyLimits? limits = LimitsOf(queue, key);
        if (limits?.Rate is not null)
            key.Window ??= new();
        else if (key.Window is not null)
            Drop(key);
        if (limits is not { StrictOrder: true } && key.Head is not null)
        {
            (key.Head, key.HeadSeat) = (null, null);
            rows.Touch(key);
        }

        long opensAt = key.OpensAt(limits, ledger.Now);
        bool isOpen = opensAt <= ledger.Now;
        if (key.Waiting > 0)
            Place(queue, key, isOpen);
        Remember(key, key.Waiting > 0 ? opensAt : key.ForgottenAt(limits, ledger.Now));
        return isOpen;
    }

    private void Drop(KeyEntry key)
    {
        key.Window = null;
        rows.Touch(key);
    }

    private void Place(QueueEntry queue, KeyEntry key, bool isOpen)
    {
        for (int i = 0; i < key.Lanes.Count; i++)
        {
            LaneEntry lane = key.Lanes[i];
            if (!isOpen || !key.LetsStand(lane))
                StepOut(key, lane);
            else if (lane.Turn is null)
                Join(queue, key, lane);
        }
    }

    private void StepOut(KeyEntry key, LaneEntry lane)
    {
        if (lane.Turn is null)
            return;
        lane.Turn = null;
        rows.Touch(key, lane);
    }

    // Where jobs of the same priority stand already, on another bench, the key has its place.
    private void Join(QueueEntry queue, KeyEntry key, LaneEntry lane)
    {
        queues.Announce(queue);
        for (int i = 0; i < key.Lanes.Count; i++)
        {
            if (key.Lanes[i] is { Turn: { } turn } standing && standing.Seat.Priority == lane.Seat.Priority)
            {
                lane.Turn = turn;
                rows.Touch(key, lane);
                return;
            }
        }

        Stand(key, lane.Seat.Priority);
    }

    /// <summary>A key takes its place for a priority, behind all others.</summary>
    private void Stand(KeyEntry key, int priority)
    {
        long turn = ledger.NextNumber();
        for (int i = 0; i < key.Lanes.Count; i++)
        {
            LaneEntry lane = key.Lanes[i];
            if (lane.Seat.Priority != priority || !key.LetsStand(lane))
                continue;
            lane.Turn = turn;
            rows.Touch(key, lane);
        }
    }

    private void Remember(KeyEntry key, long lookAt)
    {
        bool isToOpen = key.Waiting > 0;
        if (lookAt <= ledger.Now)
        {
            // Open, or nothing left to remember.
            lookAt = long.MaxValue;
            if (!isToOpen)
            {
                key.Clear();
                rows.Touch(key);
                return;
            }
        }

        if (key.LookAt == lookAt && key.IsToOpen == isToOpen)
            return;
        (key.LookAt, key.IsToOpen) = (lookAt, isToOpen);
        rows.Touch(key);
    }
}
