using static AsyncMQ.Conformance.BadCall;

namespace AsyncMQ.Conformance;

/// <summary>Questions and changes that must be refused.</summary>
public static class BadLooks
{
    public static TheoryData<string> Names => NamesOf(All);

    public static IReadOnlyList<BadCall> All { get; } =
    [
        .. BadTexts.Ids.Select(bad => Argument($"the owner of an id {bad.What}", mq => mq.Queue().GetDeduplicationJobIdAsync(bad.Text), "A deduplication id", bad.Says)),
        .. BadTexts.Ids.Select(bad => Argument($"releasing an id {bad.What}", mq => mq.Queue().RemoveDeduplicationKeyAsync(bad.Text), "A deduplication id", bad.Says)),
        Null("no id to get", mq => mq.Queue().GetJobAsync(null!)),
        Null("no id for a state", mq => mq.Queue().GetJobStateAsync(null!)),
        Null("no id for a result", mq => mq.Queue().GetJobResultAsync(null!)),
        Null("no id to wait for", mq => mq.Queue().WaitAsync(null!)),
        Null("no id to find the owner of", mq => mq.Queue().GetDeduplicationJobIdAsync(null!)),
        Null("no id to release", mq => mq.Queue().RemoveDeduplicationKeyAsync(null!)),
        Null("no query", mq => mq.Queue().GetJobsAsync(null!)),
        Null("no states", mq => mq.Queue().GetJobsAsync(new() { States = null! })),
        Argument("an empty list of states", mq => mq.Queue().GetJobsAsync(new() { States = [] }), "at least one state"),
        Argument("a state that is none", mq => mq.Queue().GetJobsAsync(new() { States = [JobState.Waiting, (JobState)42] }), "42 is not a job state"),
        Argument("a negative state", mq => mq.Queue().GetJobsAsync(new() { States = [(JobState)(-1)] }), "-1 is not a job state"),
        OutOfRange("a page of nothing", mq => mq.Queue().GetJobsAsync(new() { States = [JobState.Waiting], Take = 0 }), "Take must be 1 to 1 000, but was 0"),
        OutOfRange("a page of less", mq => mq.Queue().GetJobsAsync(new() { States = [JobState.Waiting], Take = -1 }), "Take"),
        OutOfRange("a page of everything", mq => mq.Queue().GetJobsAsync(new() { States = [JobState.Waiting], Take = int.MaxValue }), "Take must be 1 to 1 000"),
        .. new[] { "", "!!!", "abc", "LTE", "MS4x", "MC5hLmI", "😀", "MC4xLjIuMw", "OTk5OTk5OTk5OTk5", new string('A', 100_000) }.Select((cursor, i) => Argument(
            $"cursor {i} that is none", mq => mq.Queue().GetJobsAsync(new() { States = [JobState.Waiting], After = cursor }), "is not a cursor of this query", "JobPage.Next")),
        Argument("a cursor of a query with more states", async mq =>
        {
            JobPage page = await mq.Queue().GetJobsAsync(new() { States = [JobState.Completed, JobState.Waiting], Take = 1 });
            await mq.Queue().GetJobsAsync(new() { States = [JobState.Waiting], After = page.Next });
        }, "is not a cursor of this query"),
        new("waiting for a job that is not there", typeof(JobNotCompletedException), ["default/nobody was removed"], mq => mq.Queue().WaitAsync("nobody")),
        Cancelled("add", (mq, token) => mq.Client.AddAsync("a", [Secret], null, token)),
        Cancelled("typed add", (mq, token) => mq.Client.AddAsync(new SendWelcome(Secret), null, token)),
        Cancelled("bulk", (mq, token) => mq.Client.AddBulkAsync([JobSpec.Of("a")], token)),
        Cancelled("large bulk", (mq, token) => mq.Client.AddBulkAsync([.. Enumerable.Repeat(JobSpec.Of("a"), 500)], token)),
        Cancelled("document", (mq, token) => mq.Client.EnqueueAsync(JobPayload.FromJson("""{"task":"t"}"""), null, token)),
        Cancelled("get", (mq, token) => mq.Queue().GetJobAsync("waiting", token)),
        Cancelled("state", (mq, token) => mq.Queue().GetJobStateAsync("waiting", token)),
        Cancelled("result", (mq, token) => mq.Queue().GetJobResultAsync("waiting", token)),
        Cancelled("wait", (mq, token) => mq.Queue().WaitAsync("waiting", token)),
        Cancelled("stats", (mq, token) => mq.Queue().GetStatsAsync(token)),
        Cancelled("page", (mq, token) => mq.Queue().GetJobsAsync(new() { States = [JobState.Waiting] }, token)),
        Cancelled("owner", (mq, token) => mq.Queue().GetDeduplicationJobIdAsync("held", token)),
        Cancelled("release", (mq, token) => mq.Queue().RemoveDeduplicationKeyAsync("held", token)),
        Cancelled("list of queues", (mq, token) => mq.Client.GetQueuesAsync(token)),
        Disposed("add", mq => mq.Client.AddAsync("a", [Secret])),
        Disposed("typed add", mq => mq.Client.AddAsync(new SendWelcome(Secret))),
        Disposed("bulk", mq => mq.Client.AddBulkAsync([JobSpec.Of("a")])),
        Disposed("stream", async mq => await mq.Client.AddBulkAsync(Stream()).CountAsync()),
        Disposed("document", mq => mq.Client.EnqueueAsync(JobPayload.FromJson("""{"task":"t"}"""))),
        Disposed("get", mq => mq.Queue().GetJobAsync("waiting")),
        Disposed("state", mq => mq.Queue().GetJobStateAsync("waiting")),
        Disposed("result", mq => mq.Queue().GetJobResultAsync("waiting")),
        Disposed("wait", mq => mq.Queue().WaitAsync("waiting")),
        Disposed("stats", mq => mq.Queue().GetStatsAsync()),
        Disposed("page", mq => mq.Queue().GetJobsAsync(new() { States = [JobState.Waiting] })),
        Disposed("owner", mq => mq.Queue().GetDeduplicationJobIdAsync("held")),
        Disposed("release", mq => mq.Queue().RemoveDeduplicationKeyAsync("held")),
        Disposed("list of queues", mq => mq.Client.GetQueuesAsync()),
        Disposed("start", mq => mq.StartAsync(), "AsyncMQHost"),
    ];

    private static BadCall Cancelled(string name, Func<AsyncMQHost, CancellationToken, Task> call) =>
        new($"{name} with a cancelled token", typeof(OperationCanceledException), [], mq => call(mq, new(canceled: true)));

    private static BadCall Disposed(string name, Func<AsyncMQHost, Task> call, string named = "IJobClient") => new($"{name} after the host was disposed", typeof(ObjectDisposedException), [named], async mq =>
    {
        await mq.Client.GetQueuesAsync();
        await mq.DisposeAsync();
        await call(mq);
    });

    private static async IAsyncEnumerable<JobSpec> Stream()
    {
        await Task.CompletedTask;
        yield return JobSpec.Of("a");
    }
}
