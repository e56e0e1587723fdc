using AsyncMQ.Diagnostics;
using AsyncMQ.Storage;
using Microsoft.Extensions.Logging;

namespace AsyncMQ.Workers;

/// <summary>
/// Schedules that are due and cannot be fired by this process: damaged, of a later version, of a time zone unknown here. They stay in the store as they are,
/// for whoever knows them; here each is told once and passed over, until it is changed.
/// </summary>
internal sealed class UnusableSchedules(ILogger logger)
{
    private readonly Dictionary<(string Queue, string Id), long> revisions = [];

    public int Count => revisions.Count;

    public bool Contains(ScheduleRecord schedule) => revisions.TryGetValue((schedule.Queue, schedule.Id), out long revision) && revision == schedule.Revision;

    public void Add(string queue, string id, long revision, string error)
    {
        revisions[(queue, id)] = revision;
        Log.RepeatableUnusable(logger, id, queue, error);
    }

    /// <summary>Forgets those that are not due any more: removed, paused, or changed.</summary>
    public void KeepOnly(IReadOnlyList<ScheduleRecord> due)
    {
        if (revisions.Count == 0)
            return;

        HashSet<(string, string)> listed = [.. due.Select(static schedule => (schedule.Queue, schedule.Id))];
        foreach ((string, string) gone in revisions.Keys.Where(key => !listed.Contains(key)).ToArray())
            revisions.Remove(gone);
    }
}
