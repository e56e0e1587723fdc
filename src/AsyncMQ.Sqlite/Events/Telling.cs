using AsyncMQ.Sqlite.Keys;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Events;

/// <summary>Puts what a transition did into the words of an event, when somebody wants to hear it.</summary>
internal sealed class Telling(Ledger ledger, Names names)
{
    public EventBook Book { get; } = new(ledger);

    /// <summary>What happened to a job, which is in its new state already.</summary>
    public void Tell(JobEventKinds kind, JobRow job, ReadOnlyMemory<byte> error = default)
    {
        if (IsWanted(kind, job))
            Book.Write(EventOf(kind, job) with { Data = error });
    }

    /// <summary>A way out of the queue; the job has taken it.</summary>
    /// <param name="job">The job.</param>
    /// <param name="outcome">Its final state; null: its record is gone.</param>
    /// <param name="error">Why it failed.</param>
    public void End(JobRow job, JobState? outcome, ReadOnlyMemory<byte> error) => Tell(EventRules.KindOf(outcome), job, error);

    public void Added(QueueEntry queue, NewJob job, JobState state, long? due)
    {
        if (!Book.Wants(JobEventKinds.Added, queue.Name, job.Ref.Id))
            return;
        Book.Write(new()
        {
            Kind = JobEventKinds.Added,
            At = Now,
            Queue = queue.Name,
            Id = job.Ref.Id,
            Name = job.Name,
            State = state,
            Until = Ticks.ToTime(due),
        });
    }

    public void Started(string queue, ClaimedJob job, string worker)
    {
        if (!Book.Wants(JobEventKinds.Started, queue, job.Ref.Id))
            return;
        Book.Write(new()
        {
            Kind = JobEventKinds.Started,
            At = Now,
            Queue = queue,
            Id = job.Ref.Id,
            Name = job.Name,
            Attempt = job.Attempt,
            State = JobState.Active,
            Text = worker,
        });
    }

    public void Stalled(JobRow job, ReadOnlyMemory<byte> error)
    {
        if (!IsWanted(JobEventKinds.Stalled, job))
            return;
        Book.Write(EventOf(JobEventKinds.Stalled, job) with
        {
            State = JobState.Waiting,
            Stalls = job.Stalls,
            Text = job.Worker is { } worker ? names.Text(worker) : null,
            Data = error,
        });
    }

    /// <summary>A person has retried an ended job.</summary>
    public void Retried(JobRow job)
    {
        if (IsWanted(JobEventKinds.Retrying, job))
            Book.Write(EventOf(JobEventKinds.Retrying, job) with { IsManual = true });
    }

    public void Reported(JobRow job, JobReport report)
    {
        if (report.Progress is { } progress)
            Tell(JobEventKinds.Progressed, job, progress);
        if (report.Lines.Count == 0 || !IsWanted(JobEventKinds.Logged, job))
            return;
        foreach (string line in report.Lines)
            Book.Write(EventOf(JobEventKinds.Logged, job) with { Text = line });
    }

    public void Deduplicated(NewJob job, string ownerId)
    {
        if (Book.Wants(JobEventKinds.Deduplicated, job.Ref.Queue, ownerId))
            Book.Write(EventRules.Deduplicated(job, ownerId, Now));
    }

    public void Queue(JobEventKinds kind, string queue, long? until = null, string? text = null, string? detail = null)
    {
        if (Book.Wants(kind, queue, null))
            Book.Write(new() { Kind = kind, At = Now, Queue = queue, Until = Ticks.ToTime(until), Text = text, Detail = detail });
    }

    /// <summary>After a claim: tells once that the queue's limits hold jobs back, until they do not.</summary>
    public void Limit(QueueEntry queue)
    {
        if (queue.Limits is null || !Book.Wants(JobEventKinds.LimitReached, queue.Name, null))
            return;

        bool isReached = queue.HoldsBack(ledger.Now);
        if (isReached && !queue.IsLimitTold)
            Queue(JobEventKinds.LimitReached, queue.Name, LimitRules.NextPermit(queue.Limits.Rate, queue.Window, ledger.Now));
        queue.IsLimitTold = isReached;
    }

    /// <summary>Tells the same of its keys, at the end of a transaction.</summary>
    public void Limits(QueueEntry queue)
    {
        if (queue.Reached.Count > 0 && Book.Wants(JobEventKinds.LimitReached, queue.Name, null))
        {
            foreach (KeyEntry key in queue.Reached)
            {
                if (!key.IsLimitTold)
                    Queue(JobEventKinds.LimitReached, queue.Name, LimitRules.NextPermit((key.Own ?? queue.Limits?.PerKey)?.Rate, key.Window, ledger.Now), key.Name);
                key.IsLimitTold = true;
            }
        }

        queue.Reached.Clear();
    }

    public void Worker(JobEventKinds kind, SessionInfo session, bool isLost = false)
    {
        if (session.Lease is not null && Book.Wants(kind, null, session.Id.ToString()))
            Book.Write(EventRules.OfWorker(kind, session, Now, isLost));
    }

    private DateTimeOffset Now => Ticks.ToTime(ledger.Now);

    private bool IsWanted(JobEventKinds kind, JobRow job) => Book.Wants(kind, job.Queue.Name, job.Id);

    private StoreEvent EventOf(JobEventKinds kind, JobRow job) => new()
    {
        Kind = kind,
        At = Now,
        Queue = job.Queue.Name,
        Id = job.Id,
        Name = names.Text(job.Name),
        Attempt = job.Attempt,
        State = job.State,
        Until = job.State == JobState.Delayed ? Ticks.ToTime(job.Due) : null,
    };
}
