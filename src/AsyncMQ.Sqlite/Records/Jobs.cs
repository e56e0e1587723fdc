using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Keys;
using AsyncMQ.Sqlite.Linking;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Records;

/// <summary>Reads and writes jobs one at a time, for the transitions that are not the hot path.</summary>
internal sealed class Jobs(Ledger ledger, Queues queues, Effects effects, KeyTurns keys)
{
    private readonly Statement byHandle = ledger.Database.Prepare("jobs/by-handle");
    private readonly Statement find = ledger.Database.Prepare("jobs/find");
    private readonly Statement save = ledger.Database.Prepare("jobs/save");
    private readonly Statement deleteRow = ledger.Database.Prepare("jobs/delete");
    private readonly Statement addAttempt = ledger.Database.Prepare("jobs/add-attempt");
    private readonly Statement trimAttempts = ledger.Database.Prepare("jobs/trim-attempts");

    public Bodies Bodies { get; } = new(ledger.Database);

    /// <summary>A job by the store's number; null when there is none, or its queue is gone.</summary>
    public JobRow? Find(long handle)
    {
        Statement row = byHandle.Start().Bind(handle);
        if (!row.Step())
            return null;

        JobRow? job = queues.Find(row.Long(1)) is { } queue ? Read(row, queue) : null;
        row.Reset();
        return job;
    }

    /// <summary>A job by name.</summary>
    public JobRow? Find(QueueEntry queue, string id) =>
        find.Start().Bind(queue.Id).Bind(id).RunForNumber() is { } handle ? Find(handle) : null;

    /// <summary>A job by name.</summary>
    public JobRow? Find(JobRef job) => queues.Find(job.Queue) is { } queue ? Find(queue, job.Id) : null;

    /// <summary>
    /// Puts a job into a state: its queue's counts, its time, its row. The caller has set what else changes. The one way between states, but for the
    /// claim and the end of plain jobs.
    /// </summary>
    public void Enter(JobRow job, JobState state, bool isParked = false)
    {
        queues.Leave(job.Queue, job.State, job.Priority, job.Parked);
        if (job.Key is not null)
            keys.Leave(job);
        if ((job.State == JobState.WaitingChildren) != (state == JobState.WaitingChildren))
            SetWaits(job, state == JobState.WaitingChildren);
        if (state.IsFinal() && job.Is(JobFlags.Dependents))
            effects.Note();
        long since = state == JobState.Waiting && job is { State: JobState.Delayed, Due: { } due } ? Math.Min(due, ledger.Now) : ledger.Now;
        job.State = state;
        job.Parked = (isParked ? 1 : 0) + (job.Key is not null && state == JobState.Waiting ? 2 : 0);
        job.Since = since;
        if (state != JobState.Delayed)
            job.Due = null;
        if (state != JobState.Active)
            job.CancelRequested = false;
        if (job.Key is not null)
            job.Seat = SeatIn(job);
        Save(job);
        queues.Enter(job.Queue, state, job.Priority, job.Parked);
        if (job.Key is { } key)
            EnterKey(job, key);
        else if (state == JobState.Waiting)
            keys.Plain.Enter(job.Queue, job.Priority);
        if (job.Due is { } dueAt)
            queues.Due(job.Queue, dueAt);
        if (state is JobState.Waiting or JobState.Delayed)
            queues.Announce(job.Queue);
    }

    /// <summary>Makes a job waiting: behind its equals; one that leads its key in strict order at its old place.</summary>
    public void EnterBehind(JobRow job)
    {
        if (!keys.IsHead(job))
            job.Sequence = ledger.NextNumber();
        Enter(job, JobState.Waiting);
    }

    /// <summary>Writes the small facts of a job, all but its flags.</summary>
    public void Save(JobRow job)
    {
        Statement statement = job.Key is not null ? ledger.Database.Prepare("jobs/save-keyed")
            : job.Is(JobFlags.Dependents) ? ledger.Database.Prepare("jobs/save-depended")
            : save;
        statement.Start()
            .Bind((int)job.State).Bind(job.Sequence).Bind(job.Since).Bind(job.Attempt).Bind(job.Stalls)
            .Bind(job.Parked).Bind(job.CancelRequested).Bind((int)job.Extras).Bind(job.Due).Bind(job.Expires);
        if (job.Key is not null)
            statement.Bind((int)job.Seat);
        statement.Bind(job.Handle).Run();
    }

    /// <summary>Writes the flags of a job.</summary>
    public void SetFlags(JobRow job) => ledger.Database.Prepare("jobs/set-flags").Start().Bind((int)job.Flags).Bind(job.Handle).Run();

