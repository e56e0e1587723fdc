namespace AsyncMQ.Conformance.Driving;

/// <summary>Brings a job that is there to its end, whatever else its queue holds.</summary>
public static class Ends
{
    /// <summary>The ways out of a queue that a dependency may take; null: it is removed.</summary>
    public static IReadOnlyList<JobState?> Ways { get; } = [JobState.Completed, JobState.Failed, JobState.Expired, JobState.Cancelled, null];

    /// <summary>The draft of a job that is to end in that way.</summary>
    public static NewJob ToEndAs(this NewJob job, JobState? way) => way == JobState.Expired ? job.ToLive(1.Hours()) : job;

    /// <summary>Ends a waiting job; one that is to expire must have been drafted so, and takes time. Others keep their places.</summary>
    public static async Task End(this StoreDriver store, string id, JobState? way = JobState.Completed, string queue = DefaultQueue)
    {
        switch (way)
        {
            case JobState.Completed or JobState.Failed:
                Worker worker = await store.OpenWorker("ender");
                IReadOnlyList<ClaimedJob> claims = await worker.Claim(1_000, queue);
                Assert.Contains(id, claims.Ids());
                SettlementKind kind = way == JobState.Completed ? SettlementKind.Complete : SettlementKind.Fail;
                await worker.SettleAll([.. claims.Reverse().Select(claim => Worker.Settlement(claim, claim.Ref.Id == id ? kind : SettlementKind.HandBack))]);
                await worker.Close();
                break;
            case JobState.Expired:
                await store.Advance(2.Hours());
                await store.Maintain();
                break;
            case JobState.Cancelled:
                Assert.Equal(JobChangeOutcome.Done, (await store.Do(JobCommand.Cancel, id, queue: queue)).Outcome);
                break;
            default:
                Assert.Equal(JobChangeOutcome.Done, (await store.Do(JobCommand.Remove, id, queue: queue)).Outcome);
                break;
        }

        Assert.Equal(way, await store.StateOf(id, queue));
    }
}
