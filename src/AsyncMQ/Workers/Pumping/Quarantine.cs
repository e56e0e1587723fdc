using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>
/// The one job in hand that has lost its worker so often that one more time, or two, would fail it. It may kill its process, and whoever is claimed beside
/// it would be counted a stall as well. So a worker holds one such job at a time (others go back for a while) and starts it only when everything that
/// ended before it is settled: the guilty one runs out of stalls, its neighbours do not.
/// </summary>
internal sealed class Quarantine
{
    /// <summary>How long others go back for while one is in hand, at most.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromSeconds(2);

    private ClaimedJob? job;
    private bool runs;

    /// <summary>True when a job is in hand, waiting or running.</summary>
    public bool IsTaken => job is not null;

    /// <summary>The job that waits to start; until it does nothing else should, so that what has ended can be settled first. Null: none.</summary>
    public ClaimedJob? Next => runs ? null : job;

    /// <summary>Whether a job with so many stalls is to be run by itself: its last two chances; with a limit of 1, the last.</summary>
    public static bool Takes(int stalls, int maxStalls) => stalls > 0 && stalls >= maxStalls - 1;

    public void Take(ClaimedJob suspect) => job = suspect;

    /// <summary>The job in hand runs from now on.</summary>
    public ClaimedJob Start()
    {
        runs = true;
        return job!;
    }

    /// <summary>A run has ended.</summary>
    public void End(ClaimedJob ended)
    {
        if (ended == job)
            (job, runs) = (null, false);
    }

    /// <summary>Gives up the one that waits to start; null: none.</summary>
    public ClaimedJob? GiveUp()
    {
        ClaimedJob? waiting = Next;
        if (waiting is not null)
            job = null;
        return waiting;
    }
}
