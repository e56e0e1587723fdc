using static AsyncMQ.Conformance.BadCall;

namespace AsyncMQ.Conformance;

/// <summary>Bulks and streams that must be refused whole; the message says which job is to blame.</summary>
public static class BadBulks
{
    private static readonly JobSpec Good = JobSpec.Of("a", [Secret], new() { JobId = "new" });

    public static TheoryData<string> Names => NamesOf(All);

    public static IReadOnlyList<BadCall> All { get; } =
    [
        Null("no bulk", mq => mq.Client.AddBulkAsync((IReadOnlyList<JobSpec>)null!)),
        Null("no bulk through a queue", mq => mq.Queue().AddBulkAsync((IReadOnlyList<JobSpec>)null!)),
        Null("no stream", mq => Task.FromResult(mq.Client.AddBulkAsync((IAsyncEnumerable<JobSpec>)null!))),
        Null("no stream through a queue", mq => Task.FromResult(mq.Queue().AddBulkAsync((IAsyncEnumerable<JobSpec>)null!))),
        Argument("a bulk with a hole", mq => mq.Client.AddBulkAsync([Good, Good, null!]), "Job 2 of the bulk: The job is null."),
        Argument("a bulk whose third job is for another queue", mq => mq.Queue("here").AddBulkAsync([Good, Good, Good with { Queue = "there" }]), "Job 2 of the bulk", "says queue 'there'", "leave its queue out"),
        Argument("a bulk with contradicting options", mq => mq.Client.AddBulkAsync([Good, JobSpec.Of("a", [], new() { Delay = 1.Seconds(), RunAt = DateTimeOffset.UnixEpoch })]), "Job 1 of the bulk", "Give one"),
        Argument("a bulk with an unnamed type", mq => mq.Client.AddBulkAsync([Good, JobSpec.Of(new Nameless())]), "Job 1 of the bulk", "has no [Job"),
        TooLarge("a bulk with a job over the limit", mq => mq.Client.AddBulkAsync([Good, Good, Good, JobSpec.Of("big", [new string('x', 1 << 20)])]), "Job 3 of the bulk is 1048580 bytes, over the limit of 1048576"),
        TooLarge("a bulk over 16 MiB", mq => mq.Client.AddBulkAsync([.. Enumerable.Repeat(JobSpec.Of("a", [new string('x', 1_000_000)]), 17)]), "The bulk is 17000068 bytes, over the limit of 16777216"),
        Argument("a bulk of 10 001 jobs", mq => mq.Client.AddBulkAsync([.. Enumerable.Repeat(JobSpec.Of("a"), 10_001)]), "at most 10000 jobs, but got 10001", "IAsyncEnumerable"),
        Argument("a stream with a hole", async mq => await mq.Client.AddBulkAsync(Stream(Good, null!)).CountAsync(), "Job 1 of the bulk"),
        Null("a spec without a typed job", mq => mq.Client.AddBulkAsync([Good, JobSpec.Of((IJob)null!)])),
        Null("a spec without a name", mq => mq.Client.AddBulkAsync([Good, JobSpec.Of((string)null!)])),
        Argument("a spec with a bad name", mq => mq.Client.AddBulkAsync([Good, JobSpec.Of("a b")]), "A job name"),
        Argument("a spec with a bad queue", mq => mq.Client.AddBulkAsync([Good, Good with { Queue = "" }]), "A queue name must not be empty"),
        Argument("a spec from a document without a name", mq => mq.Client.AddBulkAsync([Good, JobSpec.FromJson("{}")]), "needs a name"),
    ];

    private static async IAsyncEnumerable<JobSpec> Stream(params JobSpec[] jobs)
    {
        await Task.CompletedTask;
        foreach (JobSpec job in jobs)
            yield return job;
    }

    private sealed record Nameless : IJob;
}
