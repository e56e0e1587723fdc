namespace AsyncMQ.Testing.Tests;

/// <summary>A test host has one process: isolated handlers run in it, under its clock.</summary>
public sealed class IsolationTests
{
    [Fact]
    public async Task An_isolated_handler_runs_in_the_test_process()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", (_, _) => Task.FromResult(Environment.ProcessId), handler => handler.Isolation = new()));
        JobHandle job = await host.Client.AddAsync("work");

        await host.RunUntilIdleAsync();

        Assert.Equal(Environment.ProcessId, (await host.GetJobAsync(job.Ref))!.Result.Get<int>());
    }
}
