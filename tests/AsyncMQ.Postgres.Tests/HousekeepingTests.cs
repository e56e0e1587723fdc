using AsyncMQ.Conformance.Driving;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Postgres.Tests;

/// <summary>Housekeeping goes on behind what it has removed, so as not to pass rows that are dead and still there.</summary>
public sealed class HousekeepingTests
{
    private static readonly RetentionPolicy KeepNone = new() { Count = 0, FailedCount = 0 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_ended_while_the_servers_clock_was_set_back_is_removed_within_two_hours()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        string schema = Guid.NewGuid().ToString("N")[..20];
        await using var store = new PostgresJobStore(new() { ConnectionString = server.ConnectionString(), Schema = schema });
        await store.StartAsync(Cancellation);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        Worker worker = await driver.OpenWorker();
        await CompleteAsync(driver, worker, "before");
        Assert.Equal(1, (await driver.Maintain(KeepNone)).Removed);

        // What there was is gone up to now, which then becomes a time to come.
        await server.ExecuteAsync($"UPDATE \"{schema}\".walk SET since = since + interval '1 day', floor_since = floor_since + interval '1 day'");
        await CompleteAsync(driver, worker, "after");
        Assert.Equal(0, (await driver.Maintain(KeepNone)).Removed);
        await driver.Advance(TimeSpan.FromHours(2));

        Assert.Equal(1, (await driver.Maintain(KeepNone)).Removed);
    }

    private static async Task CompleteAsync(StoreDriver driver, Worker worker, string id)
    {
        await driver.AddBulk([Job(id)]);
        await worker.SettleAll([.. (await worker.Claim(1)).Select(job => Worker.Settlement(job, SettlementKind.Complete))]);
    }
}
