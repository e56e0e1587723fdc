using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>
/// One command over many jobs: a loop of bounded atomic steps over the store's pages, written once for all stores. Cut off at the store's time of its
/// start, so that it ends though jobs come in, and does not meet again what it changed.
/// </summary>
internal sealed class BulkChange(JobClientParts parts, string queue)
{
    private const int StepSize = 1_000;

    public required JobCommand Command { get; init; }

    /// <summary>The states that the command makes sense in; others of the query are passed over.</summary>
    public required JobStateSet Allowed { get; init; }

    public required JobQuery Query { get; init; }

    /// <summary>Leave alone what ended, or was added, later than so long before now. Null: leave nothing alone.</summary>
    public TimeSpan? Grace { get; init; } = TimeSpan.Zero;

    public long Limit { get; init; } = long.MaxValue;

    public IProgress<ChangedJobs>? Progress { get; init; }

    private long changed;

    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset? cutOff = Grace is { } grace
            ? await parts.ReadAsync((store, token) => store.GetTimeAsync(token), cancellationToken).ConfigureAwait(false) - grace
            : null;
        var filter = new JobFilter(Query, parts.Records);
        if (filter.OnlyId is { } id)
        {
            await ChangeOneAsync(new(queue, id), filter, cutOff, cancellationToken).ConfigureAwait(false);
            return changed;
        }

        foreach (JobState state in Query.States.Where(IsAllowed))
            await ChangeStateAsync(state, filter, cutOff, cancellationToken).ConfigureAwait(false);
        return changed;
    }

    private bool IsAllowed(JobState state) => Allowed.HasFlag(SetOf(state));

    private static JobStateSet SetOf(JobState state) => (JobStateSet)(1 << (int)state);

    private async Task ChangeOneAsync(JobRef job, JobFilter filter, DateTimeOffset? cutOff, CancellationToken cancellationToken)
    {
        JobRecord? record = (await parts.ReadAsync((store, token) => store.FindAsync([job], JobParts.None, token), cancellationToken).ConfigureAwait(false))[0];
        if (record is not null && Limit > 0 && IsAllowed(record.State) && Query.States.Contains(record.State) && filter.Matches(record))
            await ChangeAsync([record], record.State, cutOff, cancellationToken).ConfigureAwait(false);
    }

    // Ended jobs are walked from the oldest to the one that was the latest at the start: those retried run in the order in which they failed, and those that
    // fail anew meanwhile are behind the end.
    private async Task ChangeStateAsync(JobState state, JobFilter filter, DateTimeOffset? cutOff, CancellationToken cancellationToken)
    {
        var request = new PageRequest { Queue = queue, State = state, Take = StepSize, Reverse = state.IsFinal(), Hint = filter.Hint };
        PageKey? latest = null;
        if (state.IsFinal())
        {
            latest = (await ReadAsync(request with { Take = 1, Reverse = false, Hint = null }, cancellationToken).ConfigureAwait(false)).Jobs is [var first] ? first.Key : null;
            if (latest is null)
                return;
        }

        bool isAtEnd = false;
        while (!isAtEnd && changed < Limit)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StorePage page = await ReadAsync(request, cancellationToken).ConfigureAwait(false);
            IEnumerable<JobRecord> old = page.Jobs.Where(job => cutOff is null || (job.FinishedAt ?? job.AddedAt) <= cutOff);
            if (latest is { } end)
                old = old.Where(job => job.Key >= end);
            List<JobRecord> matching = [.. old.Where(filter.Matches)];
            List<JobRecord> taken = [.. matching.Take((int)Math.Min(StepSize, Limit - changed))];
            if (taken.Count > 0)
                await ChangeAsync(taken, state, cutOff, cancellationToken).ConfigureAwait(false);

            // Where the limit cut the page short and one of those taken had moved on, go on behind the last one taken.
            PageKey? after = taken.Count < matching.Count ? taken[^1].Key : page.Next;
            request = request with { After = after };
            isAtEnd = after is null || (latest is not null && (after <= latest || IsYoung(page, cutOff)));
        }
    }

    // By end, oldest first: behind one that is too young come only younger ones.
    private static bool IsYoung(StorePage page, DateTimeOffset? cutOff) => page.Jobs is [.., var last] && last.FinishedAt > cutOff;

    private Task<StorePage> ReadAsync(PageRequest request, CancellationToken cancellationToken) =>
        parts.ReadAsync((store, token) => store.PageAsync(request, token), cancellationToken);

    private async Task ChangeAsync(List<JobRecord> jobs, JobState state, DateTimeOffset? cutOff, CancellationToken cancellationToken)
    {
        JobRef[] refs = [.. jobs.Select(job => job.Ref)];
        IReadOnlyList<JobChangeReply> replies = await parts.ChangeAsync(
            (store, step, token) => store.AdministerJobsAsync(
                new() { Step = step, Command = Command, Jobs = refs, Expected = SetOf(state), NotAfter = cutOff }, token),
            cancellationToken).ConfigureAwait(false);
        var ids = new List<string>(refs.Length);
        for (int i = 0; i < refs.Length; i++)
        {
            if (replies[i].Outcome is JobChangeOutcome.Done or JobChangeOutcome.Requested)
                ids.Add(refs[i].Id);
        }

        changed += ids.Count;
        if (ids.Count > 0)
            Progress?.Report(new(ids, changed));
    }
}
