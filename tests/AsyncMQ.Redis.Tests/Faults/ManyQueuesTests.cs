using System.Globalization;
using AsyncMQ.Conformance.Driving;
using AsyncMQ.Redis.Tests.Faults.Kit;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests.Faults;

/// <summary>A step of housekeeping has its bounds, however many queues there are.</summary>
[Collection(nameof(FaultTests))]
public sealed class ManyQueuesTests
{
    private const int Queues = 3_000;

    // Two for each of the hundred queues that a step looks at and each record that it removes, with room; all queues have some six times as many.
    private const int MostCommands = 6_000;

    [Fact]
    public async Task Housekeeping_of_thousands_of_queues_goes_in_small_steps_and_leaves_none_out()
    {
        await using OwnServer server = await OwnServer.StartAsync();
        await using ConnectionMultiplexer administrator = await server.ConnectAsync();
        await using IJobStore store = await RedisStores.OpenAsync(new() { Configuration = server.Address });
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.AddBulk([.. Enumerable.Range(0, Queues).Select(static i => Drafts.Job("a").In($"queue-{i}").ToLive(1.Minutes()))]);
        IDatabase database = administrator.GetDatabase();
        Assert.Equal(0, await RoundAsync(RetentionPolicy.Forever, static reply => reply.Expired));

        await driver.Advance(2.Minutes());
        Assert.Equal(Queues, await RoundAsync(RetentionPolicy.Forever, static reply => reply.Expired));
        Assert.Equal(Queues, await RoundAsync(new() { Count = 0, FailedCount = 0 }, static reply => reply.Removed));
        Assert.Empty(await store.AuditAsync(TestContext.Current.CancellationToken));

        async Task<int> RoundAsync(RetentionPolicy retention, Func<MaintainReply, int> count)
        {
            int done = 0;
            List<(long Commands, double Milliseconds)> steps = [];
            MaintainReply reply;
            do
            {
                await database.ExecuteAsync("CONFIG", "RESETSTAT");
                reply = await driver.Maintain(retention);
                steps.Add(await SpentAsync(database));
                done += count(reply);
            }
            while (reply.More);

            double[] took = [.. steps.Select(static step => step.Milliseconds).Order()];
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{steps.Count} steps, {steps.Max(static step => step.Commands)} commands at most, {took[took.Length / 2]:0.0} ms in the middle, {took[^1]:0.0} ms at most");
            Assert.InRange(steps.Max(static step => step.Commands), 0, MostCommands);
            return done;
        }
    }

    // What a script called is counted, too, and its time is the script's.
    private static async Task<(long Commands, double Milliseconds)> SpentAsync(IDatabase database)
    {
        string info = (string)(await database.ExecuteAsync("INFO", "commandstats"))!;
        string[] lines = [.. info.Split("\r\n").Where(static line => line.StartsWith("cmdstat_", StringComparison.Ordinal))];
        return (lines.Sum(static line => Read(line, "calls=")), lines.Where(static line => line.StartsWith("cmdstat_eval", StringComparison.Ordinal)).Sum(static line => Read(line, "usec=")) / 1_000.0);

        static long Read(string line, string field) => long.Parse(line.Split(field)[1].Split(',')[0], CultureInfo.InvariantCulture);
    }
}
