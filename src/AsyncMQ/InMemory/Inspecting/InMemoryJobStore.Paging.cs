using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Pages: one state of one queue in that state's order, by keyset.</content>
internal sealed partial class InMemoryJobStore
{
    /// <summary>
    /// A page with a filter that matches little comes back short after so many records, so that it does not keep the lock for long.
    /// </summary>
    private const int MostLookedAt = 10_000;

    private StorePage Page(PageRequest request)
    {
        if (!queues.TryGetValue(request.Queue, out StoredQueue? queue))
            return new([], null);

        var page = new List<JobRecord>();
        int skip = request.Skip, lookedAt = 0;
        JobEntry? last = null;
        foreach (JobEntry entry in Behind(queue, request))
        {
            if (skip > 0)
            {
                skip--;
                continue;
            }

            if (page.Count == request.Take || lookedAt == MostLookedAt)
            {
                RememberPageEnd(last!, request.Reverse);
                return new(page, last!.Key);
            }

            lookedAt++;
            last = entry;
            if (Matches(entry, request.Hint))
                page.Add(ToRecord(entry, request.Parts));
        }

        return new(page, null);
    }

    private static IEnumerable<JobEntry> Behind(StoredQueue queue, PageRequest request) => request.State switch
    {
        JobState.Waiting when queue.ParkedCount > 0 || queue.Waiting.Keyed.Count > 0 => MergeWaiting(queue, request),
        JobState.Waiting => queue.Waiting.Plain.Behind(request.After, request.Reverse),
        JobState.Delayed => queue.Delayed.Behind(request.After, request.Reverse),
        JobState.Active => queue.Active.Behind(request.After, fromTail: request.Reverse, request.Reverse),
        JobState.WaitingChildren => queue.WaitingChildren.Behind(request.After, request.Reverse),
        _ => queue.Ended(request.State).Behind(request.After, fromTail: !request.Reverse, request.Reverse),
    };

    /// <summary>Waiting jobs, those with keys and parked ones in one order: each time the first of all that come next.</summary>
    private static IEnumerable<JobEntry> MergeWaiting(StoredQueue queue, PageRequest request)
    {
        List<IEnumerator<JobEntry>> sources =
            [.. queue.Parked.Values.Prepend(queue.Waiting).SelectMany(bench => bench.Behind(request.After, request.Reverse)).Select(static jobs => jobs.GetEnumerator())];
        sources.RemoveAll(static source => !source.MoveNext());

        while (sources.Count > 0)
        {
            IEnumerator<JobEntry> first = sources[0];
            foreach (IEnumerator<JobEntry> source in sources)
            {
                if (source.Current.ComesBefore(first.Current) != request.Reverse && source != first)
                    first = source;
            }

            yield return first.Current;
            if (!first.MoveNext())
                sources.Remove(first);
        }
    }

    private static void RememberPageEnd(JobEntry entry, bool reverse) =>
        entry.List?.RememberPageEnd(entry, fromTail: entry.State.IsFinal() != reverse);

    private static bool Matches(JobEntry entry, PageHint? hint) =>
        hint is null
        || ((hint.Name is null || hint.Name == entry.Name)
            && (hint.AddedFrom is not { } from || entry.AddedAt >= from.UtcTicks)
            && (hint.AddedTo is not { } to || entry.AddedAt < to.UtcTicks));
}
