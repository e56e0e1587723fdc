using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Inspecting;

/// <summary>Reads what workers measured.</summary>
internal sealed class MetricReader(Database database)
{
    /// <summary>The buckets that are asked for, by time, then name.</summary>
    public List<MetricRecord> Find(MetricsRequest request, long now)
    {
        List<MetricRecord> found = [];
        if (new QueueReader(database).Find(request.Queue) is not { } queue)
            return found;

        Statement rows = database.Prepare("metrics/find").Start()
            .Bind(queue.Id).Bind((int)request.Resolution).Bind(MetricRules.First(request, now)).Bind(request.To?.UtcTicks ?? long.MaxValue);
        while (rows.Step())
            found.Add(new(Ticks.ToTime(rows.Long(0)), rows.OptionalText(1) ?? MetricRules.OtherNames, Read(rows.Bytes(2))));
        found.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : string.CompareOrdinal(a.Name, b.Name));
        return found;
    }

    /// <summary>Figures from their bytes; of damaged ones what makes sense.</summary>
    public static JobFigures Read(byte[] data)
    {
        List<long> numbers = [];
        try
        {
            for (var reader = new ByteReader(data); !reader.IsAtEnd;)
                numbers.Add(reader.Number());
        }
        catch (IndexOutOfRangeException)
        {
            // Cut off: what was read so far stands.
        }

        return JobFigures.FromNumbers([.. numbers]);
    }
}
