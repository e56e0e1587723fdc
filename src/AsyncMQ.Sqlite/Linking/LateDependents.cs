using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Linking;

/// <summary>
/// Whether a job has dependents that have not ended, for whom retention spares it. Nothing is counted for this: an edge costs nothing more. Instead a look
/// begins where the last one stopped, at a dependent that had not ended then.
/// </summary>
internal sealed class LateDependents(Books books)
{
    /// <summary>How many dependents of one job a look goes through; what it did not get to counts as not ended.</summary>
    private const int MostLookedAt = 1_000;
    private const int MostRemembered = 10_000;

    private readonly Statement dependents = books.Database.Prepare("link/dependents");
    private readonly Dictionary<long, long> stopped = [];

    public bool Any(long dependency)
    {
        bool isWhole = !stopped.TryGetValue(dependency, out long from);
        if (Look(dependency, isWhole ? long.MaxValue : from) is { } late)
        {
            Remember(dependency, late);
            return true;
        }

        // One that a look passed by may have been retried since: none is left only when a look went through all of them.
        stopped.Remove(dependency);
        return !isWhole && Any(dependency);
    }

    /// <summary>The first that has not ended, latest first, or the last one looked at; null: all of them have.</summary>
    private long? Look(long dependency, long from)
    {
        dependents.Start().Bind(dependency).Bind(from).Bind(MostLookedAt);
        long last = 0;
        for (int seen = 1; dependents.Step(); seen++)
        {
            last = dependents.Long(0);
            bool hasEnded = dependents.IsNull(1) || ((JobState)dependents.Int(1)).IsFinal();
            if (hasEnded && seen < MostLookedAt)
                continue;

            dependents.Reset();
            return last;
        }

        return null;
    }

    private void Remember(long dependency, long late)
    {
        if (stopped.Count > MostRemembered)
            stopped.Clear();
        stopped[dependency] = late;
    }
}
