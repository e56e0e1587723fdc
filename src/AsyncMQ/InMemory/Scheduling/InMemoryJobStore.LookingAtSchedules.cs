using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Looks at schedules.</content>
internal sealed partial class InMemoryJobStore
{
    public ValueTask<ScheduleRecord?> FindScheduleAsync(string queue, string id, CancellationToken cancellationToken) =>
        Run((queue, id), static (store, ask) => store.FindSchedule(ask.queue, ask.id)?.ToRecord(), cancellationToken);

    public ValueTask<IReadOnlyList<ScheduleRecord>> SchedulesAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        Run((queue, after, take), static (store, ask) => store.ListSchedules(ask.queue, ask.after, ask.take), cancellationToken);

    public ValueTask<DueSchedules> DueAsync(int limit, CancellationToken cancellationToken) =>
        Run(limit, static (store, limit) => store.FindDue(limit), cancellationToken);

    public ValueTask<IReadOnlyList<OccurrenceRecord>> OccurrencesAsync(string queue, string id, int take, CancellationToken cancellationToken) =>
        Run((queue, id, take), static (store, ask) => store.ListOccurrences(ask.queue, ask.id, ask.take), cancellationToken);

    private IReadOnlyList<ScheduleRecord> ListSchedules(string name, string? after, int take)
    {
        if (!queues.TryGetValue(name, out StoredQueue? queue))
            return [];

        return [.. queue.Schedules.Values
            .Where(schedule => after is null || string.CompareOrdinal(schedule.Id, after) > 0)
            .OrderBy(static schedule => schedule.Id, StringComparer.Ordinal)
            .Take(take)
            .Select(static schedule => schedule.ToRecord())];
    }

    private DueSchedules FindDue(int limit)
    {
        var due = new List<ScheduleRecord>();
        foreach (StoredSchedule schedule in schedules)
        {
            if (schedule.Next > now || due.Count == limit)
                return new(due, Until(schedule), ToTime(now));
            due.Add(schedule.ToRecord());
        }

        return new(due, null, ToTime(now));
    }

    /// <summary>How long until the next schedule is due; null: none is to come.</summary>
    private TimeSpan? NextSchedule() => schedules.Min is { } next ? Until(next) : null;

    private TimeSpan Until(StoredSchedule schedule) => new(Math.Max(0, schedule.Next - now));

    private IReadOnlyList<OccurrenceRecord> ListOccurrences(string queue, string id, int take) =>
        FindSchedule(queue, id) is { } schedule ? [.. schedule.History.Reverse().Take(take)] : [];
}
