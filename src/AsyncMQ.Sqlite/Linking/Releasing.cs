using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Linking;

/// <summary>Lets a job go that nothing holds back any longer.</summary>
internal sealed class Releasing(Books books)
{
    /// <summary>Makes a job in waiting-children waiting, or delayed: its delay and its time-to-live count from now.</summary>
    public void Release(JobRow job, in Link link)
    {
        long due = link.RunAt ?? Ticks.Add(books.Now, link.Delay);
        job.Expires = job.TimeToLive is { } ttl ? Ticks.Add(books.Now, new(ttl)) : null;
        job.Sequence = books.Ledger.NextNumber();
        job.Due = due > books.Now ? due : null;
        books.Jobs.Enter(job, job.Due is null ? JobState.Waiting : JobState.Delayed);
        books.Telling.Tell(JobEventKinds.Promoted, job);
    }
}
