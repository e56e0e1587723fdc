using System.Text;
using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Inspecting;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Scheduling;

/// <summary>Reads whole schedules and their histories.</summary>
internal sealed class ScheduleReader(Database database)
{
    /// <summary>A schedule by name; null when there is none.</summary>
    public ScheduleRecord? Find(string queueName, string id) =>
        new QueueReader(database).Find(queueName) is { } queue ? Find(queue, id) : null;

    /// <summary>Schedules of a queue in ordinal order of id, behind one.</summary>
    public List<ScheduleRecord> Page(string queueName, string? after, int take)
    {
        if (new QueueReader(database).Find(queueName) is not { } queue)
            return [];

        List<string> ids = [];
        Statement rows = database.Prepare("schedules/ids").Start().Bind(queue.Id);
        while (rows.Step())
        {
            string id = rows.Text(0);
            if (after is null || string.CompareOrdinal(id, after) > 0)
                ids.Add(id);
        }

        // SQLite orders by UTF-8, which is not the ordinal order of .NET's UTF-16.
        ids.Sort(StringComparer.Ordinal);
        List<ScheduleRecord> page = [];
        for (int i = 0; i < ids.Count && page.Count < take; i++)
        {
            if (Find(queue, ids[i]) is { } schedule)
                page.Add(schedule);
        }

        return page;
    }

    /// <summary>Schedules whose time has come, longest due first.</summary>
    public DueSchedules Due(int limit, long now)
    {
        List<ScheduleRecord> due = [];
        TimeSpan? nextDue = null;
        Statement rows = database.Prepare("schedules/due").Start();
        while (rows.Step())
        {
            // One whose damaged id nobody could name would be due for ever.
            if (!CanBeNamed(rows, 0) || !CanBeNamed(rows, 9))
                continue;

            ScheduleRecord schedule = Read(rows, rows.Text(9));
            if (schedule.Next > Ticks.ToTime(now) || due.Count == limit)
            {
                nextDue = Until(schedule.Next!.Value, now);
                break;
            }

            due.Add(schedule);
        }

        rows.Reset();
        return new(due, nextDue, Ticks.ToTime(now));
    }

    /// <summary>The last occurrences of a schedule, latest first.</summary>
    public List<OccurrenceRecord> Occurrences(string queueName, string id, int take)
    {
        List<OccurrenceRecord> occurrences = [];
        if (new QueueReader(database).Find(queueName) is not { } queue)
            return occurrences;

        Statement rows = database.Prepare("schedules/occurrences").Start().Bind(queue.Id).Bind(id).Bind(take);
        while (rows.Step())
        {
            occurrences.Add(new(
                Ticks.ToTime(rows.Long(0)), Ticks.ToTime(rows.Long(1)), (OccurrenceOutcome)rows.Int(2), rows.OptionalText(3)));
        }

        return occurrences;
    }

    /// <summary>How long until a time; zero when it has come.</summary>
    public static TimeSpan Until(DateTimeOffset time, long now) => new(Math.Max(0, time.UtcTicks - now));

    private ScheduleRecord? Find(QueueEntry queue, string id)
    {
        Statement row = database.Prepare("schedules/record").Start().Bind(queue.Id).Bind(id);
        if (!row.Step())
            return null;
        ScheduleRecord schedule = Read(row, queue.Name);
        row.Reset();
        return schedule;
    }

    private static ScheduleRecord Read(Statement row, string queue) => new()
    {
        Queue = queue,
        Id = row.Text(0),
        Revision = row.Long(1),
        Next = Ticks.ToTime(row.OptionalLong(2)),
        IsPaused = row.Bool(3),
        Runs = row.Long(4),
        CreatedAt = Ticks.ToTime(row.Long(5)),
        LastFiredAt = Ticks.ToTime(row.OptionalLong(6)),
        LastJobId = row.OptionalText(7),
        Definition = row.Bytes(8),
    };

    private static bool CanBeNamed(Statement row, int column) => row.Span(column).SequenceEqual(Encoding.UTF8.GetBytes(row.Text(column)));
}
