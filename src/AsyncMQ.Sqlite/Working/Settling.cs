using AsyncMQ.Sqlite.Linking;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Working;

/// <summary>Takes in what a worker says of the jobs it claimed, and tells those that depend on them.</summary>
internal sealed class Settling(Books books, Finishing finishing, Spreading spreading)
{
    public SettleOutcome[] Settle(SessionEntry session, IReadOnlyList<Settlement> settlements)
    {
        SettleOutcome[] outcomes = settlements.Count == 0 ? [] : new SettleOutcome[settlements.Count];
        for (int i = 0; i < outcomes.Length; i++)
            outcomes[i] = Settle(session, settlements[i]);
        spreading.WorkOff();
        return outcomes;
    }

    private SettleOutcome Settle(SessionEntry session, in Settlement settlement)
    {
        if (settlement.Token.Session != session.Info.Id || books.Queues.Find(settlement.Job.Queue) is not { } queue)
            return SettleOutcome.Lost;
        if (settlement.Kind == SettlementKind.Complete && TryComplete(queue, session, settlement))
            return SettleOutcome.Applied;
        if (books.Jobs.Find(settlement.Handle) is not { } job || !job.IsClaimedBy(session, settlement.Token))
            return SettleOutcome.Lost;

        if (job.IsCompleting)
        {
            if (settlement.Kind == SettlementKind.Complete && !settlement.Data.IsEmpty)
                books.Jobs.SetBytes(job, JobPart.Result, settlement.Data);
            finishing.Finish(job, JobState.Completed);
            return SettleOutcome.Applied;
        }

        if (job.CancelRequested)
        {
            Cancel(job, settlement);
            return SettleOutcome.Cancelled;
        }

        Apply(job, settlement);
        if (!job.State.IsFinal())
            books.Telling.Tell(EventRules.KindOf(settlement.Kind), job, settlement.Data);
        return SettleOutcome.Applied;
    }

    // What the claim told of the job is a hint only: the statements look for themselves.
    private bool TryComplete(QueueEntry queue, SessionEntry session, in Settlement settlement) => (settlement.Flags & JobFlags.Key) == 0
        ? finishing.TryCompletePlain(queue, session, settlement)
        : finishing.TryCompleteKeyed(queue, session, settlement);

    private void Cancel(JobRow job, in Settlement settlement)
    {
        if (settlement.Kind is SettlementKind.HandBack or SettlementKind.Park or SettlementKind.HoldQueue or SettlementKind.HoldKey)
            job.Attempt--;
        else
            RecordError(job, AttemptOutcome.Cancelled, settlement.Kind == SettlementKind.Complete ? default : settlement.Data);
        finishing.Finish(job, JobState.Cancelled);
    }

    private void Apply(JobRow job, in Settlement settlement)
    {
        switch (settlement.Kind)
        {
            case SettlementKind.Complete:
                books.Jobs.SetBytes(job, JobPart.Result, settlement.Data);
                finishing.Finish(job, JobState.Completed);
                break;

            case SettlementKind.Fail:
                RecordError(job, AttemptOutcome.Failed, settlement.Data);
                finishing.Finish(job, JobState.Failed, settlement.Data);
                break;

            case SettlementKind.Retry:
                RecordError(job, AttemptOutcome.Retried, settlement.Data);
                RunAgain(job, settlement.Delay);
                break;

            case SettlementKind.PutBack:
                RecordError(job, AttemptOutcome.PutBack, settlement.Data);
                job.Attempt--;
                RunAgain(job, settlement.Delay);
                break;

            case SettlementKind.HandBack when settlement.Delay > TimeSpan.Zero:
                job.Attempt--;
                RunAgain(job, settlement.Delay);
                break;

            case SettlementKind.Park:
                job.Attempt--;
                ReturnPermit(job);
                books.Jobs.Enter(job, JobState.Waiting, isParked: true);
                break;

            case SettlementKind.HoldQueue:
            case SettlementKind.HoldKey:
                job.Attempt--;
                HoldBack(job, settlement);
                books.Jobs.Enter(job, JobState.Waiting);
                break;

            default:
                job.Attempt--;
                books.Jobs.Enter(job, JobState.Waiting);
                break;
        }
    }

    private void ReturnPermit(JobRow job)
    {
        if (job.Queue.Window is { } window)
        {
            window.Return();
            books.Queues.TouchLimits(job.Queue);
        }

        if (job.Key is { } key)
            books.Keys.ReturnPermit(job.Queue, key);
    }

    private void HoldBack(JobRow job, in Settlement settlement)
    {
        long until = Ticks.Add(books.Now, settlement.Delay);
        if (settlement.Kind == SettlementKind.HoldKey && job.Key is { } key)
        {
            books.Keys.Hold(job.Queue, key, until, mayBeSooner: false);
        }
        else
        {
            job.Queue.HeldUntil = Math.Max(job.Queue.HeldUntil, until);
            books.Queues.TouchLimits(job.Queue);
        }
    }

    private void RecordError(JobRow job, AttemptOutcome outcome, ReadOnlyMemory<byte> error)
    {
        books.Jobs.AddAttempt(job, outcome, error);
        if (!error.IsEmpty)
            books.Jobs.SetBytes(job, JobPart.Error, error);
    }

    private void RunAgain(JobRow job, TimeSpan delay)
    {
        if (delay > TimeSpan.Zero)
        {
            job.Due = Ticks.Add(books.Now, delay);
            books.Jobs.Enter(job, JobState.Delayed);
        }
        else
        {
            books.Jobs.EnterBehind(job);
        }
    }
}
