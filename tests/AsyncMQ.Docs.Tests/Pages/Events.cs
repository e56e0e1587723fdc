using AsyncMQ.Testing;

namespace AsyncMQ.Docs.Tests.Pages.Events;

// The code of docs/events.md: each of its C# blocks stands here as it is there.

public sealed class EventTests : IAsyncDisposable
{
    private readonly AsyncMQTestHost host = AsyncMQTestHost.Create(mq => mq
        .AddHandler("welcome", (_, _) => Task.CompletedTask)
        .AddHandler("bounce", (_, _) => throw new InvalidOperationException("no such mailbox")));

    private IJobClient client => host.Client;

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Somebody_watches_a_queue()
    {
        var written = new StringWriter();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Task watching = WatchAsync(TextWriter.Synchronized(written), stop.Token);

        // The first may come before anybody listens.
        while (!written.ToString().Contains("failed: no such mailbox", StringComparison.Ordinal))
        {
            await client.GetQueue("mail").AddAsync("welcome");
            await client.GetQueue("mail").AddAsync("bounce", null, new() { Retries = 0 });
            await host.RunUntilIdleAsync();
            await Task.Delay(5, stop.Token);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
        Assert.Contains("is done after 1 attempts", written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_chooses()
    {
        await using JobEventStream one = await client.SubscribeAsync(new() { Job = new("mail", "welcome-17") });
        await using JobEventStream ends = await client.SubscribeAsync(new() { Kinds = JobEventKinds.Completed | JobEventKinds.Failed });
        await client.GetQueue("mail").AddAsync("welcome", null, new() { JobId = "welcome-17" });
        await host.RunUntilIdleAsync();

        Assert.IsType<JobEvent.Added>(await FirstAsync(one));
        Assert.IsType<JobEvent.Completed>(await FirstAsync(ends));
    }

    private async Task WatchAsync(TextWriter Console, CancellationToken cancellationToken)
    {
        await using JobEventStream events = await client.SubscribeAsync(new() { Queue = "mail" }, cancellationToken);
        await foreach (JobEvent e in events.WithCancellation(cancellationToken))
        {
            string? line = e switch
            {
                JobEvent.Completed done => $"{done.Job} is done after {done.Attempt} attempts",
                JobEvent.Retrying again => $"{again.Job} runs again at {again.DueAt}: {again.Error?.Message}",
                JobEvent.Failed failed => $"{failed.Job} failed: {failed.Error?.Message}",
                JobEvent.Missed gap => $"{gap.Count} events are missing here",
                _ => null,
            };
            if (line is not null)
                Console.WriteLine(line);
        }
    }

    private static async Task<JobEvent> FirstAsync(JobEventStream events)
    {
        await foreach (JobEvent e in events)
            return e;
        throw new InvalidOperationException("The stream ended.");
    }
}
