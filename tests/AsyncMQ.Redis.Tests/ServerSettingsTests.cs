using System.Diagnostics;
using AsyncMQ.Conformance.Working;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests;

/// <summary>Settings with which a server loses jobs are told when the store starts, as far as the server tells them.</summary>
public sealed class ServerSettingsTests : IAsyncLifetime
{
    private const int Evicts = 70;
    private const int IsNotDurable = 71;

    private readonly string folder = Directory.CreateTempSubdirectory("asyncmq-redis-").FullName;
    private readonly LogLines lines = new();
    private readonly int port = RedisServer.FreePort();
    private Process? server;

    public async ValueTask InitializeAsync()
    {
        await RedisServer.RequireAsync();
        server = await RedisServer.LaunchAsync(folder, port);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            server.Kill();
            await server.WaitForExitAsync();
            server.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_server_that_keeps_jobs_is_started_without_a_word()
    {
        await StartAsync();

        Assert.Equal((0, 0), (lines.Count(Evicts), lines.Count(IsNotDurable)));
    }

    [Theory]
    [InlineData("allkeys-lru")]
    [InlineData("volatile-ttl")]
    public async Task A_policy_that_deletes_keys_is_told(string policy)
    {
        await OrderAsync("CONFIG", "SET", "maxmemory-policy", policy);

        await StartAsync();

        string line = Assert.Single(lines.Of(Evicts));
        Assert.Contains($"installation mine deletes keys when its memory is full (maxmemory-policy {policy})", line, StringComparison.Ordinal);
        Assert.Equal(0, lines.Count(IsNotDurable));
    }

    [Fact]
    public async Task A_server_without_append_only_file_is_told()
    {
        await OrderAsync("CONFIG", "SET", "appendonly", "no");

        await StartAsync();

        Assert.Contains("set appendonly yes", Assert.Single(lines.Of(IsNotDurable)), StringComparison.Ordinal);
        Assert.Equal(0, lines.Count(Evicts));
    }

    [Fact]
    public async Task It_is_told_once_however_often_the_store_is_started()
    {
        await OrderAsync("CONFIG", "SET", "appendonly", "no");
        await using var store = new RedisJobStore(new() { Configuration = $"127.0.0.1:{port}", Name = "mine" }, lines);

        await store.StartAsync(TestContext.Current.CancellationToken);
        await store.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, lines.Count(IsNotDurable));
    }

    [Fact]
    public async Task A_server_that_does_not_tell_its_settings_is_used_without_a_word()
    {
        await OrderAsync("CONFIG", "SET", "appendonly", "no");
        await OrderAsync("ACL", "SETUSER", "limited", "on", ">secret", "~*", "&*", "+@all", "-info", "-config");

        await StartAsync(",user=limited,password=secret");

        Assert.Equal((0, 0), (lines.Count(Evicts), lines.Count(IsNotDurable)));
    }

    private async Task StartAsync(string more = "")
    {
        await using AsyncMQHost mq = AsyncMQHost.Create(builder => builder.UseRedis($"127.0.0.1:{port}{more}", options => options.Name = "mine").LogTo(lines));
        Assert.Equal(0, (await mq.Client.GetQueue("default").GetStatsAsync()).Waiting);
    }

    private async Task OrderAsync(string command, params object[] arguments)
    {
        await using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},allowAdmin=true");
        await connection.GetDatabase().ExecuteAsync(command, arguments);
    }
}
