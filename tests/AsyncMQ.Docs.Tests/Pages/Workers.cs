using AsyncMQ.Testing;

namespace AsyncMQ.Docs.Tests.Pages.Workers;

// The code of docs/workers.md: each of its C# blocks stands here as it is there.

public sealed class WorkerTests : IAsyncDisposable
{
    private readonly AsyncMQTestHost host = AsyncMQTestHost.Create(mq => mq.AddHandler("mail.welcome", (_, _) => Task.CompletedTask).AddWorker("default"));

    private IJobClient client => host.Client;

    private IJobQueue queue => host.Client.GetQueue("default");

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Workers_are_listed()
    {
        await host.RunUntilIdleAsync();
        Assert.Single(await client.GetWorkersAsync());

        foreach (WorkerInfo worker in await client.GetWorkersAsync())
        {
            Console.WriteLine($"{worker.Host}:{worker.ProcessId} {worker.Version}: {worker.RunningCount} of {worker.Concurrency}, last heard at {worker.RenewedAt:T}");
            foreach (JobInfo job in await client.GetWorkerJobsAsync(worker.Id))
                Console.WriteLine($"  {job.Ref} {job.Name} since {job.StartedAt:T}");
        }
    }

    [Fact]
    public async Task A_worker_is_made_quiet()
    {
        await host.RunUntilIdleAsync();
        string id = (await client.GetWorkersAsync())[0].Id;
        await client.QuietWorkerAsync(id);
        await queue.AddAsync("mail.welcome");
        await host.RunUntilIdleAsync();
        Assert.Equal(1, (await queue.GetStatsAsync()).Waiting);
        await client.ResumeWorkerAsync(id);
        await host.RunUntilIdleAsync();
        Assert.Equal(1, (await queue.GetStatsAsync()).Completed);
        await Assert.ThrowsAsync<InvalidOperationException>(Named);

        async Task Named()
        {
            WorkerInfo busy = (await client.GetWorkersAsync()).Single(worker => worker.Host == "box-7");
            await client.QuietWorkerAsync(busy.Id);           // takes nothing new, and ends what it runs
            await client.ResumeWorkerAsync(busy.Id);          // false: there is no such worker any more
        }
    }

    [Fact]
    public async Task Figures_are_read()
    {
        await queue.AddAsync("mail.welcome");
        await host.AdvanceAsync(TimeSpan.FromSeconds(10));

        QueueMetrics metrics = await queue.GetMetricsAsync();
        Console.WriteLine($"{metrics.Total.Completed} done, {metrics.Total.Failed} failed; 95 % started within {metrics.Total.Wait.P95} and ran no longer than {metrics.Total.Run.P95}");
        foreach (NameMetrics name in metrics.ByName)
            Console.WriteLine($"{name.Name}: {name.Metrics.Attempts} attempts, {name.Metrics.Retried} tried again, p99 {name.Metrics.Run.P99}");
        foreach (MetricsBucket minute in metrics.Series)
            Console.WriteLine($"{minute.Start:HH:mm} {minute.Metrics.Completed}");

        QueueMetrics week = await queue.GetMetricsAsync(new() { Resolution = MetricResolution.Hour, Name = "mail.welcome" });

        Assert.Equal((1, 1), (metrics.Total.Completed, week.Total.Completed));
    }
}
