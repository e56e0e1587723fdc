using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Producing;

/// <summary>Who owns a deduplication id, by <see cref="DeduplicationRules"/>.</summary>
internal sealed class Deduplicating(Books books, TakenIds ids, Storing storing)
{
    /// <summary>The record of an id, as the step finds it; null when there is none.</summary>
    public Hold? Find(QueueEntry queue, string id) => Hold.Find(books.Database, queue.Id, id);

    /// <summary>Makes a job the owner.</summary>
    public void Own(QueueEntry queue, string id, long handle, string jobId, DateTimeOffset? windowEnds) =>
        books.Database.Prepare("dedup/own").Start()
            .Bind(queue.Id).Bind(id).Bind(handle).Bind(jobId).Bind(Ticks.From(windowEnds)).Run();

    /// <summary>Writes the window of a record, if it changed.</summary>
    public void SetWindow(Hold hold, DateTimeOffset? windowEnds)
    {
        if (windowEnds != hold.Record.WindowEnds)
            books.Database.Prepare("dedup/set-window").Start().Bind(Ticks.From(windowEnds)).Bind(hold.Key).Run();
    }

    /// <summary>Keeps an add until the owner ends, in place of an earlier one.</summary>
    public void Keep(Hold hold, NewJob job)
    {
        ByteWriter bytes = new();
        KeptAdd.Write(bytes, job);
        books.Database.Prepare("dedup/set-kept").Start().Bind(bytes.Written).Bind(hold.Key).Run();
    }

    /// <summary>Forgets a kept add.</summary>
    public void DropKept(Hold hold)
    {
        if (hold.HasKept)
            books.Database.Prepare("dedup/drop-kept").Start().Bind(hold.Key).Run();
    }

    /// <summary>
    /// A job ended or is gone: if it is the owner, the kept add takes its place, else the id comes free, at once or at the end of its window.
    /// </summary>
    public void OwnerEnded(JobRow job)
    {
        if (job.DeduplicationId is not { } id || Find(job.Queue, id) is not { } hold || hold.Owner != job.Handle)
            return;

        if (TakeKept(job.Queue, hold) is { } kept && TryAdd(job.Queue, kept) is { } handle)
        {
            TimeSpan? ttl = kept.Deduplication!.Ttl;
            Own(job.Queue, id, handle, kept.Ref.Id, ttl is null ? null : Ticks.ToTime(Ticks.Add(books.Now, ttl.Value)));
        }
        else if (Ticks.From(hold.Record.WindowEnds) is { } ends && ends > books.Now)
        {
            books.Database.Prepare("dedup/set-free-at").Start().Bind(ends).Bind(hold.Key).Run();
        }
        else
        {
            Delete(hold);
        }
    }

    /// <summary>Frees an id by hand; a kept add is added at once, owning nothing.</summary>
    public bool Release(QueueEntry queue, string id)
    {
        if (Find(queue, id) is not { } hold || !hold.IsHeld(books.Now))
            return false;

        NewJob? kept = TakeKept(queue, hold);
        Delete(hold);
        if (kept is not null)
            TryAdd(queue, kept);
        return true;
    }

    // A kept add whose id is taken by now is dropped.
    private long? TryAdd(QueueEntry queue, NewJob kept) => ids.TryFree(queue, kept.Ref.Id) ? storing.TryStore(queue, kept) : null;

    private void Delete(Hold hold) => books.Database.Prepare("dedup/delete").Start().Bind(hold.Key).Run();

    private NewJob? TakeKept(QueueEntry queue, Hold hold)
    {
        if (!hold.HasKept)
            return null;

        Statement read = books.Database.Prepare("dedup/read-kept").Start().Bind(hold.Key);
        if (!read.Step())
            return null;
        byte[] data = read.Bytes(0);
        read.Reset();
        DropKept(hold);
        return queue.IsClosed ? null : KeptAdd.TryRead(data, queue.Name);
    }
}
