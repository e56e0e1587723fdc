using AsyncMQ.Seams;

namespace AsyncMQ.Simulation.Machine;

/// <summary>A thread that calls the same thing again and again.</summary>
internal sealed class SimulatedBeat(Agenda agenda, SimulatedProcess process, TimeSpan interval, Action beat) : IBeat
{
    private long turn;
    private bool isDisposed;

    public void Now() => Post(TimeSpan.Zero);

    public void Dispose() => isDisposed = true;

    private void Post(TimeSpan after)
    {
        long number = ++turn; // a later word takes the place of an earlier one
        agenda.Post(process, ErrandKind.Beat, after, () => Beat(number));
    }

    private void Beat(long number)
    {
        if (isDisposed || number != turn)
            return;
        beat();
        if (number == turn)
            Post(interval);
    }
}
