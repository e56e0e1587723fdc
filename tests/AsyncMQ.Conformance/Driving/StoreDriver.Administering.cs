namespace AsyncMQ.Conformance.Driving;

public sealed partial class StoreDriver
{
    /// <summary>One command on one job, in whatever state.</summary>
    public async Task<JobChangeReply> Do(JobCommand command, string id, JobStateSet expected = JobStateSet.All, string queue = DefaultQueue) =>
        Assert.Single(await Administer(new() { Step = NextAdministration(), Command = command, Jobs = [new(queue, id)], Expected = expected }));

    public async Task<JobChangeReply> Reschedule(string id, TimeSpan? delay = null, DateTimeOffset? runAt = null) =>
        Assert.Single(await Administer(new()
        {
            Step = NextAdministration(),
            Command = JobCommand.Reschedule,
            Jobs = [new(DefaultQueue, id)],
            Expected = JobStateSet.All,
            Delay = delay,
            RunAt = runAt,
        }));

    public async Task<IReadOnlyList<JobChangeReply>> Administer(AdministerJobsStep step) => await Store.AdministerJobsAsync(step, default);

    public StepId NextAdministration() => steps.Next(StepCounter.Administration);

    public Task<QueueReply> Pause(string queue = DefaultQueue, TimeSpan? during = null) => Do(new QueueCommand.Pause("me", "why", during), queue);

    public Task<QueueReply> Resume(string queue = DefaultQueue) => Do(new QueueCommand.Resume(), queue);

    public Task<QueueReply> Release(string deduplicationId, string queue = DefaultQueue) =>
        Do(new QueueCommand.ReleaseDeduplication(deduplicationId), queue);

    public async Task<QueueReply> Do(QueueCommand command, string queue = DefaultQueue) =>
        await Store.AdministerQueueAsync(new(NextAdministration(), queue, command), default);

    public async Task<JobRecord?> Find(string id, JobParts parts = JobParts.All, string queue = DefaultQueue) =>
        Assert.Single(await Store.FindAsync([new(queue, id)], parts, default));

    /// <summary>A record that must be there.</summary>
    public async Task<JobRecord> Get(string id, string queue = DefaultQueue)
    {
        JobRecord? record = await Find(id, JobParts.All, queue);
        Assert.True(record is not null, $"There is no job {queue}/{id}.");
        return record;
    }

    /// <summary>A job's state; null when there is no such job.</summary>
    public async Task<JobState?> StateOf(string id, string queue = DefaultQueue) => (await Find(id, JobParts.None, queue))?.State;

    public async Task<string?> OwnerOf(string deduplicationId, string queue = DefaultQueue) =>
        await Store.DeduplicationOwnerAsync(queue, deduplicationId, default);

    public async Task<QueueCounts> Counts(string queue = DefaultQueue) => await Store.CountAsync(queue, default);

    public async Task<long> Count(JobState state, string queue = DefaultQueue) => (await Counts(queue)).ByState[(int)state];

    /// <summary>The ids of one state, in its order.</summary>
    public async Task<string[]> Page(JobState state, string queue = DefaultQueue) =>
        (await Store.PageAsync(new() { Queue = queue, State = state, Take = 1_000 }, default)).Jobs.Ids();
}