    /// <summary>Writes bytes of a job. <see cref="JobRow.Extras"/> may change: save the job after.</summary>
    public void SetBytes(JobRow job, JobPart part, ReadOnlyMemory<byte> data)
    {
        Statement set = ledger.Database.Prepare(part switch
        {
            JobPart.Result => "jobs/set-result",
            JobPart.Error => "jobs/set-error",
            _ => "jobs/set-progress",
        });
        Bodies.Bind(set.Start(), data);
        set.Bind(job.Handle).Run();
        Bodies.Write(job.Handle, part, data);
        if (Bodies.IsLong(data))
            job.Extras |= JobExtras.Body;
    }

    /// <summary>Records an attempt that did not complete. <see cref="JobRow.Extras"/> may change: save the job after.</summary>
    public void AddAttempt(JobRow job, AttemptOutcome outcome, ReadOnlyMemory<byte> error)
    {
        addAttempt.Start().Bind(job.Handle).Bind(job.Attempt).Bind((int)outcome).Bind(job.Started ?? ledger.Now).Bind(ledger.Now).Bind(job.Worker);
        addAttempt.Bind(error.Span).Run();
        trimAttempts.Start().Bind(job.Handle).Run();
        job.Extras |= JobExtras.Attempts;
    }

    /// <summary>Deletes a job with everything that belongs to it.</summary>
    public void Delete(JobRow job)
    {
        Database database = ledger.Database;
        if (job.Seat != SeatKind.None)
            database.Prepare("keys/unseat").Start().Bind(job.Handle).Run();
        deleteRow.Start().Bind(job.Handle).Run();
        if ((job.Flags & (JobFlags.Dependents | JobFlags.Linked)) != 0)
            NoteRemoval(job);
        queues.Leave(job.Queue, job.State, job.Priority, job.Parked);
        if (job.Key is { } key)
        {
            keys.Leave(job);
            keys.Settle(job.Queue, key, job.Handle, hasEnded: true);
        }

        if ((job.Extras & JobExtras.Body) != 0)
            Bodies.Delete(job.Handle, JobPart.Payload, JobPart.Progress);
        if ((job.Extras & JobExtras.Attempts) != 0)
            database.Prepare("jobs/delete-attempts").Start().Bind(job.Handle).Run();
        if ((job.Extras & JobExtras.Logs) != 0)
            database.Prepare("jobs/delete-logs").Start().Bind(job.Handle).Run();
    }

    /// <summary>Deletes a job that has ended and to which nothing belongs but its row. False: it is gone already.</summary>
    public bool DeletePlain(QueueEntry queue, long handle, JobState state)
    {
        if (deleteRow.Start().Bind(handle).Run() == 0)
            return false;
        queues.Leave(queue, state, priority: 0, parked: 0);
        return true;
    }

    // A trigger has written the effect, under a number that is at hand in SQL; among the others of its time it would come too early.
    private void NoteRemoval(JobRow job)
    {
        effects.Note();
        if (job.Is(JobFlags.Dependents) && !job.State.IsFinal())
            effects.PutLast(job.Sequence);
    }

    private SeatKind SeatIn(JobRow job) => job.State switch
    {
        JobState.Waiting => SeatKind.Waiting,
        JobState.Active => SeatKind.Active,
        JobState.Delayed when keys.IsHead(job) => SeatKind.Head,
        _ => SeatKind.None,
    };

    private void EnterKey(JobRow job, string key)
    {
        if (job.State == JobState.Waiting)
            keys.Enter(job.Queue, key, Seat.Of(job, job.IsParked), job.Handle);
        else if (job.State != JobState.WaitingChildren)
            keys.Settle(job.Queue, key, job.Handle, job.State.IsFinal());
    }

    private void SetWaits(JobRow job, bool waits) => ledger.Database.Prepare("link/set-waits").Start().Bind(waits).Bind(job.Handle).Run();

    private static JobRow Read(Statement row, QueueEntry queue) => new()
    {
        Handle = row.Long(0),
        Queue = queue,
        Id = row.Text(2),
        Name = row.Long(3),
        Stamp = row.Long(4),
        Added = row.Long(5),
        Priority = row.Int(6),
        DeduplicationId = row.OptionalText(7),
        TimeToLive = row.OptionalLong(8),
        State = (JobState)row.Int(9),
        Sequence = row.Long(10),
        Flags = (JobFlags)row.Int(11),
        Since = row.Long(12),
        Attempt = row.Int(13),
        Stalls = row.Int(14),
        Parked = row.Int(15),
        CancelRequested = row.Bool(16),
        Extras = (JobExtras)row.Int(17),
        Due = row.OptionalLong(18),
        Expires = row.OptionalLong(19),
        Started = row.OptionalLong(20),
        Worker = row.OptionalLong(21),
        Session = row.OptionalLong(22),
        Lane = row.Int(23),
        Step = row.Long(24),
        DeduplicationTtl = row.OptionalLong(25),
        Key = row.OptionalText(26),
        Seat = (SeatKind)(row.Long(27) & 3),
    };
}
