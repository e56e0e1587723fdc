using AsyncMQ.Testing;

namespace AsyncMQ.Docs.Tests.Pages.Repeatables;

// The code of docs/repeatables.md: each of its C# blocks stands here as it is there.

public sealed class RepeatableTests : IAsyncDisposable
{
    private readonly AsyncMQTestHost host = AsyncMQTestHost.Create(mq => mq.AddHandler("report", (_, _) => Task.CompletedTask));

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_repeatable_is_kept_looked_at_and_steered()
    {
        IJobClient client = host.Client;

        IJobQueue reports = client.GetQueue("reports");
        DateTimeOffset? next = await reports.UpsertRepeatableAsync(
            "nightly", Schedule.Cron("30 2 * * *", "Europe/Berlin"), JobSpec.Of("report", ["all"], new() { Retries = 3 }));

        await host.AdvanceAsync(TimeSpan.FromDays(2));

        await reports.PauseRepeatableAsync("nightly");                              // its jobs stay as they are
        await reports.ResumeRepeatableAsync("nightly");                             // from its next time on; nothing is made up for
        JobHandle? now = await reports.TriggerRepeatableAsync("nightly");           // beside its times, also while it is paused
        RepeatableInfo? info = await reports.GetRepeatableAsync("nightly");
        Console.WriteLine($"{info!.Runs} runs, next: {string.Join(", ", info.GetOccurrences(3))}");
        foreach (RepeatableRun run in await reports.GetRepeatableHistoryAsync("nightly", take: 10))
            Console.WriteLine($"{run.DueAt}: {run.Outcome} {run.JobId}");
        bool removed = await reports.RemoveRepeatableAsync("nightly");              // with its history; its jobs stay

        Assert.Equal((2L, true), (info.Runs, removed));
        Assert.Equal(next, host.Added[0].AddedAt);
        Assert.Equal(3, host.Added.Count);
        Assert.NotNull(now);
    }

    [Fact]
    public async Task A_host_says_its_repeatables()
    {
        await using AsyncMQTestHost configured = AsyncMQTestHost.Create(mq =>
        {
            mq.AddRepeatable("nightly", Schedule.Cron("30 2 * * *", "Europe/Berlin"), JobSpec.Of("report", ["all"]) with { Queue = "reports" });
        });

        await configured.AdvanceAsync(TimeSpan.FromDays(1));

        Assert.Single(configured.Added);
    }

    [Fact]
    public void Schedules_are_values()
    {
        Schedule often = Schedule.Every(TimeSpan.FromMinutes(10));
        Schedule fromMidnight = Schedule.Every(TimeSpan.FromHours(6)) with { Start = new DateTimeOffset(2031, 3, 1, 0, 0, 0, TimeSpan.Zero) };

        Schedule weekdays = Schedule.Cron("0 9 * * MON-FRI", "America/New_York");
        IReadOnlyList<DateTimeOffset> times = weekdays.GetOccurrences(DateTimeOffset.UtcNow, 5);

        Schedule careful = Schedule.Every(TimeSpan.FromMinutes(5)) with
        {
            Missed = MissedRuns.Skip,
            Overlap = OverlapPolicy.Skip,
            Jitter = TimeSpan.FromSeconds(20),
            End = DateTimeOffset.UtcNow.AddYears(1),
            MaxRuns = 1_000,
            RunAtOnce = true,
        };

        Assert.Equal(10, often.Interval!.Value.TotalMinutes);
        Assert.Equal([6, 12, 18, 0], fromMidnight.GetOccurrences(fromMidnight.Start!.Value, 4).Select(time => time.Hour));
        Assert.All(times, time => Assert.Equal(9, time.Hour));
        Assert.Equal(1_000, careful.GetOccurrences(DateTimeOffset.UtcNow, 10_000).Count);
    }

    [Fact]
    public async Task A_local_one_ends_when_it_is_disposed()
    {
        IJobClient client = host.Client;

        IDisposable sweeping = client.GetQueue("default").AddLocalRepeatable("sweep", Schedule.Every(TimeSpan.FromMinutes(1)), JobSpec.Of("sweep"));

        await host.AdvanceAsync(TimeSpan.FromMinutes(3));
        sweeping.Dispose();
        await host.AdvanceAsync(TimeSpan.FromMinutes(3));
        Assert.Equal(3, host.Added.Count);
    }
}
