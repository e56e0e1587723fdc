using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Linking;

/// <summary>
/// Whether a job has dependents that have not ended, for whom retention spares it. Nothing is counted for this: an edge costs nothing more. Instead a look
/// goes on where the last one found a dependent that had not ended, so that all looks together go through them about twice.
/// </summary>
internal sealed class LateDependents(Books books)
{
    private const int MostRemembered = 10_000;

    private readonly Statement dependents = books.Database.Prepare("link/dependents");
    private readonly Dictionary<long, long> late = [];

    public bool Any(long dependency)
    {
        if (late.TryGetValue(dependency, out long last) && Look(dependency, last))
            return true;

        // One that a look passed by may have been retried since.
        return Look(dependency, long.MaxValue);
    }

    /// <summary>Looks for one that has not ended, latest first.</summary>
    private bool Look(long dependency, long from)
    {
        late.Remove(dependency);
        dependents.Start().Bind(dependency).Bind(from);
        while (dependents.Step())
        {
            if (dependents.IsNull(1) || ((JobState)dependents.Int(1)).IsFinal())
                continue;

            Remember(dependency, dependents.Long(0));
            dependents.Reset();
            return true;
        }

        return false;
    }

    private void Remember(long dependency, long dependent)
    {
        if (late.Count > MostRemembered)
            late.Clear();
        late[dependency] = dependent;
    }
}
