using System.Collections.Concurrent;
using AsyncMQ.Redis.Connecting;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests.Faults.Kit;

/// <summary>Some processes on one installation, each replaced by another edition as a deploy does; and the audit when all is over.</summary>
internal sealed class Fleet(OwnServer server, int places) : IAsyncDisposable
{
    public const string Name = "fleet";

    private readonly FleetProcess?[] processes = new FleetProcess?[places];
    private readonly ConcurrentDictionary<string, int> runs = [];
    private readonly ConcurrentBag<string> added = [];
    private int started;

    public OwnServer Server => server;

    /// <summary>Stops the process of a place in order, if there is one, and starts one of another edition there. All go on then.</summary>
    public async Task PlaceAsync(int place, Edition edition)
    {
        if (processes[place] is { } before)
        {
            processes[place] = null;
            await before.StopAddingAsync();
            await before.DisposeAsync();
        }

        var process = new FleetProcess(this, edition, $"p{++started}");
        processes[place] = process;
        await process.StartAsync();
        await Task.WhenAll(processes.OfType<FleetProcess>().Select(running => running.GoesOnAsync($"after change {started} to {edition.Layout}")));
    }

    /// <summary>Adds nothing more, works off what is there, and stops.</summary>
    public async Task FinishAsync()
    {
        FleetProcess[] running = [.. processes.OfType<FleetProcess>()];
        foreach (FleetProcess process in running)
            await process.StopAddingAsync();
        await Wait.UntilAsync("all is worked off", async () => await running[0].Jobs.GetStatsAsync() is { Pending: 0, Active: 0 });
        await DisposeAsync();
    }

    /// <summary>Every job that was added has run once and ended well, and the store finds nothing wrong with itself.</summary>
    public async Task VerifyAsync(IConnectionMultiplexer connection)
    {
        await using IJobStore store = await RedisStores.OpenAsync(new() { Connection = connection, LeaseConnection = connection, Name = Name });
        Assert.Empty(await store.AuditAsync(CancellationToken.None));
        Assert.Empty(await KeyAudit.FindStraysAsync(connection, Name));
        Dictionary<string, JobState> ends = await JobEnds.ReadAsync(store, FleetProcess.Queue);
        Assert.Equal(added.Order(StringComparer.Ordinal), ends.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([], ends.Where(static end => end.Value != JobState.Completed).Take(10));
        Assert.Equal([], added.Where(id => runs.GetValueOrDefault(id) != 1).Take(10));
        TestContext.Current.TestOutputHelper?.WriteLine($"{added.Count} jobs, {runs.Values.Sum()} runs; {await ScriptTimes.TellAsync(server)}");
    }

    public void Added(string id) => added.Add(id);

    public async Task RunAsync(JobContext context)
    {
        runs.AddOrUpdate(context.Id, 1, static (_, before) => before + 1);
        await Task.Delay(5, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        for (int place = 0; place < processes.Length; place++)
        {
            if (processes[place] is { } process)
                await process.DisposeAsync();
            processes[place] = null;
        }
    }
}
