using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Conformance;

/// <summary>Installations side by side: on stores of their own they never meet, on one store they work together.</summary>
public abstract class InstallationTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Two_hosts_on_two_stores_never_meet()
    {
        await using AsyncMQHost one = Store.Host();
        await using AsyncMQHost two = AsyncMQHost.Create(mq => mq.UseStore(_ => Fixture.CreateAsync().GetAwaiter().GetResult()));
        JobOptions options = new() { JobId = "same", Deduplication = new("d") };

        JobHandle first = await one.Client.AddAsync("a", [1], options);
        Assert.Null(await two.Queue().GetJobAsync("same"));
        Assert.Null(await two.Queue().GetDeduplicationJobIdAsync("d"));
        Assert.Empty(await two.Client.GetQueuesAsync());
        JobHandle second = await two.Client.AddAsync("a", [2], options);

        Assert.Equal((AddOutcome.Created, AddOutcome.Created), (first.Outcome, second.Outcome));
        Assert.Equal("[1]", (await one.Get(first.Ref)).Args.Text());
        Assert.Equal("[2]", (await two.Get(second.Ref)).Args.Text());
    }

    [Fact]
    public async Task Two_hosts_on_one_store_see_each_others_jobs()
    {
        await using AsyncMQHost one = Store.Host();
        await using AsyncMQHost two = Store.Host();

        JobHandle added = await one.Client.AddAsync("a", [1], new() { JobId = "same" });
        JobHandle again = await two.Client.AddAsync("a", [2], new() { JobId = "same" });

        Assert.Equal(AddOutcome.Duplicate, again.Outcome);
        Assert.Equal("[1]", (await two.Get(added.Ref)).Args.Text());
    }

    [Fact]
    public async Task A_host_that_ends_does_not_disturb_the_other()
    {
        await using AsyncMQHost one = Store.Host();
        AsyncMQHost two = Store.Host();
        await one.Client.AddAsync("a");
        await two.Client.AddAsync("a");

        await two.DisposeAsync();

        Assert.Equal(AddOutcome.Created, (await one.Client.AddAsync("a")).Outcome);
        Assert.Equal(3, await one.Count());
    }

    [Fact]
    public async Task Keyed_installations_have_a_store_each()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddAsyncMQ(mq => mq.UseStore(_ => new BorrowedStore(Store.Store)));
        services.AddAsyncMQ("reports", mq => mq.UseStore(_ => Fixture.CreateAsync().GetAwaiter().GetResult()).Configure(options => options.MaxPayloadBytes = 1_024));
        await using ServiceProvider provider = services.BuildServiceProvider();
        IJobClient plain = provider.GetRequiredService<IJobClient>();
        IJobClient reports = provider.GetRequiredKeyedService<IJobClient>("reports");

        await plain.AddAsync("a", [new string('x', 2_000)], new() { JobId = "one" });

        Assert.Null(await reports.GetQueue("default").GetJobAsync("one"));
        Assert.Equal(AddOutcome.Created, (await reports.AddAsync("a", [], new() { JobId = "one" })).Outcome);
        await Assert.ThrowsAsync<PayloadTooLargeException>(() => reports.AddAsync("a", [new string('x', 2_000)]));
        Assert.Null(provider.GetKeyedService<IJobClient>("others"));
    }

    [Fact]
    public async Task A_host_starts_its_store_once_however_many_begin_at_once()
    {
        var store = new CountedStarts(Store.Store);
        await using AsyncMQHost mq = Store.Host(store);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => mq.Client.AddAsync("a", [i]))));

        Assert.Equal(1, store.Starts);
        Assert.Equal(50, await mq.Count());
    }

    [Fact]
    public async Task A_store_that_could_not_start_is_started_again_by_the_next_call()
    {
        var store = new CountedStarts(Store.Store) { Failing = true };
        await using AsyncMQHost mq = Store.Host(store);
        Assert.Equal("not yet", (await Assert.ThrowsAsync<StoreRejectedException>(() => mq.Client.AddAsync("a"))).Message);

        store.Failing = false;

        Assert.Equal(AddOutcome.Created, (await mq.Client.AddAsync("a")).Outcome);
        Assert.Equal(2, store.Starts);
    }

    private sealed class CountedStarts(IJobStore store) : BorrowedStore(store)
    {
        private int starts;

        public int Starts => starts;

        public bool Failing { get; set; }

        public override async Task StartAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref starts);
            await Task.Yield();
            if (Failing)
                throw new StoreRejectedException("not yet");
            await base.StartAsync(cancellationToken);
        }
    }
}
