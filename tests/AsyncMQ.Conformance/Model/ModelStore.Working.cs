namespace AsyncMQ.Conformance.Model;

/// <content>What workers do: exchange, report, recover.</content>
internal sealed partial class ModelStore
{
    public (SettleOutcome[] Settled, ModelJob[] Claimed) Exchange(ExchangeStep step)
    {
        SettleOutcome[] settled = [.. step.Settlements.Select(Settle)];
        WorkOff();
        string[] asked = [.. step.Claims.Select(claim => claim.Queue).Distinct().Where(Queues.ContainsKey)];
        foreach (ModelJob job in asked.SelectMany(queue => InOrderOfExpiry(Queues[queue].Jobs.Values)))
            ExpireIfOver(job);
        foreach (string queue in asked)
        {
            foreach (ModelJob due in Queues[queue].Jobs.Values.Where(job => job.State == JobState.Delayed && job.DueAt <= Now)
                .OrderBy(job => job.DueAt).ThenBy(job => job.Number).ToArray())
                ToWaiting(due, SequenceOf(due));
            OpenDue(Queues[queue]);
        }

        return (settled, [.. Claim(step)]);
    }

    private List<ModelJob> Claim(ExchangeStep step)
    {
        ModelSession session = Sessions[step.Step.Session];
        List<ModelJob> claimed = [];
        if (session.IsQuiet)
            return claimed;
        foreach (QueueClaim claim in step.Claims)
        {
            if (!Queues.TryGetValue(claim.Queue, out ModelQueue? queue) || !GivesWork(queue))
                continue;

            for (int taken = 0; taken < claim.Max && GivesWork(queue) && claimed.Count < step.Slots + step.Prefetch;)
            {
                if (NextFor(queue, session) is not { } next)
                    break;
                if (claimed.Count >= step.Slots && !MayBeClaimedAhead(queue, next))
                    break;

                taken++;
                claimed.Add(next);
                (next.State, next.IsParked, next.ClaimedAt) = (JobState.Active, false, Now);
                next.Token = new(step.Step.Session, step.Step.Lane, step.Step.Sequence);
                next.Attempt++;
                CountClaim(queue, next);
            }
        }

        return claimed;
    }

    public bool IsPaused(ModelQueue queue) => queue.PausedUntil > Now;

    private static ModelJob[] InOrderOfExpiry(IEnumerable<ModelJob> jobs) => [.. jobs.OrderBy(job => job.ExpiresAt).ThenBy(job => job.Number)];

    private bool ExpireIfOver(ModelJob job)
    {
        if (job.State is not (JobState.Waiting or JobState.Delayed) || !(job.ExpiresAt <= Now))
            return false;
        Finish(job, JobState.Expired);
        return true;
    }

    private SettleOutcome Settle(Settlement settlement)
    {
        if (Find(settlement.Job) is not { } job || job.Token != settlement.Token)
            return SettleOutcome.Lost;
        if (job.CancelRequested)
        {
            Finish(job, JobState.Cancelled);
            return SettleOutcome.Cancelled;
        }

        string data = settlement.Data.Text();
        if (settlement.Kind is SettlementKind.Fail or SettlementKind.Retry or SettlementKind.PutBack && data.Length > 0)
            job.Error = data;
        if (settlement.Kind is SettlementKind.PutBack or SettlementKind.HandBack or SettlementKind.Park or SettlementKind.HoldQueue or SettlementKind.HoldKey)
            job.Attempt--;
        switch (settlement.Kind)
        {
            case SettlementKind.Complete:
                job.Result = data;
                Finish(job, JobState.Completed);
                break;
            case SettlementKind.Fail:
                Finish(job, JobState.Failed);
                break;
            case SettlementKind.Retry or SettlementKind.PutBack:
                ToWaitingOrDelayed(job, Now + settlement.Delay);
                break;
            case SettlementKind.HandBack when settlement.Delay > TimeSpan.Zero:
                ToWaitingOrDelayed(job, Now + settlement.Delay);
                break;
            case SettlementKind.HandBack:
                ToWaiting(job, job.Sequence);
                break;
            case SettlementKind.Park:
                ReturnPermits(job);
                ToWaiting(job, job.Sequence, isParked: true);
                break;
            case SettlementKind.HoldQueue or SettlementKind.HoldKey:
                HoldOff(job, settlement);
                ToWaiting(job, job.Sequence);
                break;
        }

        return SettleOutcome.Applied;
    }

    public SettleOutcome Report(JobReport report)
    {
        if (Find(report.Job) is not { } job || job.Token != report.Token)
            return SettleOutcome.Lost;
        job.Progress = report.Progress?.Text() ?? job.Progress;
        job.Lines += report.Lines.Count;
        return SettleOutcome.Applied;
    }

    /// <summary>One recovery; the random test sees to it that somebody always renews, so that it is never forbidden.</summary>
    /// <param name="step">The step.</param>
    /// <param name="order">In which order the store took them back: it is free among sessions, and among jobs claimed at the same moment.</param>
    public (string[] Dead, RecoveredJob[] Jobs) Recover(RecoverStep step, IEnumerable<JobRef> order)
    {
        List<JobRef> places = [.. order];
        ModelSession[] dead = [.. Sessions.Values.Where(session => session.LeaseUntil <= Now)];
        List<RecoveredJob> recovered = [];
        foreach (ModelJob job in dead.SelectMany(session => HeldBy(session.Info.Id)).OrderBy(job => places.IndexOf(job.Ref)))
        {
            job.Attempt--;
            job.Stalls++;
            if (job.CancelRequested)
            {
                Finish(job, JobState.Cancelled);
            }
            else if (job.Stalls > step.MaxStalls)
            {
                job.Error = step.StallError.Text();
                Finish(job, JobState.Failed);
            }
            else
            {
                ToWaiting(job, job.Sequence);
            }

            recovered.Add(new(job.Ref, job.State, job.Stalls));
        }

        foreach (ModelSession session in dead)
            Sessions.Remove(session.Info.Id);
        WorkOff();
        return ([.. dead.Select(session => session.Info.Name)], [.. recovered]);
    }
}
