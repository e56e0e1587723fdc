using Microsoft.Extensions.DependencyInjection;

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
        await using AsyncMQTestHost host = Kit.Host(mq => mq
            .AddHandler("inner", (context, _) => Task.FromResult(context.Args[0].GetInt32() * 2))
            .AddHandler("outer", async (context, token) =>
            {
                JobHandle inner = await context.Services.GetRequiredService<IJobClient>().GetQueue("inner").AddAsync("inner", [21], new() { Delay = 1.Hours() }, token);
                JobResult result = await inner.WaitAsync(token);
                ran.Note($"{result.Get<int>()}", context);
            }));
        await host.Client.AddAsync("outer");

        await host.AdvanceAsync(1.Days());

        Assert.Equal([1.Hours()], ran.When);
    }
}
