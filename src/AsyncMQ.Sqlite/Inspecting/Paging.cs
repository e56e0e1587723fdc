using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
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
        List<Place> places = Places(queue, request, window + 1);
        List<JobRecord> page = [];
        PageKey? last = null;
        int i = 0;
        for (; i < places.Count && i < window && page.Count < request.Take; i++)
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

    private List<Place> Places(QueueEntry queue, PageRequest request, int limit)
    {
        string back = request.Reverse ? "-back" : "";
        switch (request.State)
        {
            case JobState.Waiting when queue.Aside > 0:
                // Parked jobs and those with a key are in the same index, behind the others: walks for each, merged, and then skipped.
                int most = (int)Math.Min((long)request.Skip + limit, int.MaxValue);
                List<Place> places = Walk(Waiting(back, queue, 0), request, 0, most);
                for (int parked = 1; parked <= 3; parked++)
                    places.AddRange(Walk(Waiting(back, queue, parked), request, 0, most));
                return Cut(places, request, limit);

            case JobState.Waiting:
                return Walk(Waiting(back, queue, 0), request, request.Skip, limit);

            case JobState.Active:
                return Walk(database.Prepare("inspect/page-active" + back).Start().Bind(queue.Id), request, request.Skip, limit);

            case JobState.Delayed:
                return Walk(database.Prepare("inspect/page-delayed" + back).Start().Bind(queue.Id), request, request.Skip, limit);

            case JobState.WaitingChildren:
                return Walk(database.Prepare("inspect/page-waiting-children" + back).Start().Bind(queue.Id), request, request.Skip, limit);

            default:
                return Walk(database.Prepare("inspect/page-ended" + back).Start().Bind(queue.Id).Bind((int)request.State), request, request.Skip, limit);
        }
    }

    private Statement Waiting(string back, QueueEntry queue, long parked) =>
        database.Prepare("inspect/page-waiting" + back).Start().Bind(queue.Id).Bind(parked);

    private static List<Place> Walk(Statement rows, PageRequest request, int skip, int limit)
    {
        // One short of the ends: a key of a final state is negated.
        PageKey after = request.After ?? (request.Reverse ? new(long.MaxValue, long.MaxValue) : new(-long.MaxValue, -long.MaxValue));
        rows.Bind(after.Rank).Bind(after.Sequence).Bind(limit).Bind(skip);
        List<Place> places = [];
        while (rows.Step())
            places.Add(new(rows.Long(0), new(rows.Long(1), rows.Long(2))));
        return places;
    }

    private static List<Place> Cut(List<Place> places, PageRequest request, int limit)
    {
        places.Sort((a, b) => request.Reverse ? b.Key.CompareTo(a.Key) : a.Key.CompareTo(b.Key));
        int first = Math.Min(request.Skip, places.Count);
        return places.GetRange(first, Math.Min(limit, places.Count - first));
    }

    private readonly record struct Place(long Handle, PageKey Key);
}
