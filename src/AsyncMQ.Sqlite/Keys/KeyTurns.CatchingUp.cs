using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;

namespace AsyncMQ.Sqlite.Keys;

/// <content>What processes of an earlier minor have done.</content>
internal sealed partial class KeyTurns
{
    /// <summary>Tells the keys what a process of an earlier minor, which knows no keys, has done to their jobs.</summary>
    public void CatchUp(QueueEntry queue)
    {
        if (!queue.HasLeft)
            return;

        queue.HasLeft = false;
        List<Left> left = [];
        Statement found = ledger.Database.Prepare("keys/left").Start().Bind(queue.Id);
        while (found.Step())
            left.Add(new(found.Text(0), found.Long(1), (SeatKind)found.Int(2), found.Int(3), found.Long(4), found.Int(5)));
        ledger.Database.Prepare("keys/delete-left").Start().Bind(queue.Id).Run();
        foreach (Left job in left)
            Tell(queue, job);
    }

    private void Tell(QueueEntry queue, in Left job)
    {
        KeyEntry key = rows.Named(queue.Id, job.Key);
        if (job.Seat == SeatKind.Waiting)
        {
            queues.CountKeyed(queue, job.Parked, -1);
            LeaveLane(key, new(job.Parked == 3 ? job.Name : 0, job.Priority), job.Handle);
        }
        else if (job.Seat == SeatKind.Active)
        {
            key.Active--;
        }

        // Wherever it is now, the others wait for it no longer: that process does not tell of its end.
        if (key.Head == job.Handle)
            (key.Head, key.HeadSeat) = (null, null);
        rows.Touch(key);
        Review(queue, key);
    }

    /// <summary>A row of <c>key_left</c>.</summary>
    private readonly record struct Left(string Key, long Handle, SeatKind Seat, int Parked, long Name, int Priority);
}
