using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Storage;
using NpgsqlTypes;

namespace AsyncMQ.Postgres.Producing;

/// <summary>Jobs to add, as the columns that <c>new_jobs</c> takes: one value of each job in each; a column in which no job has anything is NULL.</summary>
internal sealed class JobColumns
{
    private readonly IReadOnlyList<NewJob> jobs;
    private readonly string[] queueNames;
    private readonly int[]? queues;

    public JobColumns(IReadOnlyList<NewJob> jobs)
    {
        this.jobs = jobs;
        (queueNames, queues) = NumberQueues(jobs);
    }

    /// <summary>Whether none of them has anything to do with other jobs: no key, no deduplication, no dependencies.</summary>
    public bool ArePlain => !jobs.Any(static job => job.Key is not null || job.Deduplication is not null || job.DependsOn.Count > 0);

    public Arguments AddTo(Arguments arguments) => arguments
        .AddColumn(queueNames, NpgsqlDbType.Text)
        .AddColumn(queues, NpgsqlDbType.Integer)
        .AddColumn(All(static job => job.Ref.Id), NpgsqlDbType.Text)
        .AddColumn(All(static job => job.Name), NpgsqlDbType.Text)
        .AddColumn(All(static job => job.Stamp), NpgsqlDbType.Bigint)
        .AddColumn(All(static job => job.Payload), NpgsqlDbType.Bytea)
        .AddColumn(Some(static job => !job.Envelope.IsEmpty, static job => job.Envelope), NpgsqlDbType.Bytea)
        .AddColumn(Some(static job => job.Priority != 5, static job => job.Priority), NpgsqlDbType.Integer)
        .AddColumn(Some(static job => FlagsOf(job) != 0, static job => (short)FlagsOf(job)), NpgsqlDbType.Smallint)
        .AddColumn(Some(static job => job.Delay != TimeSpan.Zero, static job => job.Delay), NpgsqlDbType.Interval)
        .AddColumn(Some(static job => job.RunAt is not null, static job => job.RunAt is { } time ? Micros.Of(time) : (DateTime?)null), NpgsqlDbType.TimestampTz)
        .AddColumn(Some(static job => job.TimeToLive is not null, static job => job.TimeToLive), NpgsqlDbType.Interval)
        .AddColumn(Some(static job => job.Deduplication is not null, static job => job.Deduplication?.Id), NpgsqlDbType.Text)
        .AddColumn(Some(static job => job.Deduplication?.Ttl is not null, static job => job.Deduplication?.Ttl), NpgsqlDbType.Interval)
        .AddColumn(Some(static job => job.Deduplication is not null, OptionsOf), NpgsqlDbType.Smallint)
        .AddColumn(Some(static job => job.Key is not null, static job => job.Key), NpgsqlDbType.Text)
        .AddColumn(Some(static job => job.DependsOn.Count > 0, static job => job.DependsOn.Count), NpgsqlDbType.Integer)
        .AddColumn(Others(static other => other.Queue), NpgsqlDbType.Text)
        .AddColumn(Others(static other => other.Id), NpgsqlDbType.Text)
        .AddColumn(Some(static job => job.OnDependencyFailure != 0, static job => (short)job.OnDependencyFailure), NpgsqlDbType.Smallint);

    /// <summary>All but those that tell how a job hangs together with others: that is seen in the store.</summary>
    private static JobFlags FlagsOf(NewJob job) => job.Flags & ~(JobFlags.Dependents | JobFlags.Linked | JobFlags.Key);

    private static short OptionsOf(NewJob job) => job.Deduplication is { } asked
        ? (short)((asked.Extend ? 1 : 0) | (asked.Replace ? 2 : 0) | (asked.KeepLastIfActive ? 4 : 0))
        : (short)0;

    private static (string[] Names, int[]? Numbers) NumberQueues(IReadOnlyList<NewJob> jobs)
    {
        List<string> names = [];
        Dictionary<string, int> known = new(StringComparer.Ordinal);
        var numbers = new int[jobs.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            string name = jobs[i].Ref.Queue;
            if (names.Count > 0 && ReferenceEquals(name, names[^1]))
            {
                numbers[i] = names.Count;
                continue;
            }

            if (!known.TryGetValue(name, out int number))
            {
                names.Add(name);
                known[name] = number = names.Count;
            }

            numbers[i] = number;
        }

        return ([.. names], names.Count > 1 ? numbers : null);
    }

    private T[] All<T>(Func<NewJob, T> value)
    {
        var column = new T[jobs.Count];
        for (int i = 0; i < column.Length; i++)
            column[i] = value(jobs[i]);
        return column;
    }

    private T[]? Some<T>(Func<NewJob, bool> has, Func<NewJob, T> value) => jobs.Any(has) ? All(value) : null;

    private string[]? Others(Func<JobRef, string> value) =>
        jobs.Any(static job => job.DependsOn.Count > 0) ? [.. jobs.SelectMany(static job => job.DependsOn).Select(value)] : null;
}
