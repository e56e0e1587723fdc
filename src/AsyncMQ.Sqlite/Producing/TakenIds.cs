using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Producing;

/// <summary>Who has an id: a record, a tombstone, or nobody. A cancelled record gives its id up.</summary>
internal sealed class TakenIds(Books books)
{
    private readonly Statement record = books.Database.Prepare("add/taken");
    private readonly Statement tombstone = books.Database.Prepare("add/tombstone");

    /// <summary>The record with an id; null when there is none.</summary>
    public TakenId? Find(QueueEntry queue, string id)
    {
        if (!record.Start().Bind(queue.Id).Bind(id).Step())
            return null;

        var found = new TakenId(record.Long(0), (JobState)record.Int(1), record.Long(2));
        record.Reset();
        return found;
    }

    /// <summary>The tombstone that keeps an id taken; null when none does. One that is over is removed.</summary>
    public Tombstone? FindTombstone(QueueEntry queue, string id)
    {
        if (queue.Tombstones == 0 || !tombstone.Start().Bind(queue.Id).Bind(id).Step())
            return null;

        var found = new Tombstone(tombstone.Long(0), (JobState)tombstone.Int(2));
        long until = tombstone.Long(1);
        tombstone.Reset();
        if (until > books.Now)
            return found;

        books.Database.Prepare("add/delete-tombstone").Start().Bind(queue.Id).Bind(id).Run();
        books.Queues.Touch(queue);
        queue.Tombstones--;
        return null;
    }

    /// <summary>Deletes a cancelled record, so that a new job can have its id.</summary>
    public void Free(TakenId cancelled)
    {
        if (books.Jobs.Find(cancelled.Handle) is not { } job)
            return;
        books.Jobs.Delete(job);
        books.Telling.End(job, null, default);
        books.TellEnded(job.Queue.Name, job.Id);
    }

    /// <summary>Frees the id for a job that nobody waits to hear about. False: it is taken.</summary>
    public bool TryFree(QueueEntry queue, string id)
    {
        if (FindTombstone(queue, id) is not null)
            return false;
        if (Find(queue, id) is not { } taken)
            return true;
        if (taken.State != JobState.Cancelled)
            return false;
        Free(taken);
        return true;
    }
}

/// <summary>A record that has an id.</summary>
internal readonly record struct TakenId(long Handle, JobState State, long Stamp);

/// <summary>What is left of a record whose id stays taken.</summary>
internal readonly record struct Tombstone(long Stamp, JobState State);
