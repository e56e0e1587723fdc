namespace AsyncMQ.Conformance;

/// <summary>Keep-last-if-active: at most one runs and one follows. Source: BullMQ's keep-last; <see cref="DeduplicationRules"/>.</summary>
public abstract class KeptAddTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private static readonly Deduplication KeepLast = new("d") { KeepLastIfActive = true };

    [Fact]
    public async Task The_newest_add_suppressed_by_an_active_owner_follows_it()
    {
        (Worker worker, ClaimedJob owner) = await Owner();
        for (int i = 1; i <= 3; i++)
            Assert.Equal(new AddedJob(AddOutcome.Deduplicated, "owner"), await Store.Add(Job($"kept-{i}").Deduplicated(KeepLast)));

        Assert.Equal(1, (await Store.Counts()).ByState.Sum());
        Assert.Null(await Store.Find("kept-3"));
        await worker.Complete(owner);

        Assert.Equal(["kept-3"], await Store.Page(JobState.Waiting));
        Assert.Equal("kept-3", await Store.OwnerOf("d"));
    }

    [Theory]
    [InlineData(SettlementKind.Complete)]
    [InlineData(SettlementKind.Fail)]
    public async Task The_kept_add_can_be_claimed_in_the_step_that_settles_its_owner(SettlementKind kind)
    {
        (Worker worker, ClaimedJob owner) = await Owner();
        await Store.Add(Job("kept").Deduplicated(KeepLast));

        ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(1) with { Settlements = [Worker.Settlement(owner, kind)] });

        Assert.Equal(["kept"], reply.Claimed.Ids());
    }

    [Fact]
    public async Task A_retry_is_not_the_end_so_the_kept_add_goes_on_waiting()
    {
        (Worker worker, ClaimedJob owner) = await Owner();
        await Store.Add(Job("kept").Deduplicated(KeepLast));

        await worker.Retry(owner);
        Assert.Null(await Store.Find("kept"));
        await worker.Complete(await worker.ClaimOne());

        Assert.Equal(JobState.Waiting, await Store.StateOf("kept"));
    }

    [Fact]
    public async Task Removing_the_owner_lets_the_kept_add_in()
    {
        await Owner();
        await Store.Add(Job("kept").Deduplicated(KeepLast));

        await Store.Do(JobCommand.Remove, "owner");

        Assert.Equal(JobState.Waiting, await Store.StateOf("kept"));
        Assert.Equal("kept", await Store.OwnerOf("d"));
    }

    [Fact]
    public async Task Cancelling_the_running_owner_lets_the_kept_add_in_when_it_has_ended()
    {
        (Worker worker, ClaimedJob owner) = await Owner();
        await Store.Add(Job("kept").Deduplicated(KeepLast));
        await Store.Do(JobCommand.Cancel, "owner");
        Assert.Null(await Store.Find("kept"));

        Assert.Equal(SettleOutcome.Cancelled, await worker.Complete(owner));

        Assert.Equal(JobState.Waiting, await Store.StateOf("kept"));
    }

    [Fact]
    public async Task Only_an_active_owner_keeps()
    {
        await Store.Add(Job("owner").Deduplicated(KeepLast));
        await Store.Add(Job("lost").Deduplicated(KeepLast));
        Worker worker = await Store.OpenWorker();

        await worker.Complete(await worker.ClaimOne());

        Assert.Null(await Store.Find("lost"));
        Assert.Empty(await worker.Claim(1));
    }

    [Fact]
    public async Task The_delay_of_a_kept_add_counts_from_the_end_of_its_owner()
    {
        (Worker worker, ClaimedJob owner) = await Owner();
        await Store.Add(Job("kept").Delayed(10.Seconds()).Deduplicated(KeepLast));
        await Store.Advance(9.Seconds());
        await worker.Complete(owner);

        Assert.Equal(JobState.Delayed, await Store.StateOf("kept"));
        await Store.Advance(9.Seconds());
        Assert.Empty(await worker.Claim(1));
        await Store.Advance(1.Seconds());
        Assert.Equal(["kept"], (await worker.Claim(1)).Ids());
    }

    [Fact]
    public async Task A_kept_add_whose_id_is_taken_meanwhile_is_dropped()
    {
        (Worker worker, ClaimedJob owner) = await Owner();
        await Store.Add(Job("kept").WithCustomId().WithPayload(Bytes("kept")).Deduplicated(KeepLast));
        await Store.Add(Job("kept").WithCustomId().WithPayload(Bytes("other")));

        await worker.Complete(owner);

        Assert.Equal("other", (await Store.Get("kept")).Payload.Text());
        Assert.Null(await Store.OwnerOf("d"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_kept_add_takes_the_place_of_a_cancelled_record_with_its_id(bool byRelease)
    {
        (Worker worker, ClaimedJob owner) = await Owner();
        await Store.Add(Job("kept").WithCustomId().WithPayload(Bytes("cancelled")));
        await Store.Do(JobCommand.Cancel, "kept");
        await Store.Add(Job("kept").WithCustomId().WithPayload(Bytes("kept")).Deduplicated(KeepLast));

        if (byRelease)
            await Store.Release("d");
        else
            await worker.Complete(owner);

        JobRecord record = await Store.Get("kept");
        Assert.Equal((JobState.Waiting, "kept"), (record.State, record.Payload.Text()));
        Assert.Equal(0, await Store.Count(JobState.Cancelled));
    }

    [Fact]
    public async Task A_kept_add_whose_id_has_a_tombstone_is_dropped()
    {
        (Worker worker, ClaimedJob owner) = await Owner();
        await Store.Add(Job("kept").WithCustomId().Deduplicated(KeepLast));
        await Store.Bring("kept", JobState.Completed, Job("kept").WithCustomId());
        Assert.Equal(1, (await Store.Maintain(RetentionPolicy.Forever with { Count = 0 })).Removed);

        await worker.Complete(owner);

        Assert.Null(await Store.Find("kept"));
        Assert.Null(await Store.OwnerOf("d"));
    }

    [Fact]
    public async Task An_active_owner_suppresses_whatever_its_window_says()
    {
        var dedup = KeepLast with { Ttl = 1.Minutes() };
        await Store.Add(Job("owner").Deduplicated(dedup));
        Worker worker = await Store.OpenWorker();
        ClaimedJob owner = await worker.ClaimOne();
        await Store.Advance(2.Minutes());

        Assert.Equal(new AddedJob(AddOutcome.Deduplicated, "owner"), await Store.Add(Job("kept").Deduplicated(dedup)));
        await worker.Complete(owner);

        Assert.Equal(JobState.Waiting, await Store.StateOf("kept"));
    }

    [Fact]
    public async Task The_kept_add_has_a_window_of_its_own()
    {
        var dedup = KeepLast with { Ttl = 1.Minutes() };
        await Store.Add(Job("owner").Deduplicated(dedup));
        Worker worker = await Store.OpenWorker();
        ClaimedJob owner = await worker.ClaimOne();
        await Store.Add(Job("kept").Deduplicated(dedup));
        await Store.Advance(50.Seconds());
        await worker.Complete(owner);
        await worker.Complete(await worker.ClaimOne());

        await Store.Advance(50.Seconds());
        Assert.Equal("kept", await Store.OwnerOf("d"));
        await Store.Advance(10.Seconds());
        Assert.Null(await Store.OwnerOf("d"));
    }

    [Fact]
    public async Task Releasing_the_id_adds_the_kept_add_at_once_owning_nothing()
    {
        (Worker worker, ClaimedJob owner) = await Owner();
        await Store.Add(Job("kept").Deduplicated(KeepLast));

        Assert.Equal(QueueReply.Done, await Store.Release("d"));

        Assert.Equal(JobState.Waiting, await Store.StateOf("kept"));
        Assert.Null(await Store.OwnerOf("d"));
        await worker.Complete(owner);
        Assert.Equal(["kept"], (await worker.Claim(10)).Ids());
    }

    [Fact]
    public async Task A_replacement_of_the_retried_owner_removes_the_kept_add_too()
    {
        (Worker worker, ClaimedJob owner) = await Owner();
        await Store.Add(Job("kept").Deduplicated(KeepLast));
        await worker.Retry(owner, 1.Hours());

        AddedJob added = await Store.Add(Job("new").Deduplicated(new Deduplication("d") { Replace = true }));
        Assert.Equal(new AddedJob(AddOutcome.Replaced, "new"), added);
        await worker.Complete(await worker.ClaimOne());

        Assert.Null(await Store.Find("kept"));
        Assert.Null(await Store.Find("owner"));
    }

    private async Task<(Worker Worker, ClaimedJob Owner)> Owner()
    {
        await Store.Add(Job("owner").Deduplicated(KeepLast));
        Worker worker = await Store.OpenWorker();
        return (worker, await worker.ClaimOne());
    }
}
