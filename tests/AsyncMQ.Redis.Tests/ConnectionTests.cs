using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests;

/// <summary>Whose connection is used, and who closes it.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task The_connection_of_the_services_is_used_and_stays_theirs()
    {
        RunningServer server = await RedisServer.RequireAsync();
        await using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(server.Configuration);
        string name = Guid.NewGuid().ToString("N");
        await using (AsyncMQHost mq = AsyncMQHost.Create(builder =>
        {
            builder.Services.AddSingleton<IConnectionMultiplexer>(connection);
            builder.UseRedis(options => options.Name = name);
        }))
        {
            await mq.Client.GetQueue("default").AddAsync("work", null, new() { JobId = "a" });
        }

        Assert.True(await connection.GetDatabase().HashExistsAsync($"{{{name}}}:jobs:default", "a"));
    }

    [Fact]
    public async Task A_connection_that_the_services_make_is_closed_by_them_after_the_store()
    {
        RunningServer server = await RedisServer.RequireAsync();
        ConnectionMultiplexer? made = null;
        AsyncMQHost mq = AsyncMQHost.Create(builder =>
        {
            builder.Services.AddSingleton<IConnectionMultiplexer>(_ => made = ConnectionMultiplexer.Connect(server.Configuration));
            builder.UseRedis(options => options.Name = Guid.NewGuid().ToString("N"));
        });
        await mq.Client.GetQueue("default").AddAsync("work");
        Assert.True(made!.IsConnected);

        await mq.DisposeAsync();

        Assert.False(made.IsConnected);
    }

    [Fact]
    public async Task A_connection_that_is_given_is_used_and_stays_open()
    {
        RunningServer server = await RedisServer.RequireAsync();
        string name = Guid.NewGuid().ToString("N");
        await using (AsyncMQHost mq = AsyncMQHost.Create(builder => builder.UseRedis(server.Work, options => options.Name = name)))
            await mq.Client.GetQueue("default").AddAsync("work", null, new() { JobId = "a" });

        Assert.True(await server.Work.GetDatabase().HashExistsAsync($"{{{name}}}:jobs:default", "a"));
    }

    [Fact]
    public void Services_without_a_connection_are_refused_with_what_to_do()
    {
        string says = Assert.Throws<InvalidOperationException>(() => AsyncMQHost.Create(builder => builder.UseRedis())).Message;

        Assert.Contains("Register one, or name the server: UseRedis(\"localhost:6379\")", says, StringComparison.Ordinal);
    }
}
