using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Producing;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Working;

/// <summary>The one way out of the queue, for settle, recover, expire, cancel and remove.</summary>
internal sealed class Finishing(Books books, Deduplicating deduplicating)
{
    private readonly Statement completePlain = books.Database.Prepare("jobs/complete-plain");

    /// <summary>Ends a job in a final state, or removes it.</summary>
    /// <param name="job">The job, in the state it has now.</param>
    /// <param name="outcome">The final state; null: the record is deleted.</param>
    /// <param name="error">Why it failed, as it is written already.</param>
    public void Finish(JobRow job, JobState? outcome, ReadOnlyMemory<byte> error = default)
    {
        if (outcome is not null && job.IsCompleting)
        {
            // A transaction of its handler's has decided that already.
            (outcome, error) = (JobState.Completed, default);
            job.Extras = (job.Extras & ~JobExtras.Completing) | JobExtras.CompletedWithin;
        }

        bool wasFinal = job.State.IsFinal();
        if (job.State == JobState.Active && outcome is null && job.Session is { } session)
            TellOwner(session);

        if (outcome is { } state)
        {
            job.Sequence = books.Ledger.NextNumber();
            books.Jobs.Enter(job, state);
        }
        else
        {
            books.Jobs.Delete(job);
        }

        books.Telling.End(job, outcome, error);

        // The owner of a throttle window that has ended already was released then; its removal frees the id no earlier.
        if (job.Is(JobFlags.Deduplication) && !wasFinal)
            deduplicating.OwnerEnded(job);
        books.TellEnded(job.Queue.Name, job.Id);
    }

    /// <summary>Ends a job as failed.</summary>
    public void Fail(JobRow job, ReadOnlyMemory<byte> error)
    {
        if (!job.IsCompleting)
            books.Jobs.SetBytes(job, JobPart.Error, error);
        Finish(job, JobState.Failed, error);
    }

    /// <summary>Completes a job that has nothing to do at its end, with one statement. False: nothing was done, take the long way.</summary>
    public bool TryCompletePlain(QueueEntry queue, SessionEntry session, in Settlement settlement)
    {
        bool isLong = Bodies.IsLong(settlement.Data);
        completePlain.Start().Bind(books.Now).Bind(books.Ledger.NextNumber());
        Bodies.Bind(completePlain, settlement.Data);
        int changed = completePlain.Bind(isLong ? (int)JobExtras.Body : 0).Bind(settlement.Handle)
            .Bind(session.Key).Bind(settlement.Token.Lane).Bind(settlement.Token.Sequence).Bind(queue.Id).Run();
        if (changed == 0)
            return false;

        if (isLong)
            books.Jobs.Bodies.Write(settlement.Handle, JobPart.Result, settlement.Data);
        books.Queues.Complete(queue);
        TellCompleted(queue, settlement);
        return true;
    }

    /// <summary>Completes a job that has a key and nothing else to do at its end. False: nothing was done, take the long way.</summary>
    public bool TryCompleteKeyed(QueueEntry queue, SessionEntry session, in Settlement settlement)
    {
        if (Bodies.IsLong(settlement.Data))
            return false;

        Statement complete = books.Database.Prepare("keys/complete").Start().Bind(books.Now).Bind(books.Ledger.NextNumber());
        Bodies.Bind(complete, settlement.Data);
        complete.Bind(settlement.Handle).Bind(session.Key).Bind(settlement.Token.Lane).Bind(settlement.Token.Sequence).Bind(queue.Id);
        if (!complete.Step())
            return false;

        string key = complete.Text(0);
        complete.Reset();
        books.Queues.Complete(queue);
        books.Keys.End(queue, key, settlement.Handle);
        TellCompleted(queue, settlement);
        return true;
    }

    private void TellCompleted(QueueEntry queue, in Settlement settlement)
    {
        if (books.Telling.Book.Wants(JobEventKinds.Completed, queue.Name, settlement.Job.Id) && books.Jobs.Find(settlement.Handle) is { } job)
            books.Telling.End(job, JobState.Completed, default);
        books.TellEnded(queue.Name, settlement.Job.Id);
    }

    /// <summary>Tells a session that its mailbox has something, or that it lost a claim.</summary>
    public void TellOwner(long session)
    {
        Statement read = books.Database.Prepare("sessions/id").Start().Bind(session);
        if (!read.Step())
            return;
        var id = new SessionId(new(read.Span(0)));
        read.Reset();
        books.Ledger.Tell(new(StoreSignalKind.Mail, Session: id));
    }
}
