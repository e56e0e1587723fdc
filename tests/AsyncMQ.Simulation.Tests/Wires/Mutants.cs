using AsyncMQ.Simulation.Machine;
using AsyncMQ.Simulation.Witnessing;

namespace AsyncMQ.Simulation.Wires;

/// <summary>The store neither refuses the steps of the dead nor compares tokens: what they settle counts for whatever claim is current.</summary>
internal sealed class NoFencing : Mutant
{
    // Lanes that nobody else has.
    private const int FirstLane = 1_000;
    private long steps;

    public override ExchangeStep Exchange(SimulatedProcess process, ExchangeStep step, Witness witness)
    {
        Settlement[] usurping = [.. step.Settlements.Select(settlement => settlement with { Token = witness.Find(settlement.Job)?.Claim ?? settlement.Token })];
        int first = Array.FindIndex(usurping, settlement => settlement.Token.Session != step.Step.Session);
        return first < 0 || !witness.IsOver(step.Step.Session)
            ? step
            : step with { Claims = [], Step = new(usurping[first].Token.Session, FirstLane + process.Number, ++steps), Settlements = usurping };
    }
}

/// <summary>A worker that drains forgets to hand back what it holds, and to close its session.</summary>
internal sealed class NoHandBack : Mutant
{
    public override bool LosesClose => true;

    public override ExchangeStep Exchange(SimulatedProcess process, ExchangeStep step, Witness witness) => step with
    {
        Settlements = [.. step.Settlements.Where(settlement => !IsForgotten(process, settlement))],
    };

    public override ExchangeReply Exchanged(SimulatedProcess process, ExchangeStep step, ExchangeReply reply)
    {
        var done = new Queue<SettleOutcome>(reply.Settled);
        return reply with { Settled = [.. step.Settlements.Select(settlement => IsForgotten(process, settlement) ? SettleOutcome.Applied : done.Dequeue())] };
    }

    private static bool IsForgotten(SimulatedProcess process, Settlement settlement) => process.IsStopping && settlement.Kind == SettlementKind.HandBack;
}

/// <summary>A lease keeper that failed once believes ever after that it is renewing.</summary>
internal sealed class KeeperGivesUp : Mutant
{
    private readonly HashSet<SimulatedProcess> given = [];

    public override void RenewFailed(SimulatedProcess process) => given.Add(process);

    public override RenewReply? Renew(SimulatedProcess process, RenewStep step) =>
        given.Contains(process) ? new(Alive: true, step.ClaimsHeld, []) : null;
}

/// <summary>News of work are lost, and nobody polls.</summary>
internal sealed class LostWakeUps : Mutant
{
    public override bool HasNoPoll => true;

    public override bool Swallows(StoreSignal signal) => signal.Kind == StoreSignalKind.Work;
}

/// <summary>One completion of fifty is told as done, and is not.</summary>
internal sealed class LostCompletions : Mutant
{
    private int completions;

    public override ExchangeStep Exchange(SimulatedProcess process, ExchangeStep step, Witness witness) => step with
    {
        Settlements = [.. step.Settlements.Select(settlement =>
            settlement.Kind == SettlementKind.Complete && ++completions % 50 == 0 ? settlement with { Token = default } : settlement)],
    };

    public override ExchangeReply Exchanged(SimulatedProcess process, ExchangeStep step, ExchangeReply reply) => reply with
    {
        Settled = [.. reply.Settled.Select(outcome => outcome == SettleOutcome.Lost ? SettleOutcome.Applied : outcome)],
    };
}

/// <summary>Running jobs are not told that they are to stop.</summary>
internal sealed class NoCancellations : Mutant
{
    public override RenewReply Renewed(RenewReply reply) => reply with { Cancellations = [] };
}

/// <summary>Nobody takes back the claims of the dead.</summary>
internal sealed class NoRecovery : Mutant
{
    public override bool NeverRecovers => true;
}

/// <summary>Queues are paused in words only.</summary>
internal sealed class NoPause : Mutant
{
    public override bool Ignores(QueueCommand command) => command is QueueCommand.Pause;
}

/// <summary>The store holds sessions to a tenth of their lease, less than the time between two renewals.</summary>
internal sealed class ShortLease : Mutant
{
    public override SessionInfo Open(SessionInfo session) => session with { Lease = session.Lease / 10 };
}

/// <summary>The store forgets deduplication ids.</summary>
internal sealed class NoDeduplication : Mutant
{
    public override AddStep Add(AddStep step, Witness witness) => Rewrite(step, job => job with { Deduplication = null });

    public static AddStep Rewrite(AddStep step, Func<NewJob, NewJob> rewrite) =>
        step with { Groups = [.. step.Groups.Select(group => group with { Jobs = [.. group.Jobs.Select(rewrite)] })] };
}

/// <summary>The store forgets delays.</summary>
internal sealed class NoDelay : Mutant
{
    public override AddStep Add(AddStep step, Witness witness) => NoDeduplication.Rewrite(step, job => job with { Delay = TimeSpan.Zero });
}

/// <summary>One add of a hundred is acknowledged and never stored.</summary>
internal sealed class LostAdds : Mutant
{
    private int adds;

    public override AddReply? Pretend(AddStep step) => ++adds % 100 == 0
        ? new([.. step.Groups.Select(group => new GroupReply(null, [.. group.Jobs.Select(job => new AddedJob(AddOutcome.Created, job.Ref.Id))]))])
        : null;
}

/// <summary>The store keeps no replies: a step that is sent again is done again.</summary>
internal sealed class NoKeptReplies : Mutant
{
    private const int MostRepeats = 1_000;
    private int repeats;

    public override ExchangeStep Exchange(SimulatedProcess process, ExchangeStep step, Witness witness) => step with
    {
        Step = step.Step with { Sequence = (step.Step.Sequence * MostRepeats) + (++repeats % MostRepeats) },
    };
}

/// <summary>The store gives a priority of its own to one job of ten.</summary>
internal sealed class NoOrder : Mutant
{
    private int jobs;

    public override AddStep Add(AddStep step, Witness witness) => NoDeduplication.Rewrite(step, job => ++jobs % 10 == 0 ? job with { Priority = 0 } : job);
}
