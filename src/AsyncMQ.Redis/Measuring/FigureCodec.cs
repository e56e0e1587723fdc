using System.Globalization;
using AsyncMQ.Redis.Coding;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Measuring;

/// <summary>Figures as the counters that <c>Scripts/Measuring</c> keeps: a field each, so that adding is counting up.</summary>
internal static class FigureCodec
{
    private const string Waited = "w", Ran = "n";

    public static RedisValue[] Pack(RecordMetricsStep step)
    {
        Arguments arguments = Arguments.Of(step.Step);
        foreach (NamedFigures named in step.Figures)
        {
            List<(string Field, long Value)> counters = [.. Counters(named.Figures).Where(static counter => counter.Value > 0)];
            arguments.Add(named.Queue).Add(named.Name).Add(counters.Count);
            foreach ((string field, long value) in counters)
                arguments.Add(field).Add(value);
        }

        return arguments.ToArray();
    }

    public static RedisValue[] Pack(MetricsRequest request) =>
    [
        request.Queue,
        request.Resolution == MetricResolution.Minute ? "m" : "h",
        request.From is { } from ? Micros.Of(from) : RedisValue.EmptyString,
        request.To is { } to ? Micros.Of(to) : RedisValue.EmptyString,
    ];

    public static IReadOnlyList<MetricRecord> ReadAll(RedisResult[] reply)
    {
        var records = new List<MetricRecord>();
        for (int i = 0; i < reply.Length; i += 3)
            records.Add(new(Micros.ToTime(reply.Number(i)), reply.Text(i + 1), Read((RedisResult[])reply[i + 2]!)));
        return [.. records.OrderBy(static record => record.Start).ThenBy(static record => record.Name, StringComparer.Ordinal)];
    }

    private static IEnumerable<(string Field, long Value)> Counters(JobFigures figures)
    {
        yield return ("c", figures.Completed);
        yield return ("f", figures.Failed);
        yield return ("r", figures.Retried);
        yield return ("o", figures.Other);
        foreach (HistogramCount count in figures.Waited.Counts)
            yield return (Waited + count.Part.ToString(CultureInfo.InvariantCulture), count.Count);
        foreach (HistogramCount count in figures.Ran.Counts)
            yield return (Ran + count.Part.ToString(CultureInfo.InvariantCulture), count.Count);
    }

    private static JobFigures Read(RedisResult[] counters)
    {
        var all = new Dictionary<string, long>(StringComparer.Ordinal);
        for (int i = 0; i < counters.Length; i += 2)
            all[counters.Text(i)] = counters.Number(i + 1);
        return new()
        {
            Completed = all.GetValueOrDefault("c"),
            Failed = all.GetValueOrDefault("f"),
            Retried = all.GetValueOrDefault("r"),
            Other = all.GetValueOrDefault("o"),
            Waited = ReadHistogram(all, Waited),
            Ran = ReadHistogram(all, Ran),
        };
    }

    private static Histogram ReadHistogram(Dictionary<string, long> counters, string prefix) => Histogram.Of(
        from counter in counters
        where counter.Key.StartsWith(prefix, StringComparison.Ordinal) && counter.Key.Length > prefix.Length
        let part = int.Parse(counter.Key.AsSpan(prefix.Length), CultureInfo.InvariantCulture)
        orderby part
        select new HistogramCount(part, counter.Value));
}
