namespace AsyncMQ.Conformance;

/// <summary>The store's clock and its offset decide everything.</summary>
public abstract class ClockTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task The_time_includes_the_offset()
    {
        DateTimeOffset before = await Store.Now();

        await Store.Store.SetClockOffsetAsync(10.Hours(), Cancellation);

        Assert.InRange(await Store.Now() - before, 10.Hours() - 1.Milliseconds(), 10.Hours() + Patience);
        await Store.Store.SetClockOffsetAsync(TimeSpan.Zero, Cancellation);
        Assert.InRange(await Store.Now() - before, -1.Milliseconds(), Patience);
    }

    [Fact]
    public async Task Jobs_are_stamped_with_the_stores_time()
    {
        await Store.Advance(5.Days());
        DateTimeOffset before = await Store.Now();
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        await worker.Complete(await worker.ClaimOne());

        JobRecord job = await Store.Get("a");

        DateTimeOffset after = await Store.Now();
        Assert.InRange(job.AddedAt, before.AddMilliseconds(-1), after);
        Assert.InRange(job.StartedAt!.Value, job.AddedAt, after);
        Assert.InRange(job.FinishedAt!.Value, job.StartedAt.Value, after);
    }

    [Fact]
    public async Task A_clock_that_went_back_loses_nothing()
    {
        await Store.Advance(2.Hours());
        await Store.AddBulk(Job("a"), Job("b").Delayed(1.Hours()));
        Worker worker = await Store.OpenWorker();
        ClaimedJob job = await worker.ClaimOne();
        await Store.Advance(-1.Hours());

        Assert.True(worker.Renew().Alive);
        Assert.Equal(SettleOutcome.Applied, await worker.Complete(job));
        Assert.Empty(await worker.Claim(1));
        await Store.Advance(2.Hours());
        Assert.Equal(["b"], (await worker.Claim(1)).Ids());
    }

    [Fact]
    public async Task A_window_that_opens_again_when_the_clock_goes_back_still_ends()
    {
        Worker worker = await Store.OpenWorker();
        await Store.Add(Job("a").Deduplicated(Deduplication.Throttle("d", 1.Minutes())));
        ClaimedJob job = await worker.ClaimOne();
        await Store.Advance(1.Hours());
        await Store.Maintain(); // the window is over, and only its owner holds the id
        await Store.Advance(-1.Hours());

        await worker.Complete(job);

        Assert.Equal("a", await Store.OwnerOf("d"));
        Assert.Empty(await Store.Store.AuditAsync(Cancellation));
        await Store.Advance(2.Minutes());
        await Store.Maintain();
        Assert.Null(await Store.OwnerOf("d"));
        Assert.Empty(await Store.Store.AuditAsync(Cancellation));
    }
}
