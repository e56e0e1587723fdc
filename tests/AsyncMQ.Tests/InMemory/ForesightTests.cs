using AsyncMQ.Conformance.Driving;
using AsyncMQ.InMemory;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Tests.InMemory;

/// <summary>What the store in memory foresees, for a host whose clock stands still: what there is to do now, and when something happens by itself next.</summary>
public sealed class ForesightTests : IAsyncLifetime
{
    private readonly InMemoryJobStore store = new(TimeProvider.System);
    private StoreDriver driver = null!;

    public async ValueTask InitializeAsync() => driver = await StoreDriver.OpenAsync(store);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_job_that_waits_for_others_is_no_work_and_no_event()
    {
        await driver.AddBulk(Job("a").Delayed(2.Hours()), Job("b").In("other").DependsOn("a").Delayed(1.Hours()).ToLive(1.Hours()));

        Assert.Empty(store.QueuesWithWork());
        Assert.InRange(store.NextEvent()!.Value - await driver.Now(), 1.Hours(), 2.Hours());
    }

    [Fact]
    public async Task What_is_left_of_an_end_to_spread_is_work()
    {
        await driver.AddBulk(Job("a"), Job("b").In("other").Delayed(1.Hours()));
        await driver.AddBulk([.. Enumerable.Range(0, 1_500).Select(i => Job($"job-{i}").DependsOn("a"))]);

        await driver.Do(JobCommand.Cancel, "a");
        Assert.Equal([DefaultQueue, "other"], store.QueuesWithWork());
        await driver.Maintain();

        Assert.Empty(store.QueuesWithWork());
    }

    [Fact]
    public async Task The_next_schedule_is_an_event_to_come_and_one_that_is_due_already_is_not()
    {
        DateTimeOffset next = await driver.From(1.Hours());

        await driver.Create("due", await driver.From(-1.Hours()));
        Assert.Null(store.NextEvent());
        await driver.Create("later", next.AddHours(1));
        await driver.Create(Schedule("next", next).In("other"));
        await driver.Create(Schedule("paused", next.AddMinutes(-1)) with { Paused = true });

        Assert.Equal(next, store.NextEvent());
        await driver.Do(new QueueCommand.Close(Force: false), "other");
        Assert.Equal(next.AddHours(1), store.NextEvent());
    }
}
