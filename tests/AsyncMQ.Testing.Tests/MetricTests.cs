namespace AsyncMQ.Testing.Tests;

/// <summary>Figures and quiet workers under the host's clock: exact, and only when it moves.</summary>
public sealed class MetricTests
{
    [Fact]
    public async Task Figures_are_those_of_the_hosts_clock()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", (context, token) => Task.Delay(20.Seconds(), context.Time(), token)));
        await host.Client.AddAsync("work");
        await host.Client.AddAsync("work", null, new() { Delay = 30.Seconds() });

        await host.AdvanceAsync(2.Minutes());

        JobMetrics total = (await host.Client.GetQueue("default").GetMetricsAsync()).Total;
        Assert.Equal((2, 2), (total.Completed, total.Run.Count));
        Assert.InRange(total.Run.P50!.Value, 18.75.Seconds(), 21.25.Seconds());
        Assert.InRange(total.Wait.P99!.Value, TimeSpan.Zero, 1.Milliseconds());
    }

    [Fact]
    public async Task They_roll_over_into_the_next_minute_and_go_when_they_are_old()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", (_, _) => Task.CompletedTask));
        IJobQueue queue = host.Client.GetQueue("default");
        for (int minute = 0; minute < 3; minute++)
        {
            await host.Client.AddAsync("work");
            await host.AdvanceAsync(30.Seconds()); // at the end of a move the host's housekeeping is done, and figures are sent
            await host.AdvanceAsync(30.Seconds());
        }

        QueueMetrics metrics = await queue.GetMetricsAsync();
        Assert.Equal([1, 1, 1], metrics.Series.Select(bucket => bucket.Metrics.Completed));
        Assert.Equal([0.Minutes(), 1.Minutes(), 2.Minutes()], metrics.Series.Select(bucket => bucket.Start - Kit.Start));

        await host.AdvanceAsync(4.Hours());
        Assert.Empty((await queue.GetMetricsAsync()).Series);
        Assert.Equal(3, Assert.Single((await queue.GetMetricsAsync(new() { Resolution = MetricResolution.Hour })).Series).Metrics.Completed);
        await host.AdvanceAsync(8.Days());
        Assert.Empty((await queue.GetMetricsAsync(new() { Resolution = MetricResolution.Hour })).Series);
    }

    [Fact]
    public async Task A_quiet_worker_takes_nothing_however_far_the_clock_moves_and_the_host_is_idle()
    {
        var ran = 0;
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", (_, _) => Task.FromResult(++ran)).AddWorker("default"));
        await host.RunUntilIdleAsync();
        string id = Assert.Single(await host.Client.GetWorkersAsync()).Id;
        Assert.True(await host.Client.QuietWorkerAsync(id));
        await host.Client.AddAsync("work");

        await host.RunUntilIdleAsync();
        await host.AdvanceAsync(1.Days());
        Assert.Equal(0, ran);
        await host.Client.ResumeWorkerAsync(id);
        await host.RunUntilIdleAsync();

        Assert.Equal(1, ran);
    }
}
