using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>
/// Pages over the states of a query, one after the other, over the store's keyset pages. A filtered page looks at a bounded number of records and then
/// comes back short with a place to go on, so that a filter that matches three jobs in a million needs little memory and can be stopped at any time.
/// </summary>
internal static class JobPager
{
    private const int MostLookedAt = 20_000;
    private const int Stride = 500;
    private const JobParts Shown = JobParts.Payload | JobParts.Result;

    public static async Task<JobPage> ReadAsync(JobClientParts parts, string queue, JobQuery query, CancellationToken cancellationToken)
    {
        var filter = new JobFilter(query);
        PageCursor cursor = PageCursor.Parse(query.After, query.States.Count);
        if (filter.OnlyId is { } id)
            return await ReadOneAsync(parts, new(queue, id), query, filter, cancellationToken).ConfigureAwait(false);

        int skip = query.Skip;
        if (filter.IsEmpty && skip > 0 && query.After is null)
            (cursor, skip) = await SkipStatesAsync(parts, queue, query, skip, cancellationToken).ConfigureAwait(false);

        var jobs = new List<JobInfo>(query.Take);
        int looked = 0;
        while (cursor.State < query.States.Count && jobs.Count < query.Take && looked < MostLookedAt)
        {
            int wanted = query.Take - jobs.Count;
            var request = new PageRequest
            {
                Queue = queue,
                State = query.States[cursor.State],
                Take = filter.IsEmpty ? wanted : Stride,
                Skip = filter.IsEmpty ? skip : 0,
                After = cursor.Key,
                Reverse = query.Descending,
                Hint = filter.Hint,
                Parts = filter.IsEmpty ? Shown : JobParts.None,
            };
            StorePage page = await parts.ReadAsync((store, token) => store.PageAsync(request, token), cancellationToken).ConfigureAwait(false);
            if (filter.IsEmpty)
            {
                skip = 0;
                jobs.AddRange(page.Jobs.Select(record => JobInfoReader.Read(record, parts.Json)));
                cursor = Behind(cursor, page.Next);
                continue;
            }

            looked += Math.Max(1, page.Jobs.Count);
            List<JobRecord> matching = [.. page.Jobs.Where(filter.Matches)];
            int skipped = Math.Min(skip, matching.Count);
            skip -= skipped;
            List<JobRecord> taken = [.. matching.Skip(skipped).Take(wanted)];
            jobs.AddRange(await ReadShownAsync(parts, taken, cancellationToken).ConfigureAwait(false));

            // Where the page was full before the stride was over, go on behind the last one taken.
            cursor = matching.Count - skipped > wanted ? cursor with { Key = taken[^1].Key } : Behind(cursor, page.Next);
        }

        string? next = cursor.State < query.States.Count ? cursor.ToString() : null;
        return new(jobs, next, filter.IsEmpty ? await TotalAsync(parts, queue, query, cancellationToken).ConfigureAwait(false) : null);
    }

    private static PageCursor Behind(PageCursor cursor, PageKey? next) => next is { } key ? cursor with { Key = key } : new(cursor.State + 1, null);

    private static async Task<JobPage> ReadOneAsync(JobClientParts parts, JobRef job, JobQuery query, JobFilter filter, CancellationToken cancellationToken)
    {
        JobRecord? record = (await parts.ReadAsync((store, token) => store.FindAsync([job], Shown, token), cancellationToken).ConfigureAwait(false))[0];
        bool matches = record is not null && query.After is null && query.Skip == 0 && query.States.Contains(record.State) && filter.Matches(record);
        return new(matches ? [JobInfoReader.Read(record!, parts.Json)] : [], null, null);
    }

    private static async Task<IEnumerable<JobInfo>> ReadShownAsync(JobClientParts parts, List<JobRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count == 0)
            return [];

        JobRef[] refs = [.. records.Select(record => record.Ref)];
        IReadOnlyList<JobRecord?> read = await parts.ReadAsync((store, token) => store.FindAsync(refs, Shown, token), cancellationToken).ConfigureAwait(false);
        return read.OfType<JobRecord>().Select(record => JobInfoReader.Read(record, parts.Json));
    }

    // Whole states are skipped by their counts; the rest by the store.
    private static async Task<(PageCursor Cursor, int Skip)> SkipStatesAsync(
        JobClientParts parts, string queue, JobQuery query, int skip, CancellationToken cancellationToken)
    {
        QueueCounts counts = await parts.ReadAsync((store, token) => store.CountAsync(queue, token), cancellationToken).ConfigureAwait(false);
        int state = 0;
        while (state < query.States.Count && counts.ByState[(int)query.States[state]] <= skip)
            skip -= (int)counts.ByState[(int)query.States[state++]];
        return (new(state, null), skip);
    }

    private static async Task<long> TotalAsync(JobClientParts parts, string queue, JobQuery query, CancellationToken cancellationToken)
    {
        QueueCounts counts = await parts.ReadAsync((store, token) => store.CountAsync(queue, token), cancellationToken).ConfigureAwait(false);
        return query.States.Sum(state => counts.ByState[(int)state]);
    }
}
