namespace AsyncMQ.Conformance;

/// <summary>Deduplication in its three usual forms and their release. Source: reference behaviour D-04 to D-12; invariant 5.</summary>
public abstract class DeduplicationTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_second_add_is_suppressed_and_answers_the_owner()
    {
        await Store.Add(Job("a").Deduplicated("d"));

        AddedJob second = await Store.Add(Job("b").Deduplicated("d"));

        Assert.Equal(new AddedJob(AddOutcome.Deduplicated, "a"), second);
        Assert.Equal("a", await Store.OwnerOf("d"));
        Assert.Null(await Store.Find("b"));
    }

    [Theory]
    [InlineData(JobState.Waiting, false)]
    [InlineData(JobState.Active, false)]
    [InlineData(JobState.Delayed, false)]
    [InlineData(JobState.Completed, true)]
    [InlineData(JobState.Failed, true)]
    [InlineData(JobState.Expired, true)]
    [InlineData(JobState.Cancelled, true)]
    public async Task Without_a_window_the_id_is_free_when_the_owner_has_ended(JobState state, bool free)
    {
        await Store.Bring("a", state, Job("a").Deduplicated("d"));

        Assert.Equal(free ? null : "a", await Store.OwnerOf("d"));
        AddedJob next = await Store.Add(Job("b").Deduplicated("d"));

        Assert.Equal(free ? new(AddOutcome.Created, "b") : new AddedJob(AddOutcome.Deduplicated, "a"), next);
        Assert.Equal(free ? "b" : "a", await Store.OwnerOf("d"));
    }

    [Fact]
    public async Task Removing_the_owner_frees_an_id_without_a_window()
    {
        await Store.Add(Job("a").Deduplicated("d"));

        await Store.Do(JobCommand.Remove, "a");

        Assert.Null(await Store.OwnerOf("d"));
        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("b").Deduplicated("d"))).Outcome);
    }

    [Fact]
    public async Task A_throttle_window_outlives_the_end_of_its_owner_and_its_record()
    {
        await Store.Bring("a", JobState.Completed, Job("a").Deduplicated(Deduplication.Throttle("d", 1.Minutes())));
        Assert.Equal(new AddedJob(AddOutcome.Deduplicated, "a"), await Store.Add(Job("b").Deduplicated(Deduplication.Throttle("d", 1.Minutes()))));

        await Store.Do(JobCommand.Remove, "a");
        await Store.Maintain();

        Assert.Equal("a", await Store.OwnerOf("d"));
        Assert.Equal(new AddedJob(AddOutcome.Deduplicated, "a"), await Store.Add(Job("b").Deduplicated(Deduplication.Throttle("d", 1.Minutes()))));
    }

    [Fact]
    public async Task After_its_window_an_owner_that_still_waits_suppresses_no_more()
    {
        await Store.Add(Job("a").Deduplicated(Deduplication.Throttle("d", 1.Minutes())));
        await Store.Advance(1.Minutes());

        Assert.Null(await Store.OwnerOf("d"));
        Assert.Equal(new AddedJob(AddOutcome.Created, "b"), await Store.Add(Job("b").Deduplicated(Deduplication.Throttle("d", 1.Minutes()))));
        Assert.Equal("b", await Store.OwnerOf("d"));
        Assert.Equal(2, await Store.Count(JobState.Waiting));
    }

    [Fact]
    public async Task An_owner_of_old_does_not_free_the_id_of_a_new_one()
    {
        await Store.Add(Job("old").Deduplicated(Deduplication.Throttle("d", 1.Minutes())));
        Worker worker = await Store.OpenWorker();
        ClaimedJob old = await worker.ClaimOne();
        await Store.Advance(1.Minutes());
        await Store.Add(Job("new").Deduplicated("d"));

        await worker.Complete(old);

        Assert.Equal("new", await Store.OwnerOf("d"));
        Assert.Equal(AddOutcome.Deduplicated, (await Store.Add(Job("x").Deduplicated("d"))).Outcome);
    }

    [Fact]
    public async Task A_job_that_takes_over_the_id_of_a_removed_owner_is_not_mistaken_for_it()
    {
        await Store.Add(Job("a").WithCustomId().Deduplicated("d"));
        await Store.Do(JobCommand.Cancel, "a");
        await Store.Add(Job("b").Deduplicated("d"));

        await Store.Add(Job("a").WithCustomId());
        await Store.Do(JobCommand.Remove, "a");

        Assert.Equal("b", await Store.OwnerOf("d"));
    }

    [Fact]
    public async Task Extend_starts_the_window_anew_with_each_suppressed_add()
    {
        var dedup = new Deduplication("d") { Ttl = 1.Minutes(), Extend = true };
        await Store.Add(Job("a").Deduplicated(dedup));

        for (int i = 0; i < 3; i++)
        {
            await Store.Advance(50.Seconds());
            Assert.Equal(AddOutcome.Deduplicated, (await Store.Add(Job($"x{i}").Deduplicated(dedup))).Outcome);
        }

        await Store.Advance(1.Minutes());
        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("b").Deduplicated(dedup))).Outcome);
    }

    [Fact]
    public async Task Without_extend_a_suppressed_add_leaves_the_window()
    {
        Deduplication dedup = Deduplication.Throttle("d", 1.Minutes());
        await Store.Add(Job("a").Deduplicated(dedup));
        await Store.Advance(50.Seconds());
        await Store.Add(Job("x").Deduplicated(dedup));
        await Store.Advance(10.Seconds());

        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("b").Deduplicated(dedup))).Outcome);
    }

    [Fact]
    public async Task Replace_puts_the_new_job_in_place_of_the_delayed_owner()
    {
        var dedup = new Deduplication("d") { Replace = true };
        await Store.Add(Job("a").Delayed(1.Hours()).Deduplicated(dedup));

        AddedJob added = await Store.Add(Job("b").Deduplicated(dedup));

        Assert.Equal(new AddedJob(AddOutcome.Replaced, "b"), added);
        Assert.Null(await Store.Find("a"));
        Assert.Equal(JobState.Waiting, await Store.StateOf("b"));
        Assert.Equal("b", await Store.OwnerOf("d"));
        Assert.Equal(0, await Store.Count(JobState.Delayed));
    }

    [Theory]
    [InlineData(JobState.Waiting)]
    [InlineData(JobState.Active)]
    public async Task Replace_suppresses_when_the_owner_is_not_delayed(JobState state)
    {
        await Store.Bring("a", state, Job("a").Deduplicated("d"));

        AddedJob added = await Store.Add(Job("b").Deduplicated(new Deduplication("d") { Replace = true }));

        Assert.Equal(new AddedJob(AddOutcome.Deduplicated, "a"), added);
        Assert.Equal(state, await Store.StateOf("a"));
    }

    [Fact]
    public async Task A_debounced_burst_runs_its_last_job_once()
    {
        for (int i = 0; i < 5; i++)
        {
            await Store.Add(Job($"{i}x").Delayed(10.Seconds()).Deduplicated(Deduplication.Debounce("d", 10.Seconds())));
            await Store.Advance(5.Seconds());
        }

        Worker worker = await Store.OpenWorker();
        Assert.Empty(await worker.Claim(10));
        await Store.Advance(5.Seconds());

        Assert.Equal(["4x"], (await worker.Claim(10)).Ids());
    }

    [Fact]
    public async Task A_replacement_without_extend_keeps_the_old_window()
    {
        var dedup = new Deduplication("d") { Ttl = 1.Minutes(), Replace = true };
        await Store.Add(Job("a").Delayed(1.Hours()).Deduplicated(dedup));
        await Store.Advance(50.Seconds());
        await Store.Add(Job("b").Delayed(1.Hours()).Deduplicated(dedup));
        await Store.Advance(10.Seconds());

        Assert.Null(await Store.OwnerOf("d"));
    }

    [Fact]
    public async Task Releasing_frees_the_id_and_leaves_the_job()
    {
        await Store.Add(Job("a").Deduplicated(Deduplication.Throttle("d", 1.Hours())));

        Assert.Equal(QueueReply.Done, await Store.Release("d"));
        Assert.Equal(QueueReply.NotFound, await Store.Release("d"));

        Assert.Null(await Store.OwnerOf("d"));
        Assert.Equal(JobState.Waiting, await Store.StateOf("a"));
        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("b").Deduplicated("d"))).Outcome);
    }

    [Fact]
    public async Task Deduplication_ids_are_scoped_by_queue_and_ordinal()
    {
        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("a").Deduplicated("customer:1"))).Outcome);
        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("b").Deduplicated("Customer:1"))).Outcome);
        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("c").In("other").Deduplicated("customer:1"))).Outcome);
        Assert.Equal("a", await Store.OwnerOf("customer:1"));
        Assert.Equal("c", await Store.OwnerOf("customer:1", "other"));
    }

    [Fact]
    public async Task The_second_of_a_bulk_meets_the_first()
    {
        IReadOnlyList<AddedJob> added = await Store.AddBulk(Job("a").Deduplicated("d"), Job("b").Deduplicated("d"), Job("c"));

        Assert.Equal([new(AddOutcome.Created, "a"), new(AddOutcome.Deduplicated, "a"), new(AddOutcome.Created, "c")], added);
    }

    [Fact]
    public async Task A_retry_by_hand_is_refused_while_another_job_owns_the_id()
    {
        await Store.Bring("a", JobState.Failed, Job("a").Deduplicated("d"));
        await Store.Add(Job("b").Deduplicated("d"));

        Assert.Equal(new JobChangeReply(JobChangeOutcome.DeduplicationTaken, JobState.Failed), await Store.Do(JobCommand.Retry, "a"));
        Assert.Equal(JobState.Failed, await Store.StateOf("a"));
    }

    [Fact]
    public async Task A_retry_by_hand_owns_the_id_again()
    {
        await Store.Bring("a", JobState.Failed, Job("a").Deduplicated("d"));

        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Retry, "a")).Outcome);

        Assert.Equal(new AddedJob(AddOutcome.Deduplicated, "a"), await Store.Add(Job("b").Deduplicated("d")));
    }
}
