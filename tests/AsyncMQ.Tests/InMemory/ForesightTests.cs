using AsyncMQ.Conformance.Driving;
using AsyncMQ.InMemory;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Tests.InMemory;

/// <summary>What a host whose clock stands still asks: when something happens by itself next.</summary>
public class ForesightTests
{
    [Fact]
    public async Task The_next_schedule_is_an_event_to_come_and_one_that_is_due_already_is_not()
    {
        await using var store = new InMemoryJobStore(TimeProvider.System);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
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
