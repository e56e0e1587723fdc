namespace AsyncMQ.Conformance;

/// <summary>Custom ids through the client, and what each outcome answers. Source: reference behaviour K-01 to K-03.</summary>
public abstract class AddOutcomeTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task An_id_that_exists_is_duplicate_and_changes_nothing()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddAsync("first", [1], new() { JobId = "one", Priority = 3 });

        JobHandle again = await mq.Client.AddAsync("second", [2], new() { JobId = "one", Priority = 1, Delay = 1.Hours() });

        Assert.Equal((AddOutcome.Duplicate, "one"), (again.Outcome, again.Id));
        JobInfo job = await mq.Get(again.Ref);
        Assert.Equal(("first", "[1]", 3, JobState.Waiting), (job.Name, job.Args.Text(), job.Priority, job.State));
        Assert.Equal(1, (await mq.Queue().GetStatsAsync()).Pending);
    }

    [Theory]
    [InlineData(JobState.Active, AddOutcome.Duplicate)]
    [InlineData(JobState.Delayed, AddOutcome.Duplicate)]
    [InlineData(JobState.Completed, AddOutcome.Duplicate)]
    [InlineData(JobState.Failed, AddOutcome.Duplicate)]
    [InlineData(JobState.Expired, AddOutcome.Duplicate)]
    [InlineData(JobState.Cancelled, AddOutcome.Created)]
    public async Task Only_a_cancelled_job_gives_its_id_back(JobState state, AddOutcome outcome)
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Bring("one", state);

        JobHandle again = await mq.Client.AddAsync("again", [], new() { JobId = "one" });

        Assert.Equal(outcome, again.Outcome);
        Assert.Equal(outcome == AddOutcome.Created ? JobState.Waiting : state, await mq.Queue().GetJobStateAsync("one"));
    }

    [Fact]
    public async Task Ids_are_scoped_to_their_queue()
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle here = await mq.Client.AddAsync("a", [1], new() { JobId = "one" });
        JobHandle there = await mq.Queue("other").AddAsync("a", [2], new() { JobId = "one" });

        Assert.Equal(AddOutcome.Created, here.Outcome);
        Assert.Equal(AddOutcome.Created, there.Outcome);
        Assert.Equal("[2]", (await mq.Get(there.Ref)).Args.Text());
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("12a")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("😀")]
    [InlineData("waiting")]
    [InlineData("..")]
    public async Task Ids_that_only_look_odd_are_ids(string id)
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle handle = await mq.Client.AddAsync("a", [], new() { JobId = id });

        Assert.Equal((AddOutcome.Created, id), (handle.Outcome, handle.Id));
        Assert.Equal(id, (await mq.Get(handle.Ref)).Id);
    }

    [Fact]
    public async Task An_id_may_have_255_bytes()
    {
        await using AsyncMQHost mq = Store.Host();
        foreach (string id in new[] { new string('x', 255), new string('ä', 127) + "x" })
        {
            Assert.Equal(AddOutcome.Created, (await mq.Client.AddAsync("a", [], new() { JobId = id })).Outcome);
            Assert.Equal(AddOutcome.Duplicate, (await mq.Client.AddAsync("a", [], new() { JobId = id })).Outcome);
        }
    }

    [Fact]
    public async Task Ten_thousand_adds_of_one_id_from_two_hosts_create_one_job()
    {
        await using AsyncMQHost one = Store.Host();
        await using AsyncMQHost two = Store.Host();

        JobHandle[] handles = await Task.WhenAll(Enumerable.Range(0, 10_000).Select(i =>
            (i % 2 == 0 ? one : two).Client.AddAsync("a", [i], new() { JobId = "same" })));

        Assert.Single(handles, handle => handle.Outcome == AddOutcome.Created);
        Assert.Equal(9_999, handles.Count(handle => handle.Outcome == AddOutcome.Duplicate));
        Assert.Equal(1, await one.Count());
    }

    [Fact]
    public async Task A_deduplicated_add_answers_the_job_that_stands_for_it()
    {
        await using AsyncMQHost mq = Store.Host();
        JobHandle owner = await mq.Client.AddAsync(new SendWelcome("a"), new() { Deduplication = new("d") });

        JobHandle<string> suppressed = await mq.Client.AddAsync(new SendWelcome("b"), new() { Deduplication = new("d") });

        Assert.Equal(AddOutcome.Deduplicated, suppressed.Outcome);
        Assert.Equal(owner.Ref, suppressed.Ref);
    }

    [Fact]
    public async Task A_replacing_add_answers_its_own_job()
    {
        await using AsyncMQHost mq = Store.Host();
        JobOptions burst = new() { Delay = 1.Minutes(), Deduplication = Deduplication.Debounce("d", 1.Minutes()) };
        JobHandle before = await mq.Client.AddAsync("a", [1], burst);

        JobHandle after = await mq.Client.AddAsync("a", [2], burst with { JobId = "mine" });

        Assert.Equal((AddOutcome.Replaced, "mine"), (after.Outcome, after.Id));
        Assert.Null(await mq.Queue().GetJobAsync(before.Id));
        Assert.Equal(["mine"], await mq.Ids(JobState.Delayed));
    }

    [Fact]
    public async Task The_custom_id_is_looked_at_before_the_deduplication_id()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddAsync("a", [], new() { JobId = "owner", Deduplication = new("d") });
        await mq.Client.AddAsync("a", [], new() { JobId = "one" });

        JobHandle handle = await mq.Client.AddAsync("a", [], new() { JobId = "one", Deduplication = new("d") });

        Assert.Equal((AddOutcome.Duplicate, "one"), (handle.Outcome, handle.Id));
    }

    [Fact]
    public async Task A_queue_that_is_being_obliterated_refuses_adds_whole()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddAsync("a");
        await Store.Do(new QueueCommand.Close(Force: false));

        AddRefusedException refused = await Assert.ThrowsAsync<AddRefusedException>(() =>
            mq.Client.AddBulkAsync([JobSpec.Of("a") with { Queue = "open" }, JobSpec.Of("a", [], new() { JobId = "one" })]));

        Assert.Contains("'default' is being obliterated", refused.Message, StringComparison.Ordinal);
        Assert.Contains("default/one", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, await mq.Count(queue: "open"));
        Assert.Equal(AddOutcome.Created, (await mq.Queue("open").AddAsync("a")).Outcome);
    }
}
