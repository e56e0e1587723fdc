using Microsoft.Extensions.Hosting;

namespace AsyncMQ.Docs.Tests.Pages.Isolating;

// The code of docs/isolation.md: each of its C# blocks stands here as it is there. The processes themselves are started by the fault tests.

[Job("convert-page")]
public sealed record ConvertPage(int Page) : IJob<int>;

public sealed class ConvertPageHandler : IJobHandler<ConvertPage, int>
{
    public Task<int> HandleAsync(ConvertPage job, JobContext context, CancellationToken cancellationToken) => Task.FromResult(job.Page);
}

public static class Handlers
{
    public static void Register(AsyncMQBuilder mq) => mq.AddHandler<ConvertPage, int, ConvertPageHandler>(handler => handler.Isolation = new());
}

public sealed class IsolationTests
{
    [Fact]
    public async Task Handlers_are_isolated()
    {
        await using AsyncMQHost host = AsyncMQHost.Create(mq =>
        {
            mq.UseInMemory();
            mq.AddHandler("thumbnail", MakeThumbnailAsync, handler =>
            {
                handler.Timeout = TimeSpan.FromSeconds(30);
                handler.Isolation = new() { MemoryLimit = 512L << 20 };                 // a new process for each job
            });
            var warm = new Isolation { JobsPerProcess = 200, MaxProcesses = 4 };        // processes that run 200 jobs each, one after the other
            mq.AddHandler<ConvertPage, int, ConvertPageHandler>(handler => handler.Isolation = warm)
                .AddHandler("scan", ScanAsync, handler => handler.Isolation = warm);    // the same object: the same processes
        });

        await host.StartAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_program_asks_first()
    {
        AsyncMQHost.RunIsolatedJobsIfAsked(Handlers.Register);                      // returns at once, unless this is such a process
        using IHost host = BuildHost(Handlers.Register);

        Assert.NotNull(host);
    }

    private static IHost BuildHost(Action<AsyncMQBuilder> register)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAsyncMQ(mq => register(mq.UseInMemory().AddWorker("default")));
        return builder.Build();
    }

    private static Task MakeThumbnailAsync(JobContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    private static Task ScanAsync(JobContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}
