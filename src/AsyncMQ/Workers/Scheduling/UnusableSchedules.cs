using AsyncMQ.Diagnostics;
using AsyncMQ.Storage;
using Microsoft.Extensions.Logging;

namespace AsyncMQ.Workers;

/// <summary>
/// Schedules that are due and cannot be fired by this process: damaged, of a later version, of a time zone unknown here, or failed by the store. They stay
/// in the store as they are, for whoever can fire them; here each is told once and passed over, until it is changed or the time is over.
/// </summary>
internal sealed class UnusableSchedules(ILogger logger, TimeProvider time)
{
    private readonly Dictionary<(string Queue, string Id), (long Revision, DateTimeOffset Until)> all = [];

    public int Count => all.Count;

    /// <summary>How long until one of them may be tried again; null: none is to be.</summary>
    public TimeSpan? Wait
    {
        get
        {
            DateTimeOffset next = all.Values.Select(static one => one.Until).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
            return next < DateTimeOffset.MaxValue ? next - time.GetUtcNow() : null;
        }
    }

    public bool Contains(ScheduleRecord schedule) =>
        all.TryGetValue((schedule.Queue, schedule.Id), out (long Revision, DateTimeOffset Until) one) && one.Revision == schedule.Revision && time.GetUtcNow() < one.Until;

    /// <param name="queue">Its queue.</param>
    /// <param name="id">Its id.</param>
    /// <param name="revision">Its revision; another one is another schedule.</param>
    /// <param name="error">Why.</param>
    /// <param name="aside">For how long; null: for good.</param>
    public void Add(string queue, string id, long revision, string error, TimeSpan? aside = null)
    {
        bool isKnown = all.TryGetValue((queue, id), out (long Revision, DateTimeOffset Until) before) && before.Revision == revision;
        all[(queue, id)] = (revision, aside is { } span ? time.GetUtcNow() + span : DateTimeOffset.MaxValue);
        if (!isKnown)
            Log.RepeatableUnusable(logger, id, queue, error);
    }

    /// <summary>Forgets those that are not due any more: removed, paused, changed, or fired after all.</summary>
    public void KeepOnly(IReadOnlyList<ScheduleRecord> due)
    {
        if (all.Count == 0)
            return;

        HashSet<(string, string)> listed = [.. due.Select(static schedule => (schedule.Queue, schedule.Id))];
        foreach ((string, string) gone in all.Keys.Where(key => !listed.Contains(key)).ToArray())
            all.Remove(gone);
    }
}
