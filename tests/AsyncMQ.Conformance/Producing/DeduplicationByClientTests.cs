namespace AsyncMQ.Conformance;

/// <summary>Deduplication through the public options. Source: reference behaviour D-01 to D-12.</summary>
public abstract class DeduplicationByClientTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_deduplication_id_may_hold_colons_digits_and_inner_spaces()
    {
        await using AsyncMQHost mq = Store.Host();
        foreach (string id in new[] { "customer:cus_123", "42", "a b", "@x", new string('x', 255) })
        {
            JobHandle owner = await mq.Client.AddAsync("a", [], new() { Deduplication = new(id) });

            Assert.Equal(owner.Id, await mq.Queue().GetDeduplicationJobIdAsync(id));
            Assert.Equal(id, (await mq.Get(owner.Ref)).DeduplicationId);
            Assert.Equal(AddOutcome.Deduplicated, (await mq.Client.AddAsync("a", [], new() { Deduplication = new(id) })).Outcome);
        }
    }

    [Theory]
    [InlineData(JobState.Waiting, AddOutcome.Deduplicated)]
    [InlineData(JobState.Active, AddOutcome.Deduplicated)]
    [InlineData(JobState.Delayed, AddOutcome.Deduplicated)]
    [InlineData(JobState.Completed, AddOutcome.Created)]
    [InlineData(JobState.Failed, AddOutcome.Created)]
    [InlineData(JobState.Expired, AddOutcome.Created)]
    [InlineData(JobState.Cancelled, AddOutcome.Created)]
    public async Task Simple_suppresses_until_its_owner_has_ended(JobState state, AddOutcome outcome)
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Bring("owner", state, Job("owner").Deduplicated("d"));

        JobHandle next = await mq.Client.AddAsync("a", [], new() { JobId = "next", Deduplication = Deduplication.Simple("d") });

        Assert.Equal(outcome, next.Outcome);
        Assert.Equal(outcome == AddOutcome.Created ? "next" : "owner", next.Id);
        Assert.Equal(next.Id, await mq.Queue().GetDeduplicationJobIdAsync("d"));
    }

    [Fact]
    public async Task A_throttle_suppresses_for_its_window_though_the_owner_has_ended()
    {
        await using AsyncMQHost mq = Store.Host();
        JobOptions throttled = new() { Deduplication = Deduplication.Throttle("d", 1.Minutes()) };
        JobHandle owner = await mq.Client.AddAsync("a", [], throttled);
        Worker worker = await Store.OpenWorker();
        await worker.Complete(await worker.ClaimOne());

        await Store.Advance(59.Seconds());
        JobHandle within = await mq.Client.AddAsync("a", [], throttled);
        await Store.Advance(2.Seconds());
        JobHandle after = await mq.Client.AddAsync("a", [], throttled);

        Assert.Equal((AddOutcome.Deduplicated, owner.Id), (within.Outcome, within.Id));
        Assert.Equal(AddOutcome.Created, after.Outcome);
    }

    [Fact]
    public async Task A_window_that_has_ended_frees_the_id_though_the_owner_still_waits()
    {
        await using AsyncMQHost mq = Store.Host();
        JobOptions throttled = new() { Deduplication = Deduplication.Throttle("d", 1.Minutes()) };
        JobHandle owner = await mq.Client.AddAsync("a", [], throttled);

        await Store.Advance(61.Seconds());
        JobHandle after = await mq.Client.AddAsync("a", [], throttled);

        Assert.Equal(AddOutcome.Created, after.Outcome);
        Assert.Equal(after.Id, await mq.Queue().GetDeduplicationJobIdAsync("d"));
        Assert.Equal(JobState.Waiting, await mq.Queue().GetJobStateAsync(owner.Id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Only_extend_starts_the_window_anew(bool extend)
    {
        await using AsyncMQHost mq = Store.Host();
        JobOptions options = new() { Deduplication = new("d") { Ttl = 1.Minutes(), Extend = extend } };
        JobHandle owner = await mq.Client.AddAsync("a", [], options);

        await Store.Advance(40.Seconds());
        await mq.Client.AddAsync("a", [], options);
        await Store.Advance(40.Seconds());
        JobHandle third = await mq.Client.AddAsync("a", [], options);

        Assert.Equal(extend ? AddOutcome.Deduplicated : AddOutcome.Created, third.Outcome);
        Assert.Equal(extend, third.Id == owner.Id);
    }

    [Theory]
    [InlineData(false, AddOutcome.Created)]
    [InlineData(true, AddOutcome.Deduplicated)]
    public async Task A_replacement_keeps_the_old_window_unless_it_extends(bool extend, AddOutcome outcome)
    {
        await using AsyncMQHost mq = Store.Host();
        JobOptions burst = new() { Delay = 10.Minutes(), Deduplication = new("d") { Ttl = 1.Minutes(), Extend = extend, Replace = true } };
        await mq.Client.AddAsync("a", [], burst);
        await Store.Advance(40.Seconds());
        JobHandle second = await mq.Client.AddAsync("a", [], burst);
        Assert.Equal(AddOutcome.Replaced, second.Outcome);

        await Store.Advance(40.Seconds());
        JobHandle third = await mq.Client.AddAsync("a", [], new() { Deduplication = new("d") });

        Assert.Equal(outcome, third.Outcome);
    }

    [Fact]
    public async Task The_last_add_of_a_burst_runs_once_after_its_delay()
    {
        await using AsyncMQHost mq = Store.Host();
        JobOptions burst = new() { Delay = 10.Seconds(), Deduplication = Deduplication.Debounce("d", 10.Seconds()) };

        for (int i = 0; i < 5; i++)
        {
            await mq.Client.AddAsync("a", [i], burst);
            await Store.Advance(8.Seconds());
        }

        Worker worker = await Store.OpenWorker();
        Assert.Empty(await worker.Claim(10));
        await Store.Advance(3.Seconds());
        Assert.Equal("[4]", (await worker.ClaimOne()).Payload.Text());
        Assert.Equal(0, (await mq.Queue().GetStatsAsync()).Pending);
    }

    [Fact]
    public async Task A_delayed_owner_is_replaced_even_by_an_add_without_a_delay()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddAsync("a", [1], new() { Delay = 1.Hours(), Deduplication = new("d") });

        JobHandle now = await mq.Client.AddAsync("a", [2], new() { Deduplication = new("d") { Replace = true } });

        Assert.Equal(AddOutcome.Replaced, now.Outcome);
        Assert.Equal([now.Id], await mq.Ids());
        Assert.Equal(0, await mq.Count(JobState.Delayed));
    }

    [Theory]
    [InlineData(JobState.Waiting)]
    [InlineData(JobState.Active)]
    public async Task An_owner_that_is_not_delayed_is_not_replaced(JobState state)
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Bring("owner", state, Job("owner").Deduplicated("d"));

        JobHandle next = await mq.Client.AddAsync("a", [], new() { Deduplication = new("d") { Replace = true } });

        Assert.Equal((AddOutcome.Deduplicated, "owner"), (next.Outcome, next.Id));
        Assert.Equal(state, await mq.Queue().GetJobStateAsync("owner"));
    }

    [Fact]
    public async Task The_last_add_that_an_active_owner_suppressed_follows_it()
    {
        await using AsyncMQHost mq = Store.Host();
        JobOptions options = new() { Deduplication = new("d") { KeepLastIfActive = true } };
        await mq.Client.AddAsync("a", [1], options);
        Worker worker = await Store.OpenWorker();
        ClaimedJob owner = await worker.ClaimOne();

        Assert.Equal(AddOutcome.Deduplicated, (await mq.Client.AddAsync("a", [2], options)).Outcome);
        Assert.Equal(AddOutcome.Deduplicated, (await mq.Client.AddAsync("a", [3], options)).Outcome);
        Assert.Equal(0, await mq.Count());
        await worker.Complete(owner);

        Assert.Equal("[3]", (await worker.ClaimOne()).Payload.Text());
        Assert.Equal(0, await mq.Count());
    }

    [Fact]
    public async Task Deduplication_ids_are_scoped_to_their_queue()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddAsync("a", [], new() { Deduplication = new("d") });

        JobHandle other = await mq.Queue("other").AddAsync("a", [], new() { Deduplication = new("d") });

        Assert.Equal(AddOutcome.Created, other.Outcome);
    }

    [Fact]
    public async Task A_thousand_concurrent_adds_have_one_owner()
    {
        await using AsyncMQHost one = Store.Host();
        await using AsyncMQHost two = Store.Host();

        JobHandle[] handles = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i =>
            (i % 2 == 0 ? one : two).Client.AddAsync("a", [i], new() { Deduplication = new("d") })));

        JobHandle owner = Assert.Single(handles, handle => handle.Outcome == AddOutcome.Created);
        Assert.All(handles, handle => Assert.Equal(owner.Id, handle.Id));
        Assert.Equal(1, await one.Count());
    }

    [Fact]
    public async Task Releasing_an_id_frees_it_and_leaves_the_job()
    {
        await using AsyncMQHost mq = Store.Host();
        JobHandle owner = await mq.Client.AddAsync("a", [], new() { Deduplication = Deduplication.Throttle("d", 1.Hours()) });

        Assert.True(await mq.Queue().RemoveDeduplicationKeyAsync("d"));

        Assert.Null(await mq.Queue().GetDeduplicationJobIdAsync("d"));
        Assert.Equal(JobState.Waiting, await mq.Queue().GetJobStateAsync(owner.Id));
        Assert.Equal(AddOutcome.Created, (await mq.Client.AddAsync("a", [], new() { Deduplication = new("d") })).Outcome);
    }

    [Fact]
    public async Task An_id_that_nobody_holds_has_no_owner_and_nothing_to_release()
    {
        await using AsyncMQHost mq = Store.Host();

        Assert.Null(await mq.Queue().GetDeduplicationJobIdAsync("nobody"));
        Assert.False(await mq.Queue().RemoveDeduplicationKeyAsync("nobody"));
        Assert.Empty(await mq.Client.GetQueuesAsync());
    }
}
