namespace AsyncMQ.Conformance.Driving;

/// <summary>Brings a job into any state by the way a job gets there.</summary>
public static class Lives
{
    /// <summary>The queue of the jobs that those in waiting-children wait for; they do not end by themselves.</summary>
    public const string QueueOfDependencies = "dependencies";

    public static IEnumerable<JobState> AllStates => Enum.GetValues<JobState>();

    /// <summary>Adds a job, by default with a custom id, and brings it into a state. Other jobs must not be claimable in its queue.</summary>
    /// <returns>The worker that claimed it, with the claim, when it was claimed.</returns>
    public static async Task<(Worker Worker, ClaimedJob Claim)?> Bring(this StoreDriver store, string id, JobState state, NewJob? draft = null)
    {
        NewJob job = draft ?? Job(id).WithCustomId();
        if (state == JobState.WaitingChildren)
            await store.Add(DependencyOf(id));
        Assert.Equal(AddOutcome.Created, (await store.Add(Shaped(job, state))).Outcome);
        switch (state)
        {
            case JobState.Waiting or JobState.Delayed or JobState.WaitingChildren:
                break;
            case JobState.Expired:
                await store.Advance(2.Hours());
                await store.Maintain();
                break;
            case JobState.Cancelled:
                await store.Do(JobCommand.Cancel, id, queue: job.Ref.Queue);
                break;
            default:
                Worker worker = await store.OpenWorker("bringer");
                ClaimedJob claim = await worker.ClaimOne(job.Ref.Queue);
                Assert.Equal(id, claim.Ref.Id);
                if (state == JobState.Completed)
                    await worker.Complete(claim, "result");
                else if (state == JobState.Failed)
                    await worker.Fail(claim, "error");
                Assert.Equal(state, await store.StateOf(id, job.Ref.Queue));
                return (worker, claim);
        }

        Assert.Equal(state, await store.StateOf(id, job.Ref.Queue));
        return null;
    }

    private static NewJob DependencyOf(string id) => Job($"before-{id}").In(QueueOfDependencies).Delayed(365.Days());

    private static NewJob Shaped(NewJob job, JobState state) => state switch
    {
        JobState.Delayed => job.Delayed(1.Hours()),
        JobState.Expired => job.ToLive(1.Hours()),
        JobState.WaitingChildren => job.DependsOn(DependencyOf(job.Ref.Id).Ref),
        _ => job,
    };
}
