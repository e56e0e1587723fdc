namespace AsyncMQ.Workers;

/// <summary>
/// How many jobs to hold beyond the slots, so that handlers faster than a round trip are kept busy: by Little's law slots × trip ÷ run, and twice that, for
/// while those are run that a trip brought, the next is to bring as many. At most 32 times the slots, and not so many that the last one would wait 25 ms; none
/// when it would gain less than a twentieth.
/// </summary>
internal sealed class Prefetch(int slots)
{
    // Of handlers that take no time, so that many share what a round trip costs whatever it carries. Four instead of sixteen made processing on PostgreSQL and
    // SQLite a third slower, sixteen instead of 32 on Redis a twelfth. Handlers of a millisecond or more are bounded by the wait.
    private const int MostPerSlot = 32;
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
        Target = gain < 0.05 ? 0 : (int)Math.Ceiling(slots * Math.Min(2 * gain, most));
    }

    /// <summary>Fetched jobs had to go back unstarted: runs are longer than they were.</summary>
    public void Waste()
    {
        Target = 0;
        run = Math.Max(run, LongestWait);
    }

    private static double Average(double old, double latest) => old <= 0 ? latest : old + ((latest - old) * Weight);
}
