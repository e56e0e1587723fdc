using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance.Operating;

/// <summary>Counts, views, results, times and queues, as one look at the queue should tell them. Source: A-01 … A-12, DL-05, S-01 … S-03.</summary>
public abstract class LookingOverTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    [Trait("reference", "A-02, A-05")]
    public async Task Prioritized_and_paused_are_views_of_waiting_and_counted_nowhere_else()
    {
        await using AsyncMQHost mq = Store.Host();
        foreach ((string id, int priority) in (IEnumerable<(string, int)>)[("a", 5), ("b", 1), ("c", 9)])
            await mq.Queue().AddAsync("work", null, new() { JobId = id, Priority = priority });
        await mq.Queue().AddAsync("work", null, new() { JobId = "d", Priority = 1, Delay = 1.Hours() });

        Assert.Equal(["b", "c"], Ids(await mq.Queue().GetPrioritizedAsync()));
        Assert.Empty(Ids(await mq.Queue().GetPausedAsync()));
        await mq.Queue().PauseAsync();

        Assert.Equal(["b", "a", "c"], Ids(await mq.Queue().GetPausedAsync()));
        Assert.Equal(["b", "a", "c"], Ids(await mq.Queue().GetWaitingAsync()));
        QueueStats stats = await mq.Queue().GetStatsAsync();
        Assert.Equal((3, 1, 2, 4, true), (stats.Waiting, stats.Delayed, stats.Prioritized, stats.Pending, stats.IsPaused));
        Assert.Equal(4, await mq.Queue().CountAsync());
        Assert.Equal(4, await mq.Queue().GetJobCountAsync());
    }

    [Fact]
    [Trait("reference", "A-05, A-10")]
    public async Task Each_getter_gives_its_own_state_and_keeps_the_rest_of_the_query()
    {
        await using AsyncMQHost mq = Store.Host();
        foreach (JobState state in Lives.AllStates.OrderBy(state => state == JobState.Waiting))
            await Store.Bring($"in-{state}", state);
        IJobQueue queue = mq.Queue();

        Assert.Equal(["in-Waiting"], Ids(await queue.GetWaitingAsync()));
        Assert.Equal(["in-Active"], Ids(await queue.GetActiveAsync()));
        Assert.Equal(["in-Delayed"], Ids(await queue.GetDelayedAsync()));
        Assert.Equal(["in-Completed"], Ids(await queue.GetCompletedAsync()));
        Assert.Equal(["in-Failed"], Ids(await queue.GetFailedAsync()));
        Assert.Equal(["in-WaitingChildren"], Ids(await queue.GetWaitingChildrenAsync()));
        Assert.Empty(Ids(await queue.GetFailedAsync(new() { Name = "other" })));
        Assert.Equal(["in-Failed"], Ids(await queue.GetFailedAsync(new() { States = [JobState.Waiting], Name = "work" })));
    }

    [Fact]
    [Trait("reference", "S-01")]
    public async Task Rates_are_of_the_last_five_minutes_whatever_became_of_the_records()
    {
        await using AsyncMQHost mq = Store.Host();
        Worker worker = await Store.OpenWorker(lease: 1.Hours());
        await Store.AddBulk(Batch([.. Enumerable.Range(0, 16).Select(i => $"job-{i}")]));
        IReadOnlyList<ClaimedJob> claimed = await worker.Claim(16);
        foreach (ClaimedJob job in claimed.Take(10))
            await worker.Complete(job);
        foreach (ClaimedJob job in claimed.Skip(10).Take(5))
            await worker.Fail(job);
        await worker.Retry(claimed[15], 1.Hours());

        Assert.Equal(new(2, 1), (await mq.Queue().GetStatsAsync()).Rates);
        await mq.Queue().CleanAsync(JobState.Completed);
        await Store.Advance(4.Minutes());
        Assert.Equal(new(2, 1), (await mq.Queue().GetStatsAsync()).Rates);
        Assert.Equal(default, (await mq.Queue("other").GetStatsAsync()).Rates);
        await Store.Advance(2.Minutes());
        Assert.Equal(default, (await mq.Queue().GetStatsAsync()).Rates);
    }

    [Fact]
    [Trait("reference", "A-06, S-01, S-02, S-03")]
    public async Task Counts_are_of_each_state_and_once_however_often_it_is_asked_for()
    {
        await using AsyncMQHost mq = Store.Host();
        foreach (JobState state in Lives.AllStates.OrderBy(state => state == JobState.Waiting))
            await Store.Bring($"in-{state}", state);
        IJobQueue queue = mq.Queue();

        IReadOnlyDictionary<JobState, long> all = await queue.GetJobCountsAsync();
        Assert.Equal(Enum.GetValues<JobState>(), all.Keys);
        Assert.All(all, count => Assert.Equal(1, count.Value));
        Assert.Equal(8, await queue.GetJobCountAsync());
        Assert.Equal(2, await queue.GetJobCountAsync([JobState.Failed, JobState.Expired, JobState.Failed]));
        Assert.Equal([JobState.Expired], (await queue.GetJobCountsAsync([JobState.Expired, JobState.Expired])).Keys);
        Assert.Equal(3, await queue.CountAsync());
        Assert.Equal(0, await mq.Queue("nowhere").GetJobCountAsync());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => queue.GetJobCountAsync([(JobState)99]));
    }

    [Theory]
    [MemberData(nameof(EveryState))]
    [Trait("reference", "A-07, A-08, A-09")]
    public async Task Every_look_at_a_job_tells_the_same_state_cancelled_ones_included(JobState state)
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Bring("a", state);

        Assert.Equal(state, (await mq.Queue().GetJobAsync("a"))!.State);
        Assert.Equal(state, await mq.Queue().GetJobStateAsync("a"));
        Assert.Equal(state, (await mq.Queue().GetJobResultAsync("a"))!.State);
        Assert.Equal(state, Assert.Single((await mq.Queue().GetJobsAsync(new())).Jobs).State);
        Assert.Equal(1, (await mq.Queue().GetStatsAsync())[state]);
    }

    public static TheoryData<JobState> EveryState => [.. Lives.AllStates];

    [Fact]
    [Trait("reference", "A-07")]
    public async Task Unknown_unfinished_without_value_null_and_a_value_are_five_answers()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("none", (_, _) => Task.CompletedTask)
            .AddHandler("null", (_, _) => Task.FromResult<string?>(null))
            .AddHandler("value", (_, _) => Task.FromResult<string?>("v"))
            .AddWorker(DefaultQueue));
        foreach (string name in (string[])["none", "null", "value"])
            await (await mq.Queue().AddAsync(name, null, new() { JobId = name })).Ends();
        await mq.Queue().AddAsync("value", null, new() { JobId = "unfinished", Delay = 1.Hours() });

        Assert.Null(await mq.Queue().GetJobResultAsync("unknown"));
        Assert.Equal((false, false), await Answer("unfinished"));
        Assert.Equal((true, false), await Answer("none"));
        Assert.Equal((true, true), await Answer("null"));
        Assert.Null((await mq.Queue().GetJobResultAsync("null"))!.Get<string>());
        Assert.Equal("v", (await mq.Queue().GetJobResultAsync("value"))!.Get<string>());

        async Task<(bool, bool)> Answer(string id)
        {
            JobResult result = (await mq.Queue().GetJobResultAsync(id))!;
            return (result.IsFinished, result.HasValue);
        }
    }

    [Theory]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Failed)]
    [Trait("reference", "A-12")]
    public async Task The_times_of_a_job_are_kept(JobState state)
    {
        await using AsyncMQHost mq = Store.Host();
        DateTimeOffset start = await Store.Now();
        await mq.Queue().AddAsync("work", null, new() { JobId = "a" });
        Worker worker = await Store.OpenWorker();
        await Store.Advance(1.Minutes());
        ClaimedJob claim = await worker.ClaimOne();
        await Store.Pass(10.Seconds(), worker);
        await (state == JobState.Completed ? worker.Complete(claim) : worker.Fail(claim));

        JobInfo job = await mq.Get(new(DefaultQueue, "a"));

        Assert.InRange(job.AddedAt - start, TimeSpan.Zero, Patience);
        Assert.InRange(job.StartedAt!.Value - job.AddedAt, 1.Minutes(), 1.Minutes() + Patience);
        Assert.InRange(job.FinishedAt!.Value - job.StartedAt!.Value, 10.Seconds(), 10.Seconds() + Patience);
        JobAttempt attempt = Assert.Single(job.Attempts);
        Assert.Equal(job.FinishedAt!.Value - job.StartedAt!.Value, attempt.Duration);
    }

    [Fact]
    [Trait("reference", "DL-03, DL-05")]
    public async Task Looking_at_delayed_jobs_even_at_those_due_takes_nothing_away()
    {
        await using AsyncMQHost mq = Store.Host();
        DateTimeOffset added = await Store.Now();
        await mq.Queue().AddAsync("work", null, new() { JobId = "later", Delay = 2.Hours() });
        await mq.Queue().AddAsync("work", null, new() { JobId = "sooner", Delay = 1.Hours() });
        await Store.Advance(90.Minutes());

        for (int i = 0; i < 3; i++)
        {
            JobPage page = await mq.Queue().GetDelayedAsync();
            Assert.Equal(["sooner", "later"], Ids(page));
            Assert.InRange(page.Jobs[0].DueAt!.Value - added, 1.Hours(), 1.Hours() + Patience);
        }

        Assert.Equal(["sooner"], (await (await Store.OpenWorker()).Claim(10)).Ids());
    }

    [Fact]
    [Trait("reference", "DL-06")]
    public async Task A_delayed_id_added_twice_is_one_job_and_runs_once()
    {
        await using AsyncMQHost mq = Store.Host();
        JobHandle first = await mq.Queue().AddAsync("work", ["first"], new() { JobId = "a", Delay = 1.Hours() });
        JobHandle second = await mq.Queue().AddAsync("work", ["second"], new() { JobId = "a", Delay = 2.Hours() });
        JobHandle raw = await mq.Queue().EnqueueAsync(JobPayload.FromJson("""{"task":"work","id":"a","args":["third"]}"""), await Store.Now() + 3.Hours());

        Assert.Equal((AddOutcome.Created, AddOutcome.Duplicate, AddOutcome.Duplicate), (first.Outcome, second.Outcome, raw.Outcome));
        Assert.Equal(1, (await mq.Queue().GetDelayedAsync()).Total);
        await Store.Advance(4.Hours());
        ClaimedJob claim = Assert.Single(await (await Store.OpenWorker()).Claim(10));
        Assert.Equal("[\"first\"]", claim.Payload.Text());
    }

    [Fact]
    [Trait("reference", "BK-02")]
    public async Task Queues_are_listed_whatever_state_their_jobs_are_in_and_after_the_last_one_is_gone()
    {
        await using AsyncMQHost mq = Store.Host();
        foreach (JobState state in Lives.AllStates)
            await Store.Bring("a", state, Job("a").In($"of-{state}"));
        await mq.Queue("drained").AddAsync("work");
        await mq.Queue("drained").DrainAsync();
        await mq.Queue("paused").PauseAsync();
        await mq.Queue("looked-at").GetStatsAsync();
        await mq.Queue("gone").AddAsync("work");
        await mq.Queue("gone").ObliterateAsync();

        string[] held = [.. Lives.AllStates.Select(state => $"of-{state}").Concat(["drained", "paused", Lives.QueueOfDependencies]).Order(StringComparer.Ordinal)];
        Assert.Equal(held, await Store.QueueNames());
        Assert.Equal(held.Append(DefaultQueue).Order(StringComparer.Ordinal), await mq.Client.GetQueuesAsync()); // those who brought them work it
    }

    private static string[] Ids(JobPage page) => [.. page.Jobs.Select(job => job.Id)];
}
