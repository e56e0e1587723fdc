using AsyncMQ.Faults.Kit;

namespace AsyncMQ.FaultWorker;

/// <summary>Kills its own process, as <c>kill -9</c> does, when a step of its work is reached for the so-manieth time.</summary>
/// <param name="step">At which step; 0: it lives.</param>
/// <param name="times">The so-manieth time.</param>
internal sealed class Deaths(int step, int times)
{
    private int left = times;

    public void Reach(int reached)
    {
        if (reached == step && Interlocked.Decrement(ref left) == 0)
            UnixCalls.Signal(Environment.ProcessId, UnixCalls.SigKill);
    }
}
