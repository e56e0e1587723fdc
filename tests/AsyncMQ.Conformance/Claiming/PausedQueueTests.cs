namespace AsyncMQ.Conformance;

/// <summary>Pause stops new claims at once everywhere, running jobs finish. Invariant 10; survey I-28.</summary>
public abstract class PausedQueueTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_paused_queue_gives_nothing_and_loses_nothing()
    {
        await Store.AddBulk(Batch("a", "b"));
        Worker worker = await Store.OpenWorker();
        await Store.Pause();

        Assert.Empty(await worker.Claim(10));
        Assert.Empty(await (await Store.OpenWorker("second")).Claim(10));
        await Store.Add(Job("c"));
        await Store.Resume();

        Assert.Equal(["a", "b", "c"], (await worker.Claim(10)).Ids());
    }

    [Fact]
    public async Task Running_jobs_of_a_paused_queue_finish()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob claimed = await worker.ClaimOne();
        await Store.Pause();

        Assert.Equal(SettleOutcome.Applied, await worker.Complete(claimed));
    }

    [Fact]
    public async Task Only_the_paused_queue_is_paused()
    {
        await Store.AddBulk(Job("a"), Job("b").In("other"));
        Worker worker = await Store.OpenWorker();
        await Store.Pause("other");

        Assert.Equal(["a"], (await worker.Claim(10, "other", DefaultQueue)).Ids());
    }

    [Fact]
    public async Task A_pause_for_a_time_ends_by_itself()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        await Store.Pause(during: 10.Seconds());

        TimeSpan? next = (await worker.Exchange(Worker.ClaimOf(1))).NextWork;
        Assert.InRange(next!.Value, 5.Seconds(), 10.Seconds());
        await Store.Advance(9.Seconds());
        Assert.Empty(await worker.Claim(1));
        Assert.True((await Store.Counts()).IsPaused);
        await Store.Advance(1.Seconds());

        Assert.False((await Store.Counts()).IsPaused);
        Assert.Equal(["a"], (await worker.Claim(1)).Ids());
    }

    [Fact]
    public async Task The_latest_word_stands()
    {
        Assert.Equal(QueueReply.Done, await Store.Pause(during: 10.Seconds()));
        Assert.Equal(QueueReply.Done, await Store.Pause());
        await Store.Advance(1.Hours());
        Assert.True((await Store.Counts()).IsPaused);

        Assert.Equal(QueueReply.Done, await Store.Resume());
        Assert.Equal(QueueReply.Done, await Store.Resume());
        Assert.False((await Store.Counts()).IsPaused);
    }

    [Fact]
    public async Task A_queue_can_be_paused_before_its_first_job()
    {
        await Store.Pause();
        await Store.Add(Job("a"));

        Assert.Empty(await (await Store.OpenWorker()).Claim(1));
    }

    [Fact]
    public async Task The_queue_tells_who_paused_it_why_and_since_when()
    {
        await Store.Pause(during: 1.Hours());

        QueueRecord queue = Assert.Single(await Store.Store.QueuesAsync(Cancellation));

        Assert.True(queue.IsPaused);
        Assert.Equal(("me", "why"), (queue.Pause?.By, queue.Pause?.Why));
        Assert.Equal(1.Hours(), queue.Pause!.Until - queue.Pause.At);
        Assert.Equal(queue.Pause, (await Store.Counts()).Pause);
    }
}
