using System.Runtime.CompilerServices;
using AsyncMQ.Testing.Clock;
using AsyncMQ.Workers;

namespace AsyncMQ.Testing.Running;

/// <summary>The timers of slots: which of them have an attempt that will be timed out.</summary>
internal sealed class Timeouts
{
    private readonly ConditionalWeakTable<Slot, ClockTimer> timers = [];

    public void Note(Slot slot, ClockTimer timer) => timers.AddOrUpdate(slot, timer);

    /// <summary>True when the attempt that the run stands for has a timeout to come.</summary>
    public bool IsTimed(JobRun run)
    {
        foreach ((Slot slot, ClockTimer timer) in timers)
        {
            if (slot.Current == run)
                return timer.Entry != 0;
        }

        return false;
    }
}
