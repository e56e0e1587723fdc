namespace AsyncMQ.Testing.Tests;

/// <summary>Hosts share nothing but the machine: none takes another's load for idleness of its own.</summary>
public sealed class ManyHostsTests
{
    [Fact]
    public async Task However_many_run_side_by_side_each_waits_for_what_is_under_way()
    {
        for (int round = 0; round < 100; round++)
            await Task.WhenAll(Enumerable.Range(0, 50).Select(static _ => Task.Run(RunAsync)));
    }

    // A handler that waits for a job that waits for the clock: from one end to the next step it is on no thread for some moments.
    private static async Task RunAsync()
    {
        var ran = new Diary();
        await using AsyncMQTestHost host = Kit.HostOfWaiting(ran);
        await host.Client.AddAsync("outer");

        await host.AdvanceAsync(1.Days());

        Assert.Equal([1.Hours()], ran.When);
    }
}
