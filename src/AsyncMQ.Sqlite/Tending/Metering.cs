using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Tending;

/// <summary>Adds what workers measured to the buckets of now, and drops what is too old.</summary>
internal sealed class Metering(Books books)
{
    private const long OtherNames = 0;

    private readonly ByteWriter bytes = new();

    public int Run(RecordMetricsStep step)
    {
        SessionEntry session = books.Sessions.Require(step.Step);
        if (books.Sessions.Replay(session, step.Step) is { } before)
            return new ByteReader(before).Count();

        // How many names each bucket has that got a new one in this step: counted once, however many come.
        var names = new Dictionary<(long Queue, MetricResolution Resolution), int>();
        int added = 0;
        foreach (NamedFigures figures in step.Figures)
        {
            if (books.Queues.Find(figures.Queue) is not { IsClosed: false } queue)
                continue;
            foreach (MetricResolution resolution in MetricRules.Resolutions)
                Add(queue, resolution, figures, names);
            added++;
        }

        if (added > 0)
            books.Sessions.Keep(session, step.Step, books.Reply.Number(added).Written);
        return added;
    }

    /// <summary>Drops buckets that are too old, at most <paramref name="limit"/> records. Returns how many.</summary>
    public int DropOld(int limit)
    {
        int dropped = 0;
        foreach (MetricResolution resolution in MetricRules.Resolutions)
        {
            dropped += books.Database.Prepare("metrics/delete-old").Start()
                .Bind((int)resolution).Bind(MetricRules.FirstKept(resolution, books.Now)).Bind(limit - dropped).Run();
        }

        return dropped;
    }

    private void Add(QueueEntry queue, MetricResolution resolution, NamedFigures figures, Dictionary<(long Queue, MetricResolution Resolution), int> names)
    {
        long start = MetricRules.StartOf(resolution, books.Now), name = figures.Name == MetricRules.OtherNames ? OtherNames : books.Names.Intern(figures.Name);
        JobFigures? before = Find(queue, resolution, start, name);
        if (before is null && name != OtherNames)
        {
            if (!names.TryGetValue((queue.Id, resolution), out int count))
                count = (int)(books.Database.Prepare("metrics/count-names").Start().Bind(queue.Id).Bind((int)resolution).Bind(start).RunForNumber() ?? 0);
            names[(queue.Id, resolution)] = count + 1;
            if (count >= MetricRules.MostNames)
                before = Find(queue, resolution, start, name = OtherNames);
        }

        bytes.Clear();
        foreach (long number in (before?.Plus(figures.Figures) ?? figures.Figures).ToNumbers())
            bytes.Number(number);
        books.Database.Prepare("metrics/write").Start().Bind(queue.Id).Bind((int)resolution).Bind(start).Bind(name).Bind(bytes.Written).Run();
    }

    private JobFigures? Find(QueueEntry queue, MetricResolution resolution, long start, long name)
    {
        Statement row = books.Database.Prepare("metrics/read").Start().Bind(queue.Id).Bind((int)resolution).Bind(start).Bind(name);
        if (!row.Step())
            return null;
        JobFigures figures = Inspecting.MetricReader.Read(row.Bytes(0));
        row.Reset();
        return figures;
    }
}
