using AsyncMQ.Seams;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>
/// Adds groups: small ones share round trips on one lane, large ones (over 256 jobs or 1 MiB) have the other, so that a bulk never holds up an add.
/// </summary>
internal sealed class Producer
{
    private static readonly BatchWeight Small = new(256, 1 << 20);
    private readonly Func<CancellationToken, Task> start;
    private readonly Batcher<AddGroup, GroupReply> smallAdds;
    private readonly Batcher<AddGroup, GroupReply> largeAdds;

    public Producer(IJobStore store, StepSender steps, IWorkScheduler scheduler, Func<CancellationToken, Task> start)
    {
        this.start = start;
        smallAdds = new(Small, scheduler, groups => SendAsync(StepSender.SmallAdds, groups));
        largeAdds = new(new(0, 0), scheduler, groups => SendAsync(StepSender.LargeAdds, groups));

        async Task<IReadOnlyList<GroupReply>> SendAsync(int lane, IReadOnlyList<AddGroup> groups)
        {
            AddReply reply = await steps.SendAsync(lane, (step, token) => store.AddAsync(new(step, groups), token)).ConfigureAwait(false);
            return reply.Groups;
        }
    }

    /// <summary>Stores one group, all or nothing.</summary>
    public async Task<IReadOnlyList<AddedJob>> AddAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await start(cancellationToken).ConfigureAwait(false);
        BatchWeight weight = Weigh(jobs);
        Task<GroupReply> sent = (weight.Fits(Small) ? smallAdds : largeAdds).SendAsync(new(jobs), weight);
        GroupReply reply;
        try
        {
            reply = sent.IsCompletedSuccessfully ? sent.Result : await sent.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException e) when (e is not StoreRejectedException)
        {
            throw new AddOutcomeUnknownException([.. jobs.Select(job => job.Ref)], e);
        }

        return reply.Refusal is null ? reply.Jobs : throw new AddRefusedException(Describe(reply.Refusal));
    }

    private static BatchWeight Weigh(IReadOnlyList<NewJob> jobs)
    {
        long bytes = 0;
        for (int i = 0; i < jobs.Count; i++)
            bytes += jobs[i].Payload.Length + jobs[i].Envelope.Length;
        return new(jobs.Count, bytes);
    }

    private static string Describe(AddRefusal refusal) => refusal.Reason switch
    {
        AddRefusalReason.QueueClosed => $"Queue '{refusal.Detail}' is being obliterated; job {refusal.Job} was not added. Try again when that is done.",
        _ => $"Job {refusal.Job} depends on {refusal.Detail}, which does not exist; nothing was added.",
    };
}
