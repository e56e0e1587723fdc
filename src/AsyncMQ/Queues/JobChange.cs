using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>
/// One command over many jobs: a loop of bounded atomic steps over the store's pages, written once for all stores. Cut off at the store's time of its
/// start, so that it ends though jobs come in, and does not meet again what it changed.
/// </summary>
internal sealed class JobChange(JobClientParts parts, string queue)
{
    private const int StepSize = 1_000;

    public required JobCommand Command { get; init; }

    /// <summary>The states that the command makes sense in; others of the query are passed over.</summary>
    public required JobStateSet Allowed { get; init; }

    public required JobQuery Query { get; init; }

    /// <summary>Leave alone what ended, or was added, later than so long before now.</summary>
    public TimeSpan Grace { get; init; }

    public long Limit { get; init; } = long.MaxValue;

    /// <summary>From the oldest end of each state.</summary>
    public bool OldestFirst { get; init; }

    public IProgress<ChangedJobs>? Progress { get; init; }

    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset cutOff = await parts.ReadAsync((store, token) => store.GetTimeAsync(token), cancellationToken).ConfigureAwait(false) - Grace;
        var filter = new JobFilter(Query);
        long changed = 0;
        foreach (JobState state in Query.States)
        {
            if (Allowed.HasFlag(SetOf(state)))
                changed += await RunAsync(state, filter, cutOff, changed, cancellationToken).ConfigureAwait(false);
        }

        return changed;
    }

    public static JobStateSet SetOf(JobState state) => (JobStateSet)(1 << (int)state);

    private async Task<long> RunAsync(JobState state, JobFilter filter, DateTimeOffset cutOff, long before, CancellationToken cancellationToken)
    {
        long changed = 0;
        PageKey? after = null;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var request = new PageRequest
            {
                Queue = queue,
                State = state,
                Take = (int)Math.Min(StepSize, filter.IsEmpty ? Limit - before - changed : StepSize),
                After = after,
                Reverse = OldestFirst && state.IsFinal(),
                Hint = filter.Hint,
            };
            if (request.Take <= 0 || before + changed >= Limit)
                break;

            StorePage page = await parts.ReadAsync((store, token) => store.PageAsync(request, token), cancellationToken).ConfigureAwait(false);
            after = page.Next;
            JobRef[] matching = [.. page.Jobs.Where(filter.Matches).Take((int)Math.Min(StepSize, Limit - before - changed)).Select(record => record.Ref)];
            if (matching.Length == 0)
                continue;

            List<string> ids = await ChangeAsync(matching, state, cutOff, cancellationToken).ConfigureAwait(false);
            changed += ids.Count;
            if (ids.Count > 0)
                Progress?.Report(new(ids, before + changed));
        }
        while (after is not null);

        return changed;
    }

    private async Task<List<string>> ChangeAsync(JobRef[] jobs, JobState state, DateTimeOffset cutOff, CancellationToken cancellationToken)
    {
        IReadOnlyList<AdministerReply> replies = await parts.ChangeAsync(
            (store, step, token) => store.AdministerJobsAsync(
                new() { Step = step, Command = Command, Jobs = jobs, Expected = SetOf(state), NotAfter = cutOff }, token),
            cancellationToken).ConfigureAwait(false);
        var ids = new List<string>(jobs.Length);
        for (int i = 0; i < jobs.Length; i++)
        {
            if (replies[i].Outcome is AdministerOutcome.Done or AdministerOutcome.Requested)
                ids.Add(jobs[i].Id);
        }

        return ids;
    }
}
