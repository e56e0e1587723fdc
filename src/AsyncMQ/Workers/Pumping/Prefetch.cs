namespace AsyncMQ.Workers;

/// <summary>
/// How many jobs to hold beyond the slots, so that handlers faster than a round trip are kept busy: by Little's law, slots × trip ÷ run. At most
/// sixteen times the slots, and not so many that the last one would wait 25 ms; none when it would gain less than a twentieth.
/// </summary>
internal sealed class Prefetch(int slots)
{
    // Of handlers that take no time, so that many share what a round trip costs whatever it carries. Four instead of sixteen made processing on PostgreSQL and
    // SQLite a third slower. Handlers of two milliseconds or more are bounded by the wait.
    private const int MostPerSlot = 16;
    private const double LongestWait = 0.025;
    private const double Weight = 0.2;

    private double trip;
    private double run;

    /// <summary>How many unstarted jobs to hold.</summary>
    public int Target { get; private set; }

    /// <summary>What a round trip took, and the runs that ended since the last one, in seconds.</summary>
    public void Learn(double tripSeconds, double runSeconds, int runs)
    {
        trip = Average(trip, tripSeconds);
        if (runs > 0)
            run = Average(run, runSeconds / runs);
        if (run <= 0)
            return;

        double gain = trip / run;
        double most = Math.Min(MostPerSlot, LongestWait / run);
        Target = gain < 0.05 ? 0 : (int)Math.Ceiling(slots * Math.Min(gain, most));
    }

    /// <summary>Fetched jobs had to go back unstarted: runs are longer than they were.</summary>
    public void Waste()
    {
        Target = 0;
        run = Math.Max(run, LongestWait);
    }

    private static double Average(double old, double latest) => old <= 0 ? latest : old + ((latest - old) * Weight);
}
