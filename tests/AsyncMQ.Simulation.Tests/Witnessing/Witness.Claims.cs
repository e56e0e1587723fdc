using AsyncMQ.Simulation.Machine;

namespace AsyncMQ.Simulation.Witnessing;

/// <content>Claims and what is said of them.</content>
internal sealed partial class Witness
{
    public void Exchanged(SimulatedProcess process, ExchangeStep step, ExchangeReply reply)
    {
        if (IsRepeated(step.Step))
        {
            foreach (ClaimedJob claimed in reply.Claimed)
            {
                if (Find(claimed.Ref)?.Claim != claimed.Token)
                    Blame($"Invariant 2: {claimed.Ref} was given again under {Life.Words(claimed.Token)}, but the claim is {Life.Words(Find(claimed.Ref)?.Claim)}.");
            }

            return;
        }

        for (int i = 0; i < step.Settlements.Count; i++)
            Settled(process, step.Settlements[i], reply.Settled[i]);
        foreach (ClaimedJob claimed in reply.Claimed)
            Claimed(process, claimed);
    }

    public void Reported(ReportStep step, ReportReply reply)
    {
        if (IsRepeated(step.Step))
            return;
        for (int i = 0; i < step.Reports.Count; i++)
        {
            if (reply.Outcomes[i] == SettleOutcome.Applied && Find(step.Reports[i].Job)?.Claim != step.Reports[i].Token)
                Blame($"Invariant 2: a report under {Life.Words(step.Reports[i].Token)} was taken for {Find(step.Reports[i].Job)}.");
        }
    }

    private void Settled(SimulatedProcess process, Settlement settlement, SettleOutcome outcome)
    {
        Life? life = Find(settlement.Job);
        bool isCurrent = life?.Claim == settlement.Token;
        if (outcome == SettleOutcome.Lost)
        {
            if (isCurrent)
                Blame($"Invariant 2: {settlement.Kind} of {life} was refused, but its claim is current.");
            return;
        }

        // A job that ended for good under retention within the same step is gone already; nothing else may be.
        if (life is null || !isCurrent)
        {
            Blame($"Invariant 2: a stale {settlement.Kind} under {Life.Words(settlement.Token)} was {outcome} for {life?.ToString() ?? $"{settlement.Job}, which is gone"}.");
            return;
        }

        if (life.CancelRequested != (outcome == SettleOutcome.Cancelled))
            Blame($"Cancel: {settlement.Kind} of {life} was {outcome}, though a cancellation {(life.CancelRequested ? "was" : "was not")} asked for.");
        if (settlement.Kind == SettlementKind.HandBack && outcome == SettleOutcome.Applied)
            world.Ledger.HandedBack(process, life, settlement.Token);

        world.Say($"{process} settles {life.Ref} {settlement.Kind}: {outcome}");
        Release(life);
        if (settlement.Kind is SettlementKind.HandBack or SettlementKind.PutBack or SettlementKind.Park)
            life.Attempt--;
        life.DueAt = settlement.Kind is SettlementKind.Retry or SettlementKind.PutBack or SettlementKind.HandBack ? Now + settlement.Delay.Ticks : 0;
        JobState? end = outcome == SettleOutcome.Cancelled ? JobState.Cancelled : settlement.Kind switch
        {
            SettlementKind.Complete => JobState.Completed,
            SettlementKind.Fail => JobState.Failed,
            _ => null,
        };
        if (life.End != end && !(end is null && life.End == JobState.Expired))
            Blame($"Invariant 3: {settlement.Kind} of {life} was {outcome}, which should have made it {end?.ToString() ?? "run again"}.");
    }

    private void Claimed(SimulatedProcess process, ClaimedJob claimed)
    {
        if (LifeOf(claimed.Ref) is not { } life)
            return;

        Claims++;
        world.Say($"{process} claims {claimed.Ref} under {Life.Words(claimed.Token)}, attempt {claimed.Attempt}");
        if (life.Claim is not null)
            Blame($"Invariant 2: {process} was given {life} under {Life.Words(claimed.Token)}, but another claim is current.");
        if (life.End is not null)
            Blame($"Invariant 3: {process} was given {life}, which has ended.");
        if (pausedUntil.GetValueOrDefault(claimed.Ref.Queue) > Now)
            Blame($"Invariant 10: {process} was given {life} of a paused queue.");
        if (life.DueAt > Now)
            Blame($"Delay: {process} was given {life} {new TimeSpan(life.DueAt - Now)} too early.");
        if (life.ExpiresAt <= Now)
            Blame($"Time-to-live: {process} was given {life} {new TimeSpan(Now - life.ExpiresAt.Value)} too late.");
        if (claimed.Attempt != life.Attempt + 1 || claimed.Stalls != life.Stalls)
            Blame($"Attempts: {process} was given {life} as attempt {claimed.Attempt} with {claimed.Stalls} stalls.");

        RequireReleased(life);
        RequireFirst(life);

        Leave(life);
        life.Attempt = claimed.Attempt;
        life.Claim = claimed.Token;
        if (!sessions.TryGetValue(claimed.Token.Session, out SessionLife? session) || session.IsOver)
            Blame($"Invariant 2: {life} was given to a session that is not open.");
        else
            session.Claims.Add(life.Ref);
    }

    // Nobody holds the job any more.
    private void Release(Life life)
    {
        if (life.Claim is not { } claim)
            return;
        sessions.GetValueOrDefault(claim.Session)?.Claims.Remove(life.Ref);
        life.Claim = null;
        if (life.End is null)
            life.CancelRequested = false;
    }
}
