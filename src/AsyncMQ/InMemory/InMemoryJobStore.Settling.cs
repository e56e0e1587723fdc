using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>What a worker says of its claims: settlements and reports, both fenced by the claim's token.</content>
internal sealed partial class InMemoryJobStore
{
    private SettleOutcome[] Settle(IReadOnlyList<Settlement> settlements, StoredSession session)
    {
        if (settlements.Count == 0)
            return [];
        var outcomes = new SettleOutcome[settlements.Count];
        for (int i = 0; i < outcomes.Length; i++)
            outcomes[i] = Settle(settlements[i], session);
        return outcomes;
    }

    private SettleOutcome Settle(in Settlement settlement, StoredSession session)
    {
        if (FindClaimed(session, settlement.Job, settlement.Handle, settlement.Token) is not { } entry)
            return SettleOutcome.Lost;
        if (entry.CancelRequested)
        {
            FinishCancelled(entry, settlement);
            return SettleOutcome.Cancelled;
        }

        switch (settlement.Kind)
        {
            case SettlementKind.Complete:
                if (!settlement.Data.IsEmpty)
                    entry.NeedExtras().Result = settlement.Data;
                Finish(entry, JobState.Completed);
                break;

            case SettlementKind.Fail:
                RecordError(entry, AttemptOutcome.Failed, settlement.Data);
                Finish(entry, JobState.Failed, settlement.Data);
                break;

            case SettlementKind.Retry:
                RecordError(entry, AttemptOutcome.Retried, settlement.Data);
                RunAgain(entry, settlement.Delay);
                break;

            case SettlementKind.PutBack:
                RecordError(entry, AttemptOutcome.PutBack, settlement.Data);
                entry.Attempt--;
                RunAgain(entry, settlement.Delay);
                break;

            case SettlementKind.HandBack:
                entry.Attempt--;
                if (settlement.Delay > TimeSpan.Zero)
                    RunAgain(entry, settlement.Delay);
                else
                    ReturnToWaiting(entry);
                break;

            case SettlementKind.Park:
                entry.Attempt--;
                entry.Queue.ReturnPermit(entry);
                MoveToParked(entry);
                break;

            case SettlementKind.HoldQueue:
            case SettlementKind.HoldKey:
                entry.Attempt--;
                HoldBack(entry, settlement);
                ReturnToWaiting(entry);
                break;
        }

        if (!entry.State.IsFinal())
            Tell(EventRules.KindOf(settlement.Kind), entry, settlement.Data);
        return SettleOutcome.Applied;
    }

    /// <summary>A job that was asked to stop has come back: it is cancelled, whatever the settlement says.</summary>
    private void FinishCancelled(JobEntry entry, in Settlement settlement)
    {
        if (settlement.Kind is SettlementKind.HandBack or SettlementKind.Park or SettlementKind.HoldQueue or SettlementKind.HoldKey)
            entry.Attempt--;
        else
            RecordError(entry, AttemptOutcome.Cancelled, settlement.Kind == SettlementKind.Complete ? default : settlement.Data);
        Finish(entry, JobState.Cancelled);
    }

    private void HoldBack(JobEntry entry, in Settlement settlement)
    {
        long until = now + settlement.Delay.Ticks;
        if (settlement.Kind == SettlementKind.HoldKey && entry.Spot is { } spot)
            entry.Queue.Keys.HoldBack(spot.Key, until, now);
        else
            entry.Queue.HeldUntil = Math.Max(entry.Queue.HeldUntil, until);
    }

    private void RecordError(JobEntry entry, AttemptOutcome outcome, ReadOnlyMemory<byte> error)
    {
        RecordAttempt(entry, outcome, error);
        if (!error.IsEmpty)
            entry.Extras!.Error = error;
    }

    private void RunAgain(JobEntry entry, TimeSpan delay)
    {
        if (delay > TimeSpan.Zero)
            MoveToDelayed(entry, now + delay.Ticks);
        else
            MoveToWaiting(entry);
    }

    private ReportReply Report(ReportStep step)
    {
        StoredSession session = Use(step.Step.Session);
        var outcomes = new SettleOutcome[step.Reports.Count];
        for (int i = 0; i < outcomes.Length; i++)
            outcomes[i] = Report(step.Reports[i], session);
        return new(outcomes);
    }

    private SettleOutcome Report(JobReport report, StoredSession session)
    {
        if (FindClaimed(session, report.Job, report.Handle, report.Token) is not { } entry)
            return SettleOutcome.Lost;

        if (report.Progress is { } progress)
            entry.NeedExtras().Progress = progress;
        foreach (string line in report.Lines)
            entry.NeedExtras().Append(new(ToTime(now), entry.Attempt, line));
        TellReported(entry, report);
        return SettleOutcome.Applied;
    }

    private static JobEntry? FindClaimed(StoredSession session, JobRef job, long handle, in ClaimToken token) =>
        session.Claims.Find(handle) is { } entry && entry.IsHeldUnder(token) && entry.Ref == job ? entry : null;
}
