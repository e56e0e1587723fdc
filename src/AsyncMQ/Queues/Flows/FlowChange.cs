using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>One command over the jobs of a flow: a loop of bounded atomic steps. The order of adding has each job behind those it depends on.</summary>
internal sealed class FlowChange(JobClientParts parts, string flow)
{
    private const int StepSize = 1_000;

    public required JobCommand Command { get; init; }

    /// <summary>The states that the command makes sense in; others are passed over.</summary>
    public required JobStateSet Allowed { get; init; }

    /// <summary>From the last one added to the first: then no job is met by what the change of its dependency does to it.</summary>
    public required bool DependentsFirst { get; init; }

    /// <summary>Leave alone what ended, or was added, since the call: what was changed is not met again.</summary>
    public async Task<long> RunAsync(CancellationToken cancellationToken) =>
        await RunAsync(await parts.ReadAsync((store, token) => store.GetTimeAsync(token), cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Goes on until nothing is left of the flow, whatever its handlers add meanwhile; a later flow of the same id is another one.</summary>
    public async Task<long> RunUntilGoneAsync(CancellationToken cancellationToken)
    {
        long all = 0, changed;
        FlowRecord? first = await FindAsync(cancellationToken).ConfigureAwait(false);
        for (FlowRecord? left = first; left is not null && left.Number == first!.Number; left = await FindAsync(cancellationToken).ConfigureAwait(false))
        {
            all += changed = await RunAsync(null, cancellationToken).ConfigureAwait(false);
            if (changed == 0)
                break;
        }

        return all;
    }

    private async Task<long> RunAsync(DateTimeOffset? cutOff, CancellationToken cancellationToken)
    {
        List<JobRef> jobs = [];
        await foreach (JobRecord record in FlowReader.RecordsAsync(parts, flow, JobParts.None, cancellationToken).ConfigureAwait(false))
        {
            if (Allowed.HasFlag((JobStateSet)(1 << (int)record.State)))
                jobs.Add(record.Ref);
        }

        if (DependentsFirst)
            jobs.Reverse();
        long changed = 0;
        foreach (JobRef[] step in jobs.Chunk(StepSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            changed += await ChangeAsync(step, cutOff, cancellationToken).ConfigureAwait(false);
        }

        return changed;
    }

    private async Task<long> ChangeAsync(JobRef[] jobs, DateTimeOffset? cutOff, CancellationToken cancellationToken)
    {
        IReadOnlyList<JobChangeReply> replies = await parts.ChangeAsync(
            (store, step, token) => store.AdministerJobsAsync(
                new() { Step = step, Command = Command, Jobs = jobs, Expected = Allowed, NotAfter = cutOff }, token),
            cancellationToken).ConfigureAwait(false);
        return replies.Count(reply => reply.Outcome is JobChangeOutcome.Done or JobChangeOutcome.Requested);
    }

    private Task<FlowRecord?> FindAsync(CancellationToken cancellationToken) =>
        parts.ReadAsync((store, token) => store.FindFlowAsync(flow, token), cancellationToken);
}
