namespace AsyncMQ.Conformance;

/// <summary>Priority, delay, run-at and time-to-live as the client's options.</summary>
public abstract class WhenToRunTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Lower_priority_numbers_run_first_and_equals_in_the_order_added()
    {
        await using AsyncMQHost mq = Store.Host();
        foreach ((string id, int priority) in new[] { ("c", 5), ("a", 1), ("e", 9), ("d", 5), ("b", 1) })
            await mq.Client.AddAsync("a", [], new() { JobId = id, Priority = priority });

        Worker worker = await Store.OpenWorker();

        Assert.Equal(["a", "b", "c", "d", "e"], await mq.Ids());
        Assert.Equal(["a", "b", "c", "d", "e"], (await worker.Claim(10)).Ids());
    }

    [Fact]
    public async Task Every_32_bit_number_is_a_priority()
    {
        await using AsyncMQHost mq = Store.Host();
        int[] priorities = [0, int.MaxValue, -1, int.MinValue, 5, int.MaxValue - 1, int.MinValue + 1, 1];
        foreach (int priority in priorities)
            await mq.Client.AddAsync("a", [], new() { JobId = $"p{priority}", Priority = priority });

        Worker worker = await Store.OpenWorker();

        Assert.Equal(priorities.Order().Select(priority => $"p{priority}"), (await worker.Claim(10)).Ids());
        Assert.Equal(int.MinValue, (await mq.Get(new("default", $"p{int.MinValue}"))).Priority);
    }

    [Fact]
    public async Task The_default_priority_is_five()
    {
        await using AsyncMQHost mq = Store.Host();
        JobHandle plain = await mq.Client.AddAsync("a");
        await mq.Client.AddAsync("a", [], new() { Priority = 4 });

        Assert.Equal(5, (await mq.Get(plain.Ref)).Priority);
        Assert.Equal(1, (await mq.Queue().GetStatsAsync()).Prioritized);
    }

    [Fact]
    public async Task Adds_that_are_not_awaited_keep_their_order()
    {
        await using AsyncMQHost mq = Store.Host();
        string[] ids = [.. Enumerable.Range(0, 1_000).Select(i => $"job-{i}")];
        await mq.Client.AddAsync("a", [], new() { JobId = "first" });

        await Task.WhenAll(ids.Select(id => mq.Client.AddAsync("a", [], new() { JobId = id })));

        Assert.Equal(ids[..999], (await mq.Ids())[1..]);
    }

    [Fact]
    public async Task A_bulk_keeps_its_order()
    {
        await using AsyncMQHost mq = Store.Host();
        string[] ids = [.. Enumerable.Range(0, 1_000).Select(i => $"job-{i}")];

        await mq.Client.AddBulkAsync([.. ids.Select(id => JobSpec.Of("a", [], new() { JobId = id }))]);

        Assert.Equal(ids, await mq.Ids());
    }

    [Fact]
    public async Task A_delayed_job_does_not_start_before_its_time()
    {
        await using AsyncMQHost mq = Store.Host();
        DateTimeOffset now = await Store.Now();
        JobHandle handle = await mq.Client.AddAsync("a", [], new() { Delay = 1.Hours() });
        Worker worker = await Store.OpenWorker();

        JobInfo job = await mq.Get(handle.Ref);
        Assert.Equal(JobState.Delayed, job.State);
        Assert.InRange(job.DueAt!.Value, now + 1.Hours() - 1.Seconds(), now + 1.Hours() + Patience);
        await Store.Advance(59.Minutes());
        Assert.Empty(await worker.Claim(1));
        await Store.Advance(2.Minutes());
        Assert.Equal(handle.Id, (await worker.ClaimOne()).Ref.Id);
        Assert.Null((await mq.Get(handle.Ref)).DueAt);
    }

    [Fact]
    public async Task A_job_for_a_time_to_come_starts_at_that_time_of_the_stores_clock()
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Advance(10.Days());
        DateTimeOffset at = await Store.Now() + 1.Hours();
        JobHandle handle = await mq.Client.AddAsync("a", [], new() { RunAt = at.ToOffset(5.Hours()) });
        Worker worker = await Store.OpenWorker();

        Assert.Equal(at, (await mq.Get(handle.Ref)).DueAt!.Value, 1.Milliseconds());
        Assert.Empty(await worker.Claim(1));
        await Store.Advance(61.Minutes());
        Assert.Equal(handle.Id, (await worker.ClaimOne()).Ref.Id);
    }

    public static TheoryData<DateTimeOffset> PastTimes => [DateTimeOffset.MinValue, DateTimeOffset.UnixEpoch, new DateTimeOffset(1999, 12, 31, 0, 0, 0, TimeSpan.FromHours(-12))];

    [Theory]
    [MemberData(nameof(PastTimes))]
    public async Task A_time_in_the_past_means_at_once(DateTimeOffset past)
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle handle = await mq.Client.AddAsync("a", [], new() { RunAt = past });

        Assert.Equal(JobState.Waiting, await mq.Queue().GetJobStateAsync(handle.Id));
    }

    [Fact]
    public async Task A_delay_of_zero_means_at_once()
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle handle = await mq.Client.AddAsync("a", [], new() { Delay = TimeSpan.Zero });

        Assert.Equal(JobState.Waiting, await mq.Queue().GetJobStateAsync(handle.Id));
    }

    [Fact]
    public async Task The_longest_delay_and_time_to_live_are_a_hundred_years()
    {
        await using AsyncMQHost mq = Store.Host();
        TimeSpan longest = 36_525.Days();

        JobHandle delayed = await mq.Client.AddAsync("a", [], new() { Delay = longest });
        JobHandle living = await mq.Client.AddAsync("a", [], new() { TimeToLive = longest, Deduplication = Deduplication.Throttle("d", longest) });

        Assert.Equal(JobState.Delayed, await mq.Queue().GetJobStateAsync(delayed.Id));
        Assert.True((await mq.Get(delayed.Ref)).DueAt > DateTimeOffset.UtcNow + 36_500.Days());
        Assert.True((await mq.Get(living.Ref)).ExpiresAt > DateTimeOffset.UtcNow + 36_500.Days());
    }

    [Fact]
    public async Task A_job_past_its_time_to_live_expires_instead_of_starting()
    {
        await using AsyncMQHost mq = Store.Host();
        JobHandle brief = await mq.Client.AddAsync("a", [], new() { TimeToLive = 1.Minutes() });
        JobHandle lasting = await mq.Client.AddAsync("a", [], new() { TimeToLive = 1.Hours() });
        JobHandle forEver = await mq.Client.AddAsync("a");
        Worker worker = await Store.OpenWorker();
        await Store.Advance(2.Minutes());

        IReadOnlyList<ClaimedJob> claimed = await worker.Claim(10);

        Assert.Equal([lasting.Id, forEver.Id], claimed.Ids());
        Assert.Equal(JobState.Expired, await mq.Queue().GetJobStateAsync(brief.Id));
        JobInfo job = await mq.Get(lasting.Ref);
        Assert.Equal(job.AddedAt + 1.Hours(), job.ExpiresAt!.Value, 1.Milliseconds());
        Assert.Null((await mq.Get(forEver.Ref)).ExpiresAt);
    }

    [Fact]
    public async Task A_delay_counts_against_the_time_to_live()
    {
        await using AsyncMQHost mq = Store.Host();
        JobHandle handle = await mq.Client.AddAsync("a", [], new() { Delay = 50.Minutes(), TimeToLive = 1.Hours() });
        Worker worker = await Store.OpenWorker();
        await Store.Advance(61.Minutes());

        Assert.Empty(await worker.Claim(1));
        Assert.Equal(JobState.Expired, await mq.Queue().GetJobStateAsync(handle.Id));
    }
}
