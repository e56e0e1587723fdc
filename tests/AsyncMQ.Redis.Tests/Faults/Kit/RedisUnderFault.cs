namespace AsyncMQ.Redis.Tests.Faults.Kit;

/// <summary>A redis-server that writes to the disk what it was told before it answers.</summary>
internal sealed class RedisUnderFault(OwnServer server) : IServerUnderFault
{
    public string Kind => "Redis";

    public int Port => server.Port;

    public ReadOnlyMemory<byte> MarkOfStep { get; } = "EVALSHA"u8.ToArray();

    public static async Task<IServerUnderFault> StartAsync() => new RedisUnderFault(await OwnServer.StartAsync("--appendfsync", "always"));

    public AsyncMQBuilder Use(AsyncMQBuilder builder, int? port = null) =>
        builder.UseRedis($"127.0.0.1:{port ?? Port}", static options => options.Name = RedisLoad.Name);

    public Task KillAsync() => server.KillAsync();

    public Task StartAgainAsync() => server.LaunchAsync();

    public async Task<IJobStore> OpenStoreAsync() => await RedisStores.OpenAsync(new() { Configuration = server.Address, Name = RedisLoad.Name });

    public Task VerifyAsync(FaultLoad load) => load.VerifyAsync(server);

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
