using AsyncMQ.Seams;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>
/// Adds groups: small ones share round trips on one lane, large ones (over 256 jobs or 1 MiB) have the other, so that a bulk never holds up an add.
/// </summary>
internal sealed class Producer : IGroupAdder
{
    private static readonly BatchWeight Small = new(256, 1 << 20);
    private const int BytesOfDependency = 64;
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

    public async Task<IReadOnlyList<AddedJob>> AddAsync(AddGroup group, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await start(cancellationToken).ConfigureAwait(false);
        BatchWeight weight = Weigh(group.Jobs);
        Task<GroupReply> sent = (weight.Fits(Small) ? smallAdds : largeAdds).SendAsync(group, weight);
        GroupReply reply;
        try
        {
            reply = sent.IsCompletedSuccessfully ? sent.Result : await sent.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException e) when (e is not StoreRejectedException)
        {
            throw new AddOutcomeUnknownException([.. group.Jobs.Select(job => job.Ref)], e);
        }

        return reply.Refusal is null ? reply.Jobs : throw new AddRefusedException(Describe(reply.Refusal));
    }

    /// <summary>Whether a group goes with other small ones, and so in the order of the calls; a large one goes on its own.</summary>
    public static bool IsSmall(AddGroup group) => Weigh(group.Jobs).Fits(Small);

    private static BatchWeight Weigh(IReadOnlyList<NewJob> jobs)
    {
        long bytes = 0;
        for (int i = 0; i < jobs.Count; i++)
            bytes += WeightOf(jobs[i]);
        return new(jobs.Count, bytes);
    }

    /// <summary>What a job adds to a step, about, in bytes: what it depends on is work for the store, too.</summary>
    public static long WeightOf(NewJob job) => job.Payload.Length + job.Envelope.Length + (BytesOfDependency * (long)job.DependsOn.Count);

    private static string Describe(AddRefusal refusal) => refusal.Reason switch
    {
        AddRefusalReason.QueueClosed => $"Queue '{refusal.Detail}' is being obliterated; job {refusal.Job} was not added. Try again when that is done.",
        AddRefusalReason.UnknownFlow => $"Flow '{refusal.Detail}' does not exist, or none of its jobs is on record any more; nothing was added to it. Add it as a new one.",
        AddRefusalReason.IdTaken => $"Job {refusal.Job} exists already, and a job of a flow needs an id of its own; nothing was added.",
        AddRefusalReason.UnknownDependency =>
            $"Job {refusal.Job} depends on {refusal.Detail}, which does not exist; nothing was added. Add that one first: earlier, or before it in the same bulk.",
        _ => $"Job {refusal.Job} was refused by the store ({refusal.Reason}: {refusal.Detail}); nothing was added.",
    };
}
