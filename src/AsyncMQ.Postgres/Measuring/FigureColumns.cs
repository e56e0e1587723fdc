using System.Globalization;
using System.Text;
using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AsyncMQ.Postgres.Measuring;

/// <summary>Figures as the numbers that the functions in <c>Sql/Functions/Measuring</c> add up: a field each, as the table says.</summary>
internal static class FigureColumns
{
    private const int Completed = 0, Failed = 1, Retried = 2, Other = 3;
    private const int Waited = 1_000, Ran = 2_000;

    public static Arguments Pack(RecordMetricsStep step)
    {
        List<int> entries = [], fields = [];
        List<long> numbers = [];
        for (int i = 0; i < step.Figures.Count; i++)
        {
            foreach ((int field, long number) in NumbersOf(step.Figures[i].Figures))
            {
                // One is sent in any case, so that there is a bucket.
                if (number == 0 && field != Completed)
                    continue;
                entries.Add(i + 1);
                fields.Add(field);
                numbers.Add(number);
            }
        }

        return new Arguments().Add(step.Step)
            .AddColumn(step.Figures.Select(static named => named.Queue).ToArray(), NpgsqlDbType.Text)
            .AddColumn(step.Figures.Select(static named => named.Name).ToArray(), NpgsqlDbType.Text)
            .AddColumn(entries.ToArray(), NpgsqlDbType.Integer)
            .AddColumn(fields.ToArray(), NpgsqlDbType.Integer)
            .AddColumn(numbers.ToArray(), NpgsqlDbType.Bigint);
    }

    public static int UnpackCount(byte[] reply) => int.Parse(Encoding.UTF8.GetString(reply), CultureInfo.InvariantCulture);

    public static Arguments Pack(MetricsRequest request) => new Arguments().Add(request.Queue).Add((short)request.Resolution).Add(request.From).Add(request.To);

    /// <summary>Reads buckets, and puts them in order of time, then of name.</summary>
    public static async ValueTask<IReadOnlyList<MetricRecord>> ReadAllAsync(NpgsqlDataReader reader)
    {
        List<MetricRecord> records = [];
        while (await reader.ReadAsync().ConfigureAwait(false))
            records.Add(new(reader.GetDateTime(0), reader.GetString(1), Read(reader.GetFieldValue<int[]>(2), reader.GetFieldValue<long[]>(3))));
        records.Sort(static (one, other) => one.Start != other.Start ? one.Start.CompareTo(other.Start) : string.CompareOrdinal(one.Name, other.Name));
        return records;
    }

    private static IEnumerable<(int Field, long Number)> NumbersOf(JobFigures figures) =>
    [
        (Completed, figures.Completed), (Failed, figures.Failed), (Retried, figures.Retried), (Other, figures.Other),
        .. figures.Waited.Counts.Select(static count => (Waited + count.Part, count.Count)),
        .. figures.Ran.Counts.Select(static count => (Ran + count.Part, count.Count)),
    ];

    private static JobFigures Read(int[] fields, long[] numbers)
    {
        return new()
        {
            Completed = Of(Completed),
            Failed = Of(Failed),
            Retried = Of(Retried),
            Other = Of(Other),
            Waited = PartsFrom(Waited),
            Ran = PartsFrom(Ran),
        };

        long Of(int field) => Array.IndexOf(fields, field) is >= 0 and var place ? numbers[place] : 0;

        Histogram PartsFrom(int first) =>
            Histogram.Of(fields.Zip(numbers).Where(kept => kept.First >= first && kept.First < first + Histogram.Size).Select(kept => new HistogramCount(kept.First - first, kept.Second)));
    }
}
