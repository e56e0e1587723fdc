using System.Text;
using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Storage;
using Npgsql;

namespace AsyncMQ.Postgres.Inspecting;

/// <summary>Reads rows of the type <c>job_record</c>.</summary>
internal static class JobReader
{
    /// <summary>One entry for each of so many that were asked for; null where there is none.</summary>
    public static async ValueTask<IReadOnlyList<JobRecord?>> ReadNamedAsync(NpgsqlDataReader reader, int count)
    {
        var jobs = new JobRecord?[count];
        while (await reader.ReadAsync().ConfigureAwait(false))
            jobs[reader.GetInt32(0) - 1] = Read(reader);
        return jobs;
    }

    /// <summary>A page of a state, for which one job more than wanted was asked for.</summary>
    public static ValueTask<StorePage> ReadPageAsync(NpgsqlDataReader reader, int take) => ReadPageAsync(reader, take, static (_, job) => job.Key);

    /// <summary>A page of a flow, in order of adding: its place is a handle.</summary>
    public static ValueTask<StorePage> ReadFlowPageAsync(NpgsqlDataReader reader, int take) =>
        ReadPageAsync(reader, take, static (row, _) => new(0, row.GetInt64(1)));

    /// <summary>A time as a rank in the order of a state.</summary>
    public static long RankOf(DateTime time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private static async ValueTask<StorePage> ReadPageAsync(NpgsqlDataReader reader, int take, Func<NpgsqlDataReader, JobRecord, PageKey> keyOf)
    {
        List<JobRecord> jobs = [];
        PageKey last = default;
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            if (jobs.Count == take)
                return new(jobs, last);
            jobs.Add(Read(reader));
            last = keyOf(reader, jobs[^1]);
        }

        return new(jobs, null);
    }

    private static JobRecord Read(NpgsqlDataReader row)
    {
        var state = (JobState)row.GetInt16(5);
        DateTime since = row.GetDateTime(10);
        return new()
        {
            Ref = new(row.GetString(2), row.GetString(3)),
            Name = row.GetString(4),
            State = state,
            Key = KeyOf(row, state, since),
            Priority = row.GetInt32(6),
            Flags = (JobFlags)row.GetInt16(8),
            AddedAt = row.GetDateTime(9),
            DueAt = row.OptionalTime(11),
            ExpiresAt = row.OptionalTime(12),
            StartedAt = row.OptionalTime(13),
            FinishedAt = state.IsFinal() ? since : null,
            Attempt = row.GetInt32(14),
            Stalls = row.GetInt32(15),
            Worker = row.OptionalAnyText(16),
            CancelRequested = row.GetBoolean(17),
            IsParked = row.GetBoolean(18),
            LimitKey = row.OptionalText(19),
            DeduplicationId = row.OptionalText(20),
            Envelope = row.OptionalBytes(21),
            Error = row.OptionalBytes(22),
            Progress = row.OptionalBytes(23),
            Flow = row.OptionalText(24),
            Payload = row.OptionalBytes(25),
            Result = row.OptionalBytes(26),
            Attempts = ReadAttempts(row, 27),
            Logs = ReadLogs(row, 33),
            OnDependencyFailure = row.IsDBNull(36) ? default : (OnDependencyFailure)row.GetInt16(36),
            Dependencies = ReadDependencies(row, 37),
        };
    }

    // What the orders of page_handles are made of; those of the ended ones are walked backwards.
    private static PageKey KeyOf(NpgsqlDataReader row, JobState state, DateTime since) => state switch
    {
        JobState.Waiting => new(row.GetInt32(6), row.GetInt64(7)),
        JobState.Active => new(RankOf(row.GetDateTime(13)), row.GetInt64(1)),
        JobState.Delayed => new(RankOf(row.GetDateTime(11)), row.GetInt64(1)),
        JobState.WaitingChildren => new(0, row.GetInt64(1)),
        _ => new(-RankOf(since), -row.GetInt64(7)),
    };

    private static AttemptRecord[] ReadAttempts(NpgsqlDataReader row, int from)
    {
        if (row.IsDBNull(from))
            return [];
        int[] numbers = row.GetFieldValue<int[]>(from);
        short[] outcomes = row.GetFieldValue<short[]>(from + 1);
        DateTime[] starts = row.GetFieldValue<DateTime[]>(from + 2), ends = row.GetFieldValue<DateTime[]>(from + 3);
        byte[]?[] workers = row.GetFieldValue<byte[]?[]>(from + 4), errors = row.GetFieldValue<byte[]?[]>(from + 5);
        var attempts = new AttemptRecord[numbers.Length];
        for (int i = 0; i < attempts.Length; i++)
            attempts[i] = new(numbers[i], (AttemptOutcome)outcomes[i], starts[i], ends[i], Encoding.UTF8.GetString(workers[i] ?? []), errors[i] ?? []);
        return attempts;
    }

    private static JobLogLine[] ReadLogs(NpgsqlDataReader row, int from)
    {
        if (row.IsDBNull(from))
            return [];
        DateTime[] times = row.GetFieldValue<DateTime[]>(from);
        int[] attempts = row.GetFieldValue<int[]>(from + 1);
        byte[][] lines = row.GetFieldValue<byte[][]>(from + 2);
        var logs = new JobLogLine[times.Length];
        for (int i = 0; i < logs.Length; i++)
            logs[i] = new(times[i], attempts[i], Encoding.UTF8.GetString(lines[i]));
        return logs;
    }

    private static DependencyRecord[] ReadDependencies(NpgsqlDataReader row, int from)
    {
        if (row.IsDBNull(from))
            return [];
        string[] queues = row.GetFieldValue<string[]>(from), ids = row.GetFieldValue<string[]>(from + 1);
        short[] statuses = row.GetFieldValue<short[]>(from + 2);
        var others = new DependencyRecord[queues.Length];
        for (int i = 0; i < others.Length; i++)
            others[i] = new(new(queues[i], ids[i]), (DependencyStatus)statuses[i]);
        return others;
    }
}
