namespace AsyncMQ.Conformance;

/// <summary>Counts equal enumeration, every job in exactly one state. Invariant 4; survey I-17.</summary>
public abstract class CountTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Every_job_is_counted_in_exactly_its_state()
    {
        foreach (JobState state in Lives.AllStates.OrderBy(state => state == JobState.Waiting))
            await Store.Bring($"{state}", state);

        QueueCounts counts = await Store.Counts();

        Assert.Equal(DefaultQueue, counts.Queue);
        Assert.Equal(Enum.GetValues<JobState>().Length, counts.ByState.Count);
        foreach (JobState state in Enum.GetValues<JobState>())
        {
            Assert.Equal(1, counts.ByState[(int)state]);
            Assert.Equal(counts.ByState[(int)state], (await Store.Page(state)).Length);
        }
    }

    [Fact]
    public async Task An_unknown_queue_counts_zero()
    {
        QueueCounts counts = await Store.Counts("never");

        Assert.Equal("never", counts.Queue);
        Assert.All(counts.ByState, count => Assert.Equal(0, count));
        Assert.Equal(Enum.GetValues<JobState>().Length, counts.ByState.Count);
        Assert.Null(counts.OldestWaiting);
        Assert.False(counts.IsPaused);
        Assert.Empty(await Store.Store.QueuesAsync(Cancellation));
    }

    [Fact]
    public async Task Prioritized_is_a_view_of_waiting()
    {
        await Store.AddBulk(Job("a"), Job("b").WithPriority(1), Job("c").WithPriority(6), Job("d").WithPriority(1).Delayed(1.Hours()));

        QueueCounts counts = await Store.Counts();
        Assert.Equal((3, 2), (counts.ByState[(int)JobState.Waiting], counts.Prioritized));

        Worker worker = await Store.OpenWorker();
        ClaimedJob claimed = await worker.ClaimOne();
        Assert.Equal(1, (await Store.Counts()).Prioritized);
        await worker.HandBack(claimed);
        Assert.Equal(2, (await Store.Counts()).Prioritized);
        await Store.Do(JobCommand.Remove, "b");
        await Store.Do(JobCommand.Cancel, "c");
        Assert.Equal(0, (await Store.Counts()).Prioritized);
    }

    [Theory]
    [InlineData(1, 30)]
    [InlineData(9, 20)]
    public async Task The_next_to_run_may_be_a_parked_one(int priorityOfTheParked, int waits)
    {
        await Store.Add(Job("parked").Named("unheard-of").WithPriority(priorityOfTheParked));
        Worker worker = await Store.OpenWorker(lease: 1.Hours());
        await worker.Park(await worker.ClaimOne());
        await Store.Advance(10.Seconds());
        await Store.Add(Job("waiting"));
        await Store.Advance(20.Seconds());

        Assert.InRange((await Store.Counts()).OldestWaiting!.Value, waits.Seconds(), (waits + 5).Seconds());
    }

    [Fact]
    public async Task Pause_is_a_flag_and_not_a_state()
    {
        await Store.AddBulk(Batch("a", "b"));
        await Store.Pause();

        QueueCounts counts = await Store.Counts();

        Assert.True(counts.IsPaused);
        Assert.Equal(2, counts.ByState[(int)JobState.Waiting]);
        Assert.Equal(2, counts.ByState.Sum());
    }

    [Fact]
    public async Task The_oldest_waiting_tells_how_long_the_next_job_to_run_has_been_waiting()
    {
        await Store.Add(Job("a"));
        await Store.Advance(1.Hours());
        await Store.Add(Job("b").WithPriority(9));

        TimeSpan? oldest = (await Store.Counts()).OldestWaiting;

        Assert.InRange(oldest!.Value, 1.Hours() - 1.Milliseconds(), 1.Hours() + Patience);
        await Store.Do(JobCommand.Remove, "a");
        Assert.InRange((await Store.Counts()).OldestWaiting!.Value, TimeSpan.Zero, Patience);
        await Store.Do(JobCommand.Remove, "b");
        Assert.Null((await Store.Counts()).OldestWaiting);
    }

    [Fact]
    public async Task Queues_are_counted_apart()
    {
        await Store.AddBulk(Job("a"), Job("b").In("other"), Job("c").In("other"));

        Assert.Equal((1, 2), (await Store.Count(JobState.Waiting), await Store.Count(JobState.Waiting, "other")));
    }
}
