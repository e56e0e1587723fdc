using AsyncMQ.Conformance.Driving;
using AsyncMQ.InMemory;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Tests.InMemory;

/// <summary>The store in memory reads the machine's own clock, which may be set while it runs.</summary>
public sealed class WallClockTests
{
    [Fact]
    public async Task Work_that_is_ready_stays_in_the_index_when_the_clock_is_set_back()
    {
        var clock = new SetClock();
        await using var store = new InMemoryJobStore(clock);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.Add(Job("a"));

        clock.Now -= TimeSpan.FromHours(1);
        await driver.Add(Job("b").In("another"));

        Assert.Empty(await store.AuditAsync(default));
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
