using AsyncMQ.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Docs.Tests.Pages.Limits;

// The code of docs/limits.md: each of its C# blocks stands here as it is there.

public sealed class LimitTests : IAsyncDisposable
{
    private readonly AsyncMQTestHost host = AsyncMQTestHost.Create(mq => mq.AddHandler("export", (_, _) => Task.CompletedTask));

    private IJobQueue queue => host.Client.GetQueue("default");

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Limits_are_configured()
    {
        string path = Path.Combine(Path.GetTempPath(), $"asyncmq-docs-{Guid.NewGuid():N}.db");
        var services = new ServiceCollection();
        services.AddAsyncMQ(mq => mq
            .UseSqlite("jobs.db")
            .AddQueue("mail", queue =>
            {
                queue.RateLimit = new(100, TimeSpan.FromSeconds(1));      // at most 100 starts in any second
                queue.MaxConcurrency = 10;                                // at most 10 at once
                queue.PerKey = new() { Concurrency = 2 };                 // and of each key at most 2
            }));

        await using AsyncMQHost mq = AsyncMQHost.Create(mq => mq.UseSqlite(path).AddQueue("mail", mail => mail.MaxConcurrency = 10));
        Assert.Equal(10, (await mq.Client.GetQueue("mail").GetLimitsAsync()).Limits!.Concurrency);
    }

    [Fact]
    public async Task Limits_are_changed_while_the_system_runs()
    {
        await queue.SetLimitsAsync(new() { Rate = new(20, TimeSpan.FromMinutes(1)), Concurrency = 5 });
        QueueLimitsInfo now = await queue.GetLimitsAsync();        // the limits, until when it is held, when the next permit comes
        await queue.SetLimitsAsync(null);                          // none
        Assert.Equal(5, now.Limits!.Concurrency);
        Assert.Null((await queue.GetLimitsAsync()).Limits);
    }

    [Fact]
    public async Task A_rate_lets_jobs_go_as_the_clock_moves_on()
    {
        await queue.SetLimitsAsync(new() { Rate = new(2, TimeSpan.FromMinutes(1)) });
        for (int i = 0; i < 5; i++)
            await queue.AddAsync("export", ["report-7"], new() { Key = "customer-17" });

        await host.RunUntilIdleAsync();
        Assert.Equal(2, (await queue.GetStatsAsync()).Completed);
        await host.AdvanceAsync(TimeSpan.FromMinutes(3));
        Assert.Equal(5, (await queue.GetStatsAsync()).Completed);
    }

    [Fact]
    public async Task Keys_are_limited()
    {
        await queue.SetLimitsAsync(new() { PerKey = new() { Concurrency = 1, Rate = new(10, TimeSpan.FromSeconds(1)) } });
        await queue.SetKeyLimitsAsync("customer-17", new() { Concurrency = 8 });     // its own, in place of those for all
        await queue.SetKeyLimitsAsync("customer-18", new());                         // no limits at all
        await queue.SetKeyLimitsAsync("customer-17", null);                          // those for all again
        JobKeyInfo? key = await queue.GetKeyAsync("customer-17");                    // waiting, running, limits, held, next permit
        IReadOnlyList<JobKeyInfo> keys = await queue.GetKeysAsync(after: null, take: 100);
        Assert.Null(key);
        Assert.Equal(["customer-18"], keys.Select(one => one.Key));
    }

    [Fact]
    public async Task Somebody_asks_why()
    {
        await queue.AddAsync("export", null, new() { JobId = "report-7" });
        await queue.PauseAsync();

        JobExplanation? why = await queue.ExplainAsync("report-7");
        Console.WriteLine(why);       // Job default/report-7 is Waiting. Its queue is paused since 2031-03-01 09:00:00Z by ann (mail server moves), until …

        Assert.Contains(why!.Reasons, reason => reason is WaitReason.QueuePaused);
    }

    [Fact]
    public async Task Somebody_is_told_to_come_later()
    {
        TimeSpan retryAfter = TimeSpan.FromMinutes(1);
        Assert.Throws<RateLimitedException>(Key);
        Assert.Throws<RateLimitedException>(Queue);

        await queue.HoldAsync(TimeSpan.FromMinutes(5));
        await queue.HoldKeyAsync("customer-17", TimeSpan.FromMinutes(5));
        await queue.HoldAsync(TimeSpan.Zero);                                    // let go
        Assert.NotNull((await queue.GetKeyAsync("customer-17"))!.HeldUntil);
        Assert.Null((await queue.GetLimitsAsync()).HeldUntil);

        void Key() =>
            throw new RateLimitedException(retryAfter);                              // nothing of this key for so long; without a key: of this queue

        void Queue() =>
            throw new RateLimitedException(retryAfter, RateLimitScope.Queue);        // nothing of the whole queue
    }
}
