using System.Text;
using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Storage;
using Npgsql;

namespace AsyncMQ.Postgres.Scheduling;

/// <summary>Reads what the functions in <c>Sql/Functions/Scheduling</c> give.</summary>
internal static class ScheduleReader
{
    public static async ValueTask<ScheduleReply> ReadReplyAsync(NpgsqlDataReader reader)
    {
        await reader.ReadAsync().ConfigureAwait(false);
        byte[] reply = reader.GetFieldValue<byte[]>(0);
        return new((ScheduleOutcome)reply[0], ReadOptional(reader, 1), reply.Length > 1 ? Encoding.UTF8.GetString(reply.AsSpan(1)) : null);
    }

    public static TickReply UnpackTicks(byte[] outcomes) => new(Array.ConvertAll(outcomes, static outcome => (ScheduleOutcome)outcome));

    public static async ValueTask<ScheduleRecord?> ReadOneAsync(NpgsqlDataReader reader) =>
        await reader.ReadAsync().ConfigureAwait(false) ? Read(reader, 0) : null;

    public static async ValueTask<IReadOnlyList<ScheduleRecord>> ReadAllAsync(NpgsqlDataReader reader)
    {
        List<ScheduleRecord> schedules = [];
        while (await reader.ReadAsync().ConfigureAwait(false))
            schedules.Add(Read(reader, 0));
        return schedules;
    }

    /// <summary>Reads those that are due; asked for one more than wanted.</summary>
    public static async ValueTask<DueSchedules> ReadDueAsync(NpgsqlDataReader reader, int limit)
    {
        await reader.ReadAsync().ConfigureAwait(false);
        DateTime now = reader.GetDateTime(0);
        TimeSpan? next = reader.IsDBNull(1) ? null : reader.GetDateTime(1) - now;
        List<ScheduleRecord> due = [];
        do
        {
            if (ReadOptional(reader, 2) is not { } schedule)
                continue;
            if (due.Count == limit)
                next = TimeSpan.Zero;
            else
                due.Add(schedule);
        }
        while (await reader.ReadAsync().ConfigureAwait(false));
        return new(due, next, now);
    }

    public static async ValueTask<IReadOnlyList<OccurrenceRecord>> ReadOccurrencesAsync(NpgsqlDataReader reader)
    {
        List<OccurrenceRecord> occurrences = [];
        while (await reader.ReadAsync().ConfigureAwait(false))
            occurrences.Add(new(reader.GetDateTime(0), reader.GetDateTime(1), (OccurrenceOutcome)reader.GetInt16(2), reader.OptionalText(3)));
        return occurrences;
    }

    private static ScheduleRecord? ReadOptional(NpgsqlDataReader row, int from) => row.IsDBNull(from) ? null : Read(row, from);

    private static ScheduleRecord Read(NpgsqlDataReader row, int from) => new()
    {
        Queue = row.GetString(from),
        Id = row.GetString(from + 1),
        Revision = row.GetInt64(from + 2),
        Next = row.OptionalTime(from + 3),
        IsPaused = row.GetBoolean(from + 4),
        Runs = row.GetInt64(from + 5),
        CreatedAt = row.GetDateTime(from + 6),
        LastFiredAt = row.OptionalTime(from + 7),
        LastJobId = row.OptionalText(from + 8),
        Definition = row.GetFieldValue<byte[]>(from + 9),
    };
}
