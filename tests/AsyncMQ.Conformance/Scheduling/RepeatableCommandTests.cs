namespace AsyncMQ.Conformance.Scheduling;

/// <summary>What can be done with repeatables that are there, that are not, and that cannot be read. Source: .</summary>
public abstract class RepeatableCommandTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private static readonly JobSpec Work = JobSpec.Of("work");

    /// <summary>Definitions that nobody can read, and what is said of each.</summary>
    public static TheoryData<string, string> Unreadable => new()
    {
        { "garbage", "damaged" },
        { "", "damaged" },
        { "{}", "format" },
        { """{"v":99,"i":36000000000,"t":0,"n":"work"}""", "format 99" },
        { """{"v":1,"c":"0 3 * * *","z":"Atlantis/Capital","t":0,"n":"work"}""", "Atlantis/Capital" },
        { """{"v":1,"i":-1,"t":0,"n":"work"}""", "interval" },
    };

    [Fact]
    public async Task They_are_listed_in_order_of_their_ids()
    {
        await using AsyncMQHost mq = Store.Host();
        foreach (string id in (string[])["b", "a", "Z"])
            await mq.Queue().UpsertRepeatableAsync(id, Schedule.Every(1.Hours()), Work);
        await mq.Queue("other").UpsertRepeatableAsync("elsewhere", Schedule.Every(1.Hours()), Work);

        Assert.Equal(["Z", "a", "b"], (await mq.Queue().GetRepeatablesAsync()).Select(one => one.Id));
        Assert.Equal("other", Assert.Single(await mq.Queue("other").GetRepeatablesAsync()).Queue);
        Assert.Empty(await mq.Queue("none").GetRepeatablesAsync());
    }

    [Fact]
    public async Task Of_one_that_is_not_there_every_answer_says_so()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()), Work);

        foreach (IJobQueue queue in (IJobQueue[])[mq.Queue(), mq.Queue("never-seen")])
        {
            Assert.Null(await queue.GetRepeatableAsync("no"));
            Assert.False(await queue.PauseRepeatableAsync("no"));
            Assert.False(await queue.ResumeRepeatableAsync("no"));
            Assert.False(await queue.RemoveRepeatableAsync("no"));
            Assert.Null(await queue.TriggerRepeatableAsync("no"));
            Assert.Empty(await queue.GetRepeatableHistoryAsync("no"));
        }

        Assert.Equal(["r"], await Store.Schedules());
        Assert.Equal(0, await Store.Count(JobState.Waiting));
    }

    [Fact]
    public async Task Resumed_it_goes_on_from_now_and_makes_up_for_nothing()
    {
        await using AsyncMQHost mq = Store.Host();
        DateTimeOffset first = (await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()), Work))!.Value;
        Assert.True(await mq.Queue().PauseRepeatableAsync("r"));
        Assert.True(await mq.Queue().PauseRepeatableAsync("r"));
        await Store.Advance(330.Minutes());
        Assert.Equal((true, first), ((await mq.Repeatable("r")).IsPaused, (await mq.Repeatable("r")).Next));
        Assert.Empty((await mq.Repeatable("r")).GetOccurrences(3));

        Assert.True(await mq.Queue().ResumeRepeatableAsync("r"));
        Assert.True(await mq.Queue().ResumeRepeatableAsync("r"));

        RepeatableInfo info = await mq.Repeatable("r");
        Assert.Equal((false, first + 5.Hours()), (info.IsPaused, info.Next));
        Assert.Equal([first + 5.Hours(), first + 6.Hours()], info.GetOccurrences(2));
        Assert.Empty(await Store.DueIds());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Triggered_by_hand_it_adds_a_job_and_nothing_else_changes(bool paused)
    {
        await using AsyncMQHost mq = Store.Host();
        JobSpec job = JobSpec.Of("work", [1], new() { Priority = 4, Headers = new Dictionary<string, string> { ["h"] = "v" } });
        DateTimeOffset? next = await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()) with { Jitter = 1.Days(), MaxRuns = 1 }, job, paused);

        JobHandle? one = await mq.Queue().TriggerRepeatableAsync("r");
        JobHandle? two = await mq.Queue().TriggerRepeatableAsync("r");

        Assert.NotEqual(one!.Id, two!.Id);
        JobInfo added = await mq.Get(one.Ref);
        Assert.Equal((JobState.Waiting, "r", "work", 4, "v"), (added.State, added.RepeatableId, added.Name, added.Priority, added.Headers["h"]));
        RepeatableInfo info = await mq.Repeatable("r");
        Assert.Equal((next, 0, paused, two.Id), (info.Next, info.Runs, info.IsPaused, info.LastJobId));
        Assert.Equal([two.Id, one.Id], (await mq.Queue().GetRepeatableHistoryAsync("r")).Select(run => run.JobId));
        Assert.Equal(OccurrenceOutcome.Triggered, Assert.Single(await mq.Queue().GetRepeatableHistoryAsync("r", take: 1)).Outcome);
    }

    [Fact]
    public async Task A_triggered_job_that_another_one_stands_for_is_answered_with_that_one()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()), JobSpec.Of("work", null, new() { Deduplication = Deduplication.Simple("d") }));

        JobHandle? one = await mq.Queue().TriggerRepeatableAsync("r");
        JobHandle? two = await mq.Queue().TriggerRepeatableAsync("r");

        Assert.Equal((AddOutcome.Created, AddOutcome.Deduplicated, one!.Id), (one.Outcome, two!.Outcome, two.Id));
    }

    [Fact]
    public async Task Removed_it_is_gone_with_its_history_and_its_jobs_stay()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()), Work);
        JobHandle? job = await mq.Queue().TriggerRepeatableAsync("r");

        Assert.True(await mq.Queue().RemoveRepeatableAsync("r"));
        Assert.False(await mq.Queue().RemoveRepeatableAsync("r"));

        Assert.Null(await mq.Queue().GetRepeatableAsync("r"));
        Assert.Empty(await mq.Queue().GetRepeatableHistoryAsync("r"));
        Assert.Equal("r", (await mq.Get(job!.Ref)).RepeatableId);
        await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()), Work);
        Assert.Empty(await mq.Queue().GetRepeatableHistoryAsync("r"));
    }

    [Fact]
    public async Task Other_jobs_are_of_no_repeatable()
    {
        await using AsyncMQHost mq = Store.Host();
        JobHandle named = await mq.Client.AddAsync("work", null, new() { JobId = "r@20260501T030000.000Z" });
        JobHandle other = await mq.Client.AddAsync("work");

        Assert.Equal((null, null), ((await mq.Get(named.Ref)).RepeatableId, (await mq.Get(other.Ref)).RepeatableId));
    }

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task One_that_cannot_be_read_is_shown_with_the_reason_and_disturbs_no_other(string definition, string reason)
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Queue().UpsertRepeatableAsync("a", Schedule.Every(1.Hours()), Work);
        await mq.Queue().UpsertRepeatableAsync("c", Schedule.Every(1.Hours()), Work);
        DateTimeOffset next = await Store.From(1.Hours());
        await Store.Create(Schedule("b", next) with { Definition = Bytes(definition) });

        IReadOnlyList<RepeatableInfo> all = await mq.Queue().GetRepeatablesAsync();
        Assert.Equal([("a", true), ("b", false), ("c", true)], all.Select(one => (one.Id, one.Error is null)));
        RepeatableInfo bad = await mq.Repeatable("b");
        Assert.Contains(reason, bad.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Equal((null, null, next, false), (bad.Schedule, bad.JobName, bad.Next, bad.IsPaused));
        Assert.Empty(bad.GetOccurrences(5));

        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => mq.Queue().TriggerRepeatableAsync("b"));
        Assert.Contains("'b'", refusal.Message, StringComparison.Ordinal);
        Assert.True(await mq.Queue().PauseRepeatableAsync("b"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => mq.Queue().ResumeRepeatableAsync("b"));
        Assert.True((await mq.Repeatable("b")).IsPaused);
        Assert.True(await mq.Queue().RemoveRepeatableAsync("b"));
        Assert.Equal(["a", "c"], await Store.Schedules());
    }

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task One_that_cannot_be_read_is_mended_by_an_upsert(string definition, string reason)
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Create(Schedule("b", await Store.From(-1.Hours())) with { Definition = Bytes(definition) });
        Assert.Contains(reason, (await mq.Repeatable("b")).Error, StringComparison.OrdinalIgnoreCase);

        DateTimeOffset? next = await mq.Queue().UpsertRepeatableAsync("b", Schedule.Every(1.Hours()), Work);

        RepeatableInfo mended = await mq.Repeatable("b");
        Assert.Equal((null, "work", next), (mended.Error, mended.JobName, mended.Next));
        Assert.InRange(next!.Value, await Store.Now(), await Store.From(1.Hours()));
        Assert.NotNull(await mq.Queue().TriggerRepeatableAsync("b"));
    }
}
