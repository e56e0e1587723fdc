using AsyncMQ.Redis.Connecting;
using AsyncMQ.Redis.Tests.Faults.Kit;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests.Faults;

/// <summary>Processes of two minors work side by side while a deploy rolls forward, and back, and forward again.</summary>
[Collection(nameof(FaultTests))]
public sealed class RollingDeployTests
{
    private const int Places = 3;

    [Fact]
    public async Task A_deploy_that_rolls_on_and_back_under_load_loses_and_repeats_nothing()
    {
        await using OwnServer server = await OwnServer.StartAsync();
        await using ConnectionMultiplexer administrator = await server.ConnectAsync();
        IDatabase database = administrator.GetDatabase();
        await using var fleet = new Fleet(server, Places);
        for (int place = 0; place < Places; place++)
            await fleet.PlaceAsync(place, Edition.Current);
        Assert.Equal(Edition.Current.Layout, await LayoutAsync(database));

        (int Place, Edition To)[] changes =
        [
            (0, LaterEdition.Minor), (1, LaterEdition.Minor), (1, Edition.Current), (2, LaterEdition.Minor), (0, Edition.Current), (1, LaterEdition.Minor),
            (0, LaterEdition.Minor), (2, Edition.Current),
        ];
        HashSet<string> beside = [];
        foreach ((int place, Edition to) in changes)
        {
            await fleet.PlaceAsync(place, to);
            Assert.Equal(LaterEdition.Minor.Layout, await LayoutAsync(database));
            beside.UnionWith([string.Join(' ', await LayoutsOfSessionsAsync(database))]);
        }

        await fleet.FinishAsync();
        Assert.Contains($"{Edition.Current.Layout} {LaterEdition.Minor.Layout}", beside);
        Assert.True(await database.HashExistsAsync($"{{{Fleet.Name}}}:", LaterEdition.Field));
        Assert.True(await database.HashExistsAsync($"{{{Fleet.Name}}}:queue:{FleetProcess.Queue}", LaterEdition.Field));
        await fleet.VerifyAsync(administrator);
    }

    private static async Task<string?> LayoutAsync(IDatabase database) => await database.HashGetAsync($"{{{Fleet.Name}}}:", Layout.Field);

    private static async Task<string[]> LayoutsOfSessionsAsync(IDatabase database)
    {
        HashSet<string> layouts = [];
        foreach (RedisValue session in await database.SortedSetRangeByRankAsync($"{{{Fleet.Name}}}:sessions"))
        {
            if ((string?)await database.HashGetAsync($"{{{Fleet.Name}}}:session:{session}", Layout.Field) is { } layout)
                layouts.Add(layout);
        }

        return [.. layouts.Order(StringComparer.Ordinal)];
    }
}
