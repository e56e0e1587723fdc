namespace AsyncMQ.Workers;

/// <summary>How a worker is quiet: it asks for nothing, hands back what has not started, lets run what runs, and says how that ended.</summary>
internal sealed partial class Pump
{
    private volatile bool quiet;

    // So is one that drains, but for good.
    private bool TakesNone => draining || quiet;

    /// <summary>Takes no more jobs until told otherwise.</summary>
    public void BeQuiet(bool value)
    {
        if (quiet == value)
            return;
        quiet = value;
        Volatile.Write(ref mayHaveWork, 1);
        signal.Set();
    }
}
