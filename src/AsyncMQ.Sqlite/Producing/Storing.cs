using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Producing;

/// <summary>Writes the record of a new job.</summary>
internal sealed class Storing(Books books)
{
    private readonly Statement insert = books.Database.Prepare("add/insert");

    /// <summary>Stores a job as waiting or delayed. Returns its handle, or null when its id is taken; then nothing was written.</summary>
    public long? TryStore(QueueEntry queue, NewJob job)
    {
        long now = books.Now;
        long handle = books.Ledger.NextNumber();
        long due = job.RunAt?.UtcTicks ?? Ticks.Add(now, job.Delay);
        JobState state = due > now ? JobState.Delayed : JobState.Waiting;
        bool hasBody = Bodies.IsLong(job.Payload) || Bodies.IsLong(job.Envelope);

        insert.Start()
            .Bind(handle).Bind(queue.Id).Bind(job.Ref.Id).Bind((int)state).Bind(books.Names.Intern(job.Name)).Bind(job.Priority)
            .Bind((int)job.Flags).Bind(job.Stamp).Bind(now);
        if (state == JobState.Delayed)
            insert.Bind(due);
        else
            insert.BindNull();
        if (job.TimeToLive is { } ttl)
            insert.Bind(Ticks.Add(now, ttl)).Bind(ttl.Ticks);
        else
            insert.BindNull().BindNull();
        insert.Bind(job.Deduplication?.Id).Bind(job.Deduplication?.Ttl?.Ticks).Bind(hasBody ? (int)JobExtras.Body : 0);
        Bodies.Bind(insert, job.Payload);
        Bodies.Bind(insert, job.Envelope);
        if (insert.Run() == 0)
            return null;

        if (hasBody)
        {
            books.Jobs.Bodies.Write(handle, JobPart.Payload, job.Payload);
            books.Jobs.Bodies.Write(handle, JobPart.Envelope, job.Envelope);
        }

        books.Queues.Enter(queue, state, job.Priority);
        if (state == JobState.Delayed)
            books.Queues.Due(queue, due);
        books.Queues.Announce(queue);
        return handle;
    }
}
