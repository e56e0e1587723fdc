using AsyncMQ.Conformance.Driving;

namespace AsyncMQ.Redis.Tests;

/// <summary>More of something than Lua passes to a command at once.</summary>
public sealed class ManyTests
{
    private const int Many = 10_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_of_ten_thousand_queues_hears_of_those_that_are_ready()
    {
        await using IJobStore store = await new RedisStores().CreateAsync();
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        string[] queues = [.. Enumerable.Range(0, Many).Select(i => $"queue-{i}")];
        await store.OpenAsync(new() { Id = new(Guid.NewGuid()), Name = "other", Lease = 15.Seconds(), Queues = ["queue-5"] }, Cancellation);
        Worker worker = await Worker.OpenAsync(
            store, new() { Id = new(Guid.NewGuid()), Name = "wide", Lease = 15.Seconds(), Names = ["work"], Queues = queues });
        await driver.AddBulk(Drafts.Job("a").In("queue-7"), Drafts.Job("b").In("queue-9999"), Drafts.Job("c").In("elsewhere"));

        ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(1, "queue-1"));

        Assert.Equal(["queue-7", "queue-9999"], reply.ReadyQueues.Order());
    }

    [Fact]
    public async Task Ten_thousand_jobs_are_added_as_one_group()
    {
        await using IJobStore store = await new RedisStores().CreateAsync();
        StoreDriver driver = await StoreDriver.OpenAsync(store);

        IReadOnlyList<AddedJob> added = await driver.AddBulk([.. Enumerable.Range(0, Many).Select(i => Drafts.Job($"job-{i}").Delayed((i % 2).Hours()))]);

        Assert.All(added, job => Assert.Equal(AddOutcome.Created, job.Outcome));
        QueueCounts counts = await store.CountAsync(Drafts.DefaultQueue, Cancellation);
        Assert.Equal((Many / 2, Many / 2), (counts.ByState[(int)JobState.Waiting], counts.ByState[(int)JobState.Delayed]));
        Assert.Empty(await store.AuditAsync(Cancellation));
    }

    [Fact]
    public async Task Of_ten_thousand_lines_reported_at_once_the_last_thousand_are_kept()
    {
        await using IJobStore store = await new RedisStores().CreateAsync();
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.Add(Drafts.Job("a"));
        Worker worker = await driver.OpenWorker();

        await worker.Report(await worker.ClaimOne(), null, [.. Enumerable.Range(0, Many).Select(i => $"{i}")]);

        JobRecord? job = (await store.FindAsync([new(Drafts.DefaultQueue, "a")], JobParts.Logs, Cancellation))[0];
        Assert.Equal(Enumerable.Range(Many - 1_000, 1_000).Select(i => $"{i}"), job!.Logs.Select(line => line.Text));
    }
}
