namespace AsyncMQ.Conformance;

/// <summary>Bulks are one atomic group. Source: reference behaviour B-01, B-03.</summary>
public abstract class BulkTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_bulk_answers_each_job_in_order_with_its_own_queue_and_outcome()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddAsync("a", [], new() { JobId = "there" });

        IReadOnlyList<JobHandle> handles = await mq.Client.AddBulkAsync(
        [
            JobSpec.Of("a", [1], new() { JobId = "one" }),
            JobSpec.Of("a", [2], new() { JobId = "there" }),
            JobSpec.Of("a", [3], new() { JobId = "one" }),
            JobSpec.Of(new SendWelcome("a@b.c"), new() { JobId = "one" }),
            JobSpec.Of(new SendWelcome("a@b.c"), new() { JobId = "four" }) with { Queue = "vip" },
            JobSpec.Of("a", [], new() { JobId = "owner", Deduplication = new("d") }),
            JobSpec.Of("a", [], new() { JobId = "never", Deduplication = new("d") }),
        ]);

        Assert.Equal(
            [
                "default/one (Created)", "default/there (Duplicate)", "default/one (Duplicate)", "mail/one (Created)", "vip/four (Created)",
                "default/owner (Created)", "default/owner (Deduplicated)",
            ],
            handles.Select(handle => handle.ToString()));
        Assert.Equal("[1]", (await mq.Get(new("default", "one"))).Args.Text());
        Assert.Equal(["default", "mail", "vip"], await mq.Client.GetQueuesAsync());
    }

    [Fact]
    public async Task Through_a_queue_a_bulk_goes_to_that_queue()
    {
        await using AsyncMQHost mq = Store.Host();

        IReadOnlyList<JobHandle> handles = await mq.Queue("here").AddBulkAsync([JobSpec.Of("a"), JobSpec.Of(new SendWelcome("x")), JobSpec.Of("a") with { Queue = "here" }]);

        Assert.All(handles, handle => Assert.Equal("here", handle.Ref.Queue));
        Assert.Equal(3, await mq.Count(queue: "here"));
    }

    [Fact]
    public async Task An_empty_bulk_writes_nothing()
    {
        await using AsyncMQHost mq = Store.Host();

        Assert.Empty(await mq.Client.AddBulkAsync([]));
        Assert.Empty(await mq.Client.GetQueuesAsync());
    }

    [Fact]
    public async Task A_bulk_is_one_group_in_one_step()
    {
        var store = new WatchedAdds(Store.Store);
        await using AsyncMQHost mq = Store.Host(store);

        await mq.Client.AddBulkAsync([.. Enumerable.Range(0, 1_000).Select(i => JobSpec.Of("a", [i]))]);

        AddGroup group = Assert.Single(Assert.Single(store.Steps).Groups);
        Assert.Equal(1_000, group.Jobs.Count);
    }

    [Fact]
    public async Task Ten_thousand_jobs_fit_and_one_more_does_not()
    {
        await using AsyncMQHost mq = Store.Host();
        List<JobSpec> jobs = [.. Enumerable.Range(0, 10_000).Select(i => JobSpec.Of("a", [i]))];

        IReadOnlyList<JobHandle> handles = await mq.Client.AddBulkAsync(jobs);
        Assert.Equal(10_000, handles.Distinct().Count());
        Assert.Equal(10_000, await mq.Count());

        jobs.Add(JobSpec.Of("a"));
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(() => mq.Client.AddBulkAsync(jobs));
        Assert.Contains("at most 10000 jobs, but got 10001", refused.Message, StringComparison.Ordinal);
        Assert.Equal(10_000, await mq.Count());
    }

    [Fact]
    public async Task Sixteen_mebibytes_fit_and_one_byte_more_does_not()
    {
        await using AsyncMQHost mq = Store.Host();
        List<JobSpec> jobs = [.. Enumerable.Range(0, 16).Select(_ => JobSpec.Of("a", [new string('x', (1 << 20) - 4)]))];

        Assert.Equal(16, (await mq.Client.AddBulkAsync(jobs)).Count);
        jobs[0] = JobSpec.Of("a", [new string('x', (1 << 20) - 10)]);
        jobs.Add(JobSpec.Of("a", ["xxx"]));
        PayloadTooLargeException refused = await Assert.ThrowsAsync<PayloadTooLargeException>(() => mq.Client.AddBulkAsync(jobs));

        Assert.Equal(((16 << 20) + 1, 16 << 20), (refused.Size, refused.Limit));
        Assert.Contains("The bulk", refused.Message, StringComparison.Ordinal);
        Assert.Equal(16, await mq.Count());
    }

    [Fact]
    public async Task A_bulk_does_not_hold_up_a_single_add()
    {
        var store = new WatchedAdds(Store.Store);
        var gate = new TaskCompletionSource();
        store.OnAdd = async (step, add) =>
        {
            if (step.Groups[0].Jobs.Count > 1)
                await gate.Task;
            return await add();
        };
        await using AsyncMQHost mq = Store.Host(store);
        Task<IReadOnlyList<JobHandle>> bulk = mq.Client.AddBulkAsync([.. Enumerable.Range(0, 500).Select(i => JobSpec.Of("a", [i]))]);

        JobHandle single = await mq.Client.AddAsync("a").WaitAsync(Patience);

        Assert.Equal(AddOutcome.Created, single.Outcome);
        Assert.False(bulk.IsCompleted);
        gate.SetResult();
        Assert.Equal(500, (await bulk).Count);
    }

    [Fact]
    public async Task A_list_that_changes_while_it_is_sent_is_sent_as_it_was()
    {
        var store = new WatchedAdds(Store.Store);
        var gate = new TaskCompletionSource();
        store.OnAdd = async (_, add) =>
        {
            await gate.Task;
            return await add();
        };
        await using AsyncMQHost mq = Store.Host(store);
        List<JobSpec> jobs = [JobSpec.Of("a"), JobSpec.Of("b")];

        Task<IReadOnlyList<JobHandle>> bulk = mq.Client.AddBulkAsync(jobs);
        jobs.Clear();
        gate.SetResult();

        Assert.Equal(2, (await bulk).Count);
        Assert.Equal(2, await mq.Count());
    }
}
