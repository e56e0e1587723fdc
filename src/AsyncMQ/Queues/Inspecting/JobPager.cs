using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>
/// Pages over the states of a query, one after the other, over the store's keyset pages. A filtered page looks at a bounded number of records and then
/// comes back short with a place to go on, so that a filter that matches three jobs in a million needs little memory and can be stopped at any time.
/// A job may move on between two of its reads: it stands on one page once.
/// </summary>
internal static class JobPager
{
    private const int MostLookedAt = 20_000;
    private const int Stride = 500;
    private const JobParts Shown = JobParts.Payload | JobParts.Result;

    public static async Task<JobPage> ReadAsync(JobClientParts parts, string queue, JobQuery query, CancellationToken cancellationToken)
    {
        var filter = new JobFilter(query, parts.Records);
        PageCursor cursor = PageCursor.Of(query);
        if (filter.OnlyId is { } id)
            return await ReadOneAsync(parts, new(queue, id), query, filter, cancellationToken).ConfigureAwait(false);

        var jobs = new List<JobInfo>(query.Take);
        cursor = filter.IsEmpty
            ? await ReadAllAsync(parts, queue, query, cursor, jobs, cancellationToken).ConfigureAwait(false)
            : await ReadMatchingAsync(parts, queue, query, filter, cursor, jobs, cancellationToken).ConfigureAwait(false);
        string? next = cursor.State < query.States.Count ? cursor.ToText(query) : null;
        return new(jobs, next, filter.IsEmpty ? await TotalAsync(parts, queue, query, cancellationToken).ConfigureAwait(false) : null);
    }

    private static async Task<PageCursor> ReadAllAsync(
        JobClientParts parts, string queue, JobQuery query, PageCursor cursor, List<JobInfo> jobs, CancellationToken cancellationToken)
    {
        if (cursor.Skip > 0)
            cursor = await SkipStatesAsync(parts, queue, query, cursor.Skip, cancellationToken).ConfigureAwait(false);

        while (cursor.State < query.States.Count && jobs.Count < query.Take)
        {
            StorePage page = await ReadAsync(parts, new()
            {
                Queue = queue,
                State = query.States[cursor.State],
                Take = query.Take - jobs.Count,
                Skip = cursor.Skip,
                After = cursor.Key,
                Reverse = query.Descending,
                Parts = Shown,
            }, cancellationToken).ConfigureAwait(false);
            AddNew(jobs, page.Jobs, parts);
            cursor = Behind(cursor with { Skip = 0 }, page);
        }

        return cursor;
    }

    private static async Task<PageCursor> ReadMatchingAsync(
        JobClientParts parts, string queue, JobQuery query, JobFilter filter, PageCursor cursor, List<JobInfo> jobs, CancellationToken cancellationToken)
    {
        for (int looked = 0; cursor.State < query.States.Count && jobs.Count < query.Take && looked < MostLookedAt;)
        {
            StorePage page = await ReadAsync(parts, new()
            {
                Queue = queue,
                State = query.States[cursor.State],
                Take = Stride,
                After = cursor.Key,
                Reverse = query.Descending,
                Hint = filter.Hint,
            }, cancellationToken).ConfigureAwait(false);

            // A page that came back short with a place to go on: by the hint, the store has looked at as many as it likes to at once.
            looked += page.Jobs.Count < Stride && page.Next is not null ? MostLookedAt : page.Jobs.Count;
            List<JobRecord> matching = [.. page.Jobs.Where(filter.Matches)];
            int skipped = Math.Min(cursor.Skip, matching.Count);
            List<JobRecord> taken = [.. matching.Skip(skipped).Take(query.Take - jobs.Count)];
            AddNew(jobs, await ReadShownAsync(parts, query, filter, taken, cancellationToken).ConfigureAwait(false), parts);

            // Where the page was full before the stride was over, go on behind the last one taken.
            cursor = cursor with { Skip = cursor.Skip - skipped };
            cursor = skipped + taken.Count < matching.Count ? cursor with { Key = taken[^1].Key } : Behind(cursor, page);
        }

        return cursor;
    }

    private static Task<StorePage> ReadAsync(JobClientParts parts, PageRequest request, CancellationToken cancellationToken) =>
        parts.ReadAsync((store, token) => store.PageAsync(request, token), cancellationToken);

    private static PageCursor Behind(PageCursor cursor, StorePage page) =>
        page.Next is { } key ? cursor with { Key = key } : cursor with { State = cursor.State + 1, Key = null };

    private static async Task<JobPage> ReadOneAsync(JobClientParts parts, JobRef job, JobQuery query, JobFilter filter, CancellationToken cancellationToken)
    {
        JobRecord? record = (await parts.ReadAsync((store, token) => store.FindAsync([job], Shown, token), cancellationToken).ConfigureAwait(false))[0];
        bool matches = record is not null && query.After is null && query.Skip == 0 && query.States.Contains(record.State) && filter.Matches(record);
        return new(matches ? [JobInfoReader.Read(record!, parts.Records)] : [], null, null);
    }

    // What has moved on since the page was read is shown as it is now: its new state may have been looked through already. What was removed, or does not match
    // any more, is left out.
    private static async Task<IEnumerable<JobRecord>> ReadShownAsync(
        JobClientParts parts, JobQuery query, JobFilter filter, List<JobRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count == 0)
            return [];

        JobRef[] refs = [.. records.Select(record => record.Ref)];
        IReadOnlyList<JobRecord?> read = await parts.ReadAsync((store, token) => store.FindAsync(refs, Shown, token), cancellationToken).ConfigureAwait(false);
        return read.OfType<JobRecord>().Where(now => query.States.Contains(now.State) && filter.Matches(now));
    }

    private static void AddNew(List<JobInfo> jobs, IEnumerable<JobRecord> records, JobClientParts parts)
    {
        HashSet<string> met = [.. jobs.Select(job => job.Id)];
        foreach (JobRecord record in records)
        {
            if (met.Add(record.Ref.Id))
                jobs.Add(JobInfoReader.Read(record, parts.Records));
        }
    }

    // Whole states are skipped by their counts; the rest by the store.
    private static async Task<PageCursor> SkipStatesAsync(JobClientParts parts, string queue, JobQuery query, int skip, CancellationToken cancellationToken)
    {
        QueueCounts counts = await parts.ReadAsync((store, token) => store.CountAsync(queue, token), cancellationToken).ConfigureAwait(false);
        int state = 0;
        while (state < query.States.Count && counts.ByState[(int)query.States[state]] <= skip)
            skip -= (int)counts.ByState[(int)query.States[state++]];
        return new(state, null, skip);
    }

    private static async Task<long> TotalAsync(JobClientParts parts, string queue, JobQuery query, CancellationToken cancellationToken)
    {
        QueueCounts counts = await parts.ReadAsync((store, token) => store.CountAsync(queue, token), cancellationToken).ConfigureAwait(false);
        return query.States.Sum(state => counts.ByState[(int)state]);
    }
}
