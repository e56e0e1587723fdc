using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Keys;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Producing;

/// <summary>Writes the record of a new job.</summary>
internal sealed class Storing(Books books)
{
    private readonly Statement insertPlain = books.Database.Prepare("add/insert");

    /// <summary>Stores a job as waiting or delayed. Returns its handle, or null when its id is taken; then nothing was written.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="job">The job.</param>
    /// <param name="links">The flags that tell how it hangs together with others.</param>
    /// <param name="isHeldBack">Store it as waiting for others: its delay and its time-to-live count from its release.</param>
    public long? TryStore(QueueEntry queue, NewJob job, JobFlags links = JobFlags.None, bool isHeldBack = false)
    {
        long now = books.Now;
        long handle = books.Ledger.NextNumber();
        long due = job.RunAt?.UtcTicks ?? Ticks.Add(now, job.Delay);
        JobState state = isHeldBack ? JobState.WaitingChildren : due > now ? JobState.Delayed : JobState.Waiting;
        JobFlags flags = (job.Flags & ~(JobFlags.Dependents | JobFlags.Linked | JobFlags.Key)) | links | (job.Key is null ? 0 : JobFlags.Key);
        bool isKeyed = job.Key is not null && state == JobState.Waiting;
        Statement insert = job.Key is null ? insertPlain : books.Database.Prepare("add/insert-keyed");
        bool hasBody = Bodies.IsLong(job.Payload) || Bodies.IsLong(job.Envelope);

        insert.Start()
            .Bind(handle).Bind(queue.Id).Bind(job.Ref.Id).Bind((int)state).Bind(books.Names.Intern(job.Name)).Bind(job.Priority)
            .Bind((int)flags).Bind(job.Stamp).Bind(now);
        if (state == JobState.Delayed)
            insert.Bind(due);
        else
            insert.BindNull();
        if (job.TimeToLive is { } ttl && !isHeldBack)
            insert.Bind(Ticks.Add(now, ttl));
        else
            insert.BindNull();
        insert.Bind(job.TimeToLive?.Ticks);
        insert.Bind(job.Deduplication?.Id).Bind(job.Deduplication?.Ttl?.Ticks).Bind(hasBody ? (int)JobExtras.Body : 0);
        Bodies.Bind(insert, job.Payload);
        Bodies.Bind(insert, job.Envelope);
        if (job.Key is not null)
            insert.Bind(job.Key).Bind(isKeyed ? 2 : 0).Bind((int)(isKeyed ? SeatKind.Waiting : SeatKind.None));
        if (insert.Run() == 0)
            return null;

        if (hasBody)
        {
            books.Jobs.Bodies.Write(handle, JobPart.Payload, job.Payload);
            books.Jobs.Bodies.Write(handle, JobPart.Envelope, job.Envelope);
        }

        books.Queues.Enter(queue, state, job.Priority, isKeyed ? 2 : 0);
        if (isKeyed)
            books.Keys.Enter(queue, job.Key!, new(0, job.Priority), handle);
        else if (state == JobState.Waiting)
            books.Keys.Plain.Enter(queue, job.Priority);
        if (state == JobState.Delayed)
            books.Queues.Due(queue, due);
        if (!isHeldBack)
            books.Queues.Announce(queue);
        books.Telling.Added(queue, job, state, state == JobState.Delayed ? due : null);
        return handle;
    }
}
