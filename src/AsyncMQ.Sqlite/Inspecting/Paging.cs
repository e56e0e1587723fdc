using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Inspecting;

/// <summary>Walks a state in its one order, by index from the cursor on.</summary>
internal sealed class Paging(Database database)
{
    /// <summary>How many records a page looks at for a hint that few match; then it comes back short.</summary>
    private const int MostLookedAt = 10_000;

    private readonly JobReader jobs = new(database);

    public StorePage Page(PageRequest request)
    {
        if (new QueueReader(database).Find(request.Queue) is not { } queue || queue[request.State] == 0)
            return new([], null);

        int window = request.Hint is null ? request.Take : Math.Max(request.Take, MostLookedAt);
        List<Place> places = Places(queue.Id, request, request.Skip + window + 1);
        List<JobRecord> page = [];
        PageKey? last = null;
        int i = request.Skip;
        for (; i < places.Count && i - request.Skip < window && page.Count < request.Take; i++)
        {
            last = places[i].Key;
            if (jobs.Read(request.Queue, places[i].Handle, request.Parts) is { } job && Matches(job, request.Hint))
                page.Add(job);
        }

        return new(page, i < places.Count ? last : null);
    }

    private static bool Matches(JobRecord job, PageHint? hint) =>
        hint is null
        || ((hint.Name is null || hint.Name == job.Name)
            && (hint.AddedFrom is not { } from || job.AddedAt >= from)
            && (hint.AddedTo is not { } to || job.AddedAt < to));

    private List<Place> Places(long queue, PageRequest request, int limit)
    {
        string back = request.Reverse ? "-back" : "";
        switch (request.State)
        {
            case JobState.Waiting:
                // Parked jobs are in the same index, behind the others: two walks, merged.
                List<Place> places = Walk(database.Prepare("inspect/page-waiting" + back).Start().Bind(queue).Bind(0L), request, limit);
                List<Place> parked = Walk(database.Prepare("inspect/page-waiting" + back).Start().Bind(queue).Bind(1L), request, limit);
                return parked.Count == 0 ? places : Merge(places, parked, request.Reverse, limit);

            case JobState.Active:
                return Walk(database.Prepare("inspect/page-active" + back).Start().Bind(queue), request, limit);

            case JobState.Delayed:
                return Walk(database.Prepare("inspect/page-delayed" + back).Start().Bind(queue), request, limit);

            case JobState.WaitingChildren:
                return [];

            default:
                return Walk(database.Prepare("inspect/page-ended" + back).Start().Bind(queue).Bind((int)request.State), request, limit);
        }
    }

    private static List<Place> Walk(Statement rows, PageRequest request, int limit)
    {
        // One short of the ends: a key of a final state is negated.
        PageKey after = request.After ?? (request.Reverse ? new(long.MaxValue, long.MaxValue) : new(-long.MaxValue, -long.MaxValue));
        rows.Bind(after.Rank).Bind(after.Sequence).Bind(limit);
        List<Place> places = [];
        while (rows.Step())
            places.Add(new(rows.Long(0), new(rows.Long(1), rows.Long(2))));
        return places;
    }

    private static List<Place> Merge(List<Place> places, List<Place> others, bool isReverse, int limit)
    {
        places.AddRange(others);
        places.Sort((a, b) => isReverse ? b.Key.CompareTo(a.Key) : a.Key.CompareTo(b.Key));
        return places.Count > limit ? places.GetRange(0, limit) : places;
    }

    private readonly record struct Place(long Handle, PageKey Key);
}
