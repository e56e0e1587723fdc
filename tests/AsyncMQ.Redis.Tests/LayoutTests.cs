using AsyncMQ.Conformance.Driving;
using AsyncMQ.Redis.Connecting;
using AsyncMQ.Redis.Tests.Faults.Kit;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests;

/// <summary>The layout is recorded from the first start on; minors live side by side, majors do not.</summary>
public sealed class LayoutTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_installation_records_its_layout()
    {
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();
        await using IJobStore store = await RedisStores.OpenAsync(options);

        Assert.Equal("1.0", (string?)await Database(options).HashGetAsync(Root(options), "layout"));
    }

    [Fact]
    public async Task A_newer_minor_is_used_and_left_as_it_is()
    {
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();
        await Database(options).HashSetAsync(Root(options), "layout", "1.9");

        await using IJobStore store = await RedisStores.OpenAsync(options);

        Assert.Equal("1.9", (string?)await Database(options).HashGetAsync(Root(options), "layout"));
    }

    [Theory]
    [InlineData("2.0", "newer AsyncMQ.Redis")]
    [InlineData("one", "damaged")]
    [InlineData("", "damaged")]
    public async Task A_newer_major_and_a_damaged_record_are_refused(string layout, string says)
    {
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();
        await Database(options).HashSetAsync(Root(options), "layout", layout);
        await using var store = new RedisJobStore(options);

        var refused = await Assert.ThrowsAsync<StoreRejectedException>(() => store.StartAsync(Cancellation));

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_another_program_is_refused_and_left_as_it_is()
    {
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();
        await Database(options).StringSetAsync(Root(options), "theirs");
        await using var store = new RedisJobStore(options);

        await Assert.ThrowsAsync<StoreRejectedException>(() => store.StartAsync(Cancellation));

        Assert.Equal("theirs", (string?)await Database(options).StringGetAsync(Root(options)));
    }

    [Fact]
    public async Task A_later_minor_is_recorded_and_an_earlier_one_leaves_it_so()
    {
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();
        await using IJobStore first = await RedisStores.OpenAsync(options);

        await using IJobStore later = await OpenAsync(options, LaterEdition.Minor);
        await using IJobStore again = await RedisStores.OpenAsync(options);

        Assert.Equal("1.1", (string?)await Database(options).HashGetAsync(Root(options), "layout"));
    }

    [Fact]
    public async Task Each_session_records_the_layout_of_its_process()
    {
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();
        await using IJobStore earlier = await RedisStores.OpenAsync(options);
        await using IJobStore later = await OpenAsync(options, LaterEdition.Minor);

        Worker one = await Worker.OpenAsync(earlier, SessionOf("one"));
        Worker other = await Worker.OpenAsync(later, SessionOf("other"));

        Assert.Equal(("1.0", "1.1"), (await LayoutOf(one), await LayoutOf(other)));

        async Task<string?> LayoutOf(Worker worker) => await Database(options).HashGetAsync($"{Root(options)}session:{worker.Id}", "layout");
    }

    [Fact]
    public async Task A_later_major_waits_until_no_live_session_has_an_earlier_one()
    {
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();
        await using IJobStore store = await RedisStores.OpenAsync(options);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.Add(Drafts.Job("a"));
        Worker worker = await Worker.OpenAsync(store, SessionOf("old worker"));
        ClaimedJob job = await worker.ClaimOne();

        var refused = await Assert.ThrowsAsync<StoreRejectedException>(() => OpenAsync(options, LaterEdition.Major));
        Assert.Contains("old worker", refused.Message, StringComparison.Ordinal);
        Assert.Equal("1.0", (string?)await Database(options).HashGetAsync(Root(options), "layout"));
        Assert.True(worker.Renew(1).Alive);

        // Nobody has declared anybody dead, but the worker's lease is long over, and nobody has produced for an hour.
        await store.SetClockOffsetAsync(61.Minutes(), Cancellation);
        await using IJobStore later = await OpenAsync(options, LaterEdition.Major);
        Assert.Equal("2.0", (string?)await Database(options).HashGetAsync(Root(options), "layout"));
        Assert.False(worker.Renew(1).Alive);
        await Assert.ThrowsAsync<SessionLostException>(async () => await worker.Complete(job));
        await Assert.ThrowsAsync<StoreRejectedException>(() => store.OpenAsync(SessionOf("back"), Cancellation));
        await Assert.ThrowsAsync<StoreRejectedException>(() => RedisStores.OpenAsync(options));

        Worker heir = await Worker.OpenAsync(later, SessionOf("heir"));
        StoreDriver after = await StoreDriver.OpenAsync(later);
        await store.SetClockOffsetAsync(61.Minutes() + 7.Seconds(), Cancellation); // the first to renew after a silence does not recover at once
        Assert.True(heir.Renew(0).Alive);
        await after.Recover();
        Assert.Equal("a", (await heir.ClaimOne()).Ref.Id);
        Assert.Empty(await later.AuditAsync(Cancellation));
    }

    [Fact]
    public async Task A_later_major_does_not_wait_for_processes_that_were_stopped_in_order()
    {
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();
        await using IJobStore store = await RedisStores.OpenAsync(options);
        Worker worker = await Worker.OpenAsync(store, SessionOf("old worker"));
        await store.CloseAsync(worker.Id, Cancellation);

        await using IJobStore later = await OpenAsync(options, LaterEdition.Major);

        Assert.Equal("2.0", (string?)await Database(options).HashGetAsync(Root(options), "layout"));
    }

    private static SessionInfo SessionOf(string name) => new() { Id = new(Guid.NewGuid()), Name = name, Lease = 15.Seconds(), Names = ["work"], Queues = [Drafts.DefaultQueue] };

    private static async Task<IJobStore> OpenAsync(RedisStoreOptions options, Edition edition)
    {
        var store = new RedisJobStore(options, null, edition);
        await store.StartAsync(Cancellation);
        return store;
    }

    private static IDatabase Database(RedisStoreOptions options) => options.Connection!.GetDatabase();

    private static string Root(RedisStoreOptions options) => $"{{{options.Name}}}:";
}
