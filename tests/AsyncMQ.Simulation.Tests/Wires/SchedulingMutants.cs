using AsyncMQ.Simulation.Witnessing;

namespace AsyncMQ.Simulation.Wires;

/// <summary>The store does not compare: a tick takes effect whatever the schedule is by then, a second time too.</summary>
internal sealed class NoCompareAndSet : Mutant
{
    public override TickStep Tick(TickStep step, Witness witness) => step with { Ticks = [.. step.Ticks.Select(tick => Renew(tick, witness))] };

    private static ScheduleTick Renew(ScheduleTick tick, Witness witness) =>
        witness.FindSchedule(tick.Queue, tick.Id) is { } life ? tick with { Expected = life.Revision } : tick;
}

/// <summary>One tick of twenty is told as done, and is not.</summary>
internal sealed class LostTicks : Mutant
{
    private int ticks;

    public override TickReply? Pretend(TickStep step) => ++ticks % 20 == 0 ? new([.. step.Ticks.Select(_ => ScheduleOutcome.Done)]) : null;
}

/// <summary>Schedules are paused in words only.</summary>
internal sealed class NoSchedulePause : Mutant
{
    public override ScheduleReply? Pretend(ChangeScheduleStep step, Func<ScheduleRecord?> find) =>
        step.Command is ScheduleCommand.Pause && find() is { } there ? new(ScheduleOutcome.Done, there with { IsPaused = true }) : null;
}

/// <summary>A schedule fires though its last job has not ended.</summary>
internal sealed class NoOverlapCheck : Mutant
{
    public override TickStep Tick(TickStep step, Witness witness) => step with { Ticks = [.. step.Ticks.Select(tick => tick with { SkipWhileUnended = false })] };
}

/// <summary>News of schedules are lost, and the housekeeping does not say when the next one is due.</summary>
internal sealed class NoSafetyNet : Mutant
{
    public override bool Swallows(StoreSignal signal) => signal.Kind == StoreSignalKind.Schedules;

    public override MaintainReply Maintained(MaintainReply reply) => reply with { NextSchedule = null };
}
