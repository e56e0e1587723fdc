using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests;

/// <summary>The layout is recorded from the first start on, and one that is newer is refused.</summary>
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

    private static IDatabase Database(RedisStoreOptions options) => options.Connection!.GetDatabase();

    private static string Root(RedisStoreOptions options) => $"{{{options.Name}}}:";
}
