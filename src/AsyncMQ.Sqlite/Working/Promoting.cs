using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Working;

/// <summary>What time does to jobs that do not run: their delay ends, or their time-to-live.</summary>
internal sealed class Promoting(Books books, Finishing finishing)
{
    private readonly Statement due = books.Database.Prepare("exchange/due");
    private readonly Statement nextDue = books.Database.Prepare("exchange/next-due");
    private readonly Statement promote = books.Database.Prepare("exchange/promote");
    private readonly Statement expiring = books.Database.Prepare("exchange/expiring");
    private readonly List<long> handles = [];

    /// <summary>Expires jobs of a queue that may no longer start, at most <paramref name="limit"/>. Returns how many.</summary>
    public int Expire(QueueEntry queue, int limit)
    {
        if (queue[JobState.Waiting] + queue[JobState.Delayed] == 0)
            return 0;

        Collect(expiring.Start().Bind(queue.Id).Bind(books.Now).Bind(limit));
        foreach (long handle in handles)
        {
            if (books.Jobs.Find(handle) is { } job)
                finishing.Finish(job, JobState.Expired);
        }

        return handles.Count;
    }

    /// <summary>Makes due jobs of a queue waiting, by due time, then add order, at most <paramref name="limit"/>. Returns how many.</summary>
    public int Promote(QueueEntry queue, int limit)
    {
        if (queue[JobState.Delayed] == 0 || queue.NextDue > books.Now)
            return 0;

        Collect(due.Start().Bind(queue.Id).Bind(books.Now).Bind(limit));
        foreach (long handle in handles)
        {
            if (promote.Start().Bind(books.Ledger.NextNumber()).Bind(handle).RunForNumber() is { } priority)
            {
                books.Queues.Leave(queue, JobState.Delayed, (int)priority);
                books.Queues.Enter(queue, JobState.Waiting, (int)priority);
                books.Keys.Plain.Enter(queue, (int)priority);
            }
            else if (books.Jobs.Find(handle) is { } job)
            {
                // It has a key.
                books.Jobs.EnterBehind(job);
            }

            if (books.Telling.Book.WantsAny(JobEventKinds.Promoted) && books.Jobs.Find(handle) is { } promoted)
                books.Telling.Tell(JobEventKinds.Promoted, promoted);
        }

        // What was noted may have been too early; now it is exact.
        long? next = nextDue.Start().Bind(queue.Id).RunForNumber();
        if (queue.NextDue != next)
        {
            books.Queues.Touch(queue);
            queue.NextDue = next;
        }

        return handles.Count;
    }

    /// <summary>When the next delayed job of a queue comes due; null when none is delayed.</summary>
    public long? NextDue(QueueEntry queue) => queue[JobState.Delayed] == 0 ? null : nextDue.Start().Bind(queue.Id).RunForNumber();

    /// <summary>Whether time has done something to a delayed job of a queue: its delay is over, or its time-to-live.</summary>
    public bool HasDue(QueueEntry queue)
    {
        if (queue[JobState.Delayed] == 0)
            return false;

        Collect(expiring.Start().Bind(queue.Id).Bind(books.Now).Bind(1));
        return handles.Count > 0 || NextDue(queue) <= books.Now;
    }

    private void Collect(Statement rows)
    {
        handles.Clear();
        while (rows.Step())
            handles.Add(rows.Long(0));
    }
}
