using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;

namespace AsyncMQ.Sqlite.Keys;

/// <summary>
/// When jobs without a key took their place, by queue and priority. Noted only while jobs with keys wait: without them nobody else takes turns, and whoever
/// comes later stands behind.
/// </summary>
internal sealed class PlainTurns(Ledger ledger)
{
    private readonly Dictionary<long, (long Generation, Dictionary<int, long> Turns)> known = [];

    /// <summary>The turn of a priority; zero: before all others.</summary>
    public long Of(QueueEntry queue, int priority) => TurnsOf(queue).GetValueOrDefault(priority);

    /// <summary>A job without a key waits. Where others of its priority wait already, they have their place.</summary>
    public void Enter(QueueEntry queue, int priority)
    {
        if (queue.Keyed > 0 && CountOf(queue, priority, parked: 0) + (queue.PlainParked == 0 ? 0 : CountOf(queue, priority, parked: 1)) == 1)
            Stand(queue, priority);
    }

    /// <summary>They take their place behind all others.</summary>
    public void Stand(QueueEntry queue, int priority)
    {
        long turn = ledger.NextNumber();
        TurnsOf(queue)[priority] = turn;
        ledger.Database.Prepare("keys/set-plain-turn").Start().Bind(queue.Id).Bind(priority).Bind(turn).Run();
    }

    /// <summary>After a rollback.</summary>
    public void Forget() => known.Clear();

    private int CountOf(QueueEntry queue, int priority, int parked)
    {
        int count = 0;
        Statement rows = ledger.Database.Prepare("keys/plain-of-priority").Start().Bind(queue.Id).Bind(parked).Bind(priority);
        while (rows.Step())
            count++;
        return count;
    }

    private Dictionary<int, long> TurnsOf(QueueEntry queue)
    {
        if (known.TryGetValue(queue.Id, out var found) && found.Generation == ledger.Generation)
            return found.Turns;

        Dictionary<int, long> turns = [];
        Statement rows = ledger.Database.Prepare("keys/plain-turns").Start().Bind(queue.Id);
        while (rows.Step())
            turns[rows.Int(0)] = rows.Long(1);
        known[queue.Id] = (ledger.Generation, turns);
        return turns;
    }
}
