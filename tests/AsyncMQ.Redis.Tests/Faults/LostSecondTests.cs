using AsyncMQ.Redis.Tests.Faults.Kit;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests.Faults;

/// <summary>
/// A server comes back without what it answered last, as after a power cut without <c>appendfsync always</c>, or when a replica takes its place. Jobs
/// added in that time are lost, and those that ended in it run again; all others end, and nothing sticks.
/// </summary>
[Collection(nameof(FaultTests))]
public sealed class LostSecondTests
{
    private static readonly TimeSpan Handler = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_server_that_comes_back_without_its_last_second_loses_that_and_no_more()
    {
        await using OwnServer server = await OwnServer.StartAsync("--auto-aof-rewrite-percentage", "0");
        await using var load = RedisLoad.On(server.Address, handler: Handler, lease: Lease);
        await load.StartAsync();
        IReadOnlyCollection<string> kept = load.Ids;
        string files = Path.Combine(server.Folder, "appendonlydir"), earlier = Path.Combine(server.Folder, "earlier");
        Copy(files, earlier);
        for (int i = 0; i < 5; i++)
            await load.GoesOnAsync("in the second that will be lost");

        await server.KillAsync();
        Directory.Delete(files, recursive: true);
        Directory.Move(earlier, files);
        await server.LaunchAsync();
        Say($"claimed again {(await load.ClaimsAsync("after the server's return")).TotalSeconds:0.00} s after the server's first answer");

        await load.GoesOnAsync("after the server's return");
        await load.FinishAsync();
        await load.VerifyAsync(server, kept);
    }

    [Fact]
    public async Task A_replica_promoted_under_load_goes_on_where_it_was()
    {
        await using OwnServer first = await OwnServer.StartAsync();
        await using OwnServer second = await FollowAsync(first);
        await using var proxy = new TcpProxy(first.Port);
        await using var load = RedisLoad.On(proxy.Address, handler: Handler, lease: Lease);
        await load.StartAsync();
        IReadOnlyCollection<string> kept = await ReplicatedAsync(load, first, second);
        await load.GoesOnAsync("while the replica follows");

        await first.KillAsync();
        await second.OrderAsync("REPLICAOF", "NO", "ONE");
        proxy.Target = second.Port;
        await GoesOnAsync(load, second, kept);
    }

    [Fact]
    public async Task A_replica_that_is_found_before_it_is_promoted_is_used_once_it_is()
    {
        await using OwnServer first = await OwnServer.StartAsync();
        await using OwnServer second = await FollowAsync(first);
        await using var proxy = new TcpProxy(first.Port);
        await using var load = RedisLoad.On(proxy.Address, handler: Handler, lease: Lease);
        await load.StartAsync();
        IReadOnlyCollection<string> kept = await ReplicatedAsync(load, first, second);

        int accepted = proxy.Accepted;
        proxy.Target = second.Port;
        await first.KillAsync();
        await Wait.UntilAsync("all connections are to the replica", () => proxy.Accepted >= accepted + 4);
        await second.OrderAsync("REPLICAOF", "NO", "ONE");
        await GoesOnAsync(load, second, kept);
    }

    private static async Task<OwnServer> FollowAsync(OwnServer first)
    {
        OwnServer replica = await OwnServer.StartAsync("--replicaof", "127.0.0.1", $"{first.Port}");
        await Wait.UntilAsync("the replica follows", async () => (await ReplicationAsync(replica))["master_link_status"] == "up");
        return replica;
    }

    // When it was promoted, the replica goes on.
    private static async Task GoesOnAsync(FaultLoad load, OwnServer promoted, IReadOnlyCollection<string> kept)
    {
        Say($"claimed again {(await load.ClaimsAsync("after the promotion")).TotalSeconds:0.00} s after the promotion");
        await load.GoesOnAsync("after the promotion");
        await load.FinishAsync();
        await load.VerifyAsync(promoted, kept);
    }

    // The jobs that the replica has for certain: those acknowledged before a place that it has reached.
    private static async Task<IReadOnlyCollection<string>> ReplicatedAsync(FaultLoad load, OwnServer first, OwnServer second)
    {
        IReadOnlyCollection<string> ids = load.Ids;
        long place = Number((await ReplicationAsync(first))["master_repl_offset"]);
        await Wait.UntilAsync("the replica has these jobs", async () => Number((await ReplicationAsync(second))["slave_repl_offset"]) >= place);
        return ids;
    }

    private static async Task<Dictionary<string, string>> ReplicationAsync(OwnServer server)
    {
        string info = (string)(await server.OrderAsync("INFO", "replication"))!;
        return info.Split("\r\n").Select(static line => line.Split(':')).Where(static parts => parts.Length == 2).ToDictionary(static parts => parts[0], static parts => parts[1]);
    }

    private static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);
}
