using AsyncMQ.Sqlite.Records;

namespace AsyncMQ.Sqlite.Working;

/// <summary>When there may be work next.</summary>
internal sealed class Foresight(Books books, Choosing choosing, Promoting promoting)
{
    /// <summary>When a queue may have work for a session, as a time of the store; the end of all time: nothing is known to come.</summary>
    public long NextWorkAt(SessionEntry session, QueueEntry queue)
    {
        if (queue.IsClosed)
            return long.MaxValue;
        long next = choosing.HasWork(session, queue)
            ? books.Now
            : Math.Min(promoting.NextDue(queue) ?? long.MaxValue, books.Keys.NextOpening(queue));
        return queue.NextWorkAt(next, books.Now);
    }
}
