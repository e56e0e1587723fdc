namespace AsyncMQ.Conformance.Observing;

/// <summary>How long a claimed job had waited, by the store's clock.</summary>
public abstract class WaitedTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private Worker? worker;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        worker = await Store.OpenWorker(lease: 1.Days());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("k")]
    public async Task Since_the_add(string? key)
    {
        await Store.Add(WithKey(Job("a"), key));
        await Store.Advance(10.Minutes());

        IsAbout(10.Minutes(), await worker!.ClaimOne());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("k")]
    public async Task Since_the_end_of_its_delay_though_nobody_asked_for_it_then(string? key)
    {
        await Store.Add(WithKey(Job("a"), key).Delayed(1.Hours()));
        await Store.Advance(1.Hours() + 10.Minutes());

        IsAbout(10.Minutes(), await worker!.ClaimOne());
    }

    [Fact]
    public async Task The_oldest_that_waits_counts_from_the_end_of_its_delay_too()
    {
        await Store.Pause();
        await Store.Add(Job("a").Delayed(1.Hours()));
        await Store.Advance(1.Hours() + 10.Minutes());
        await worker!.Claim(1);

        Assert.InRange((await Store.Counts()).OldestWaiting!.Value, 10.Minutes(), 11.Minutes());
    }

    [Fact]
    public async Task Since_it_was_promoted_by_hand()
    {
        await Store.Add(Job("a").Delayed(1.Hours()));
        await Store.Advance(10.Minutes());
        await Store.Do(JobCommand.Promote, "a");
        await Store.Advance(5.Minutes());

        IsAbout(5.Minutes(), await worker!.ClaimOne());
    }

    [Theory]
    [InlineData(0, 20)]
    [InlineData(15, 5)]
    public async Task Since_the_last_attempt_or_the_back_off_after_it(int backoff, int waited)
    {
        await Store.Add(Job("a"));
        await Store.Advance(10.Minutes());
        await worker!.Retry(await worker.ClaimOne(), backoff.Minutes());
        await Store.Advance(20.Minutes());

        IsAbout(waited.Minutes(), await worker.ClaimOne());
    }

    [Fact]
    public async Task Since_its_release_by_the_job_it_depends_on()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"));
        await Store.Advance(10.Minutes());
        await worker!.Complete(await worker.ClaimOne());
        await Store.Advance(5.Minutes());

        IsAbout(5.Minutes(), await worker.ClaimOne());
    }

    [Fact]
    public async Task A_parked_job_has_waited_since_it_was_parked()
    {
        await Store.Add(Job("a").Named("rare"));
        await worker!.Park(await worker.ClaimOne());
        await Store.Advance(10.Minutes());
        Worker knows = await Store.OpenWorker("knows it", 1.Days(), "rare");

        IsAbout(10.Minutes(), await knows.ClaimOne());
    }

    [Fact]
    public async Task In_the_answer_to_a_step_sent_again_it_is_the_same_or_unknown()
    {
        await Store.Add(Job("a"));
        await Store.Advance(10.Minutes());
        ExchangeStep step = Worker.ClaimOf(1) with { Step = worker!.Steps.Next(StepCounter.Exchanges) };
        TimeSpan? first = Assert.Single((await worker.Send(step)).Claimed).Waited;
        await Store.Advance(5.Minutes());

        TimeSpan? again = Assert.Single((await worker.Send(step)).Claimed).Waited;

        Assert.NotNull(first);
        Assert.True(again is null || again == first, $"First it was {first}, then {again}.");
    }

    private static NewJob WithKey(NewJob job, string? key) => key is null ? job : job.WithKey(key);

    private static void IsAbout(TimeSpan expected, ClaimedJob job) => Assert.InRange(job.Waited!.Value, expected, expected + 1.Minutes());
}
