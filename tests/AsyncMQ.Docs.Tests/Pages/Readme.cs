using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AsyncMQ.Docs.Tests.Pages.Readme;

// The code of README.md: each of its C# blocks stands here as it is there.

[Job("mail.welcome", Queue = "mail", Retries = 3)]          // the name is stored: renaming the class breaks nothing
public sealed record SendWelcome(string To) : IJob<string>;

public sealed class SendWelcomeHandler(IMailer mailer) : IJobHandler<SendWelcome, string>
{
    public Task<string> HandleAsync(SendWelcome job, JobContext context, CancellationToken cancellationToken) =>
        mailer.SendAsync(job.To, cancellationToken);
}

public interface IMailer
{
    Task<string> SendAsync(string to, CancellationToken cancellationToken);
}

public sealed class FakeMailer : IMailer
{
    public Task<string> SendAsync(string to, CancellationToken cancellationToken) => Task.FromResult($"sent to {to}");
}

public interface ISearch
{
    Task IndexAsync(IEnumerable<string> documents, CancellationToken cancellationToken);
}

public sealed class FakeSearch : ISearch
{
    public Task IndexAsync(IEnumerable<string> documents, CancellationToken cancellationToken) => Task.CompletedTask;
}

[Collection("The current directory")]
public sealed class ReadmeTests : IDisposable
{
    private readonly string before = Directory.GetCurrentDirectory();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asyncmq-readme-");

    public ReadmeTests() => Directory.SetCurrentDirectory(folder.FullName);

    public void Dispose()
    {
        Directory.SetCurrentDirectory(before);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_batch_handler_runs()
    {
        var search = new FakeSearch();
        await using var host = AsyncMQHost.Create(mq =>
        {
            mq.UseInMemory().AddWorker("default");

            mq.AddBatchHandler("index", async (batch, token) =>
            {
                await search.IndexAsync(batch.Select(item => item.Job[0].GetString()!), token);
                batch.CompleteRest();                                                   // or each by itself: Complete, Fail, PutBack
            }, batch => (batch.Size, batch.Wait) = (100, TimeSpan.FromMilliseconds(200)));
        });
        await host.StartAsync();
        await (await host.Client.AddAsync("index", ["a text"])).WaitAsync();
    }

    [Fact]
    public async Task The_first_five_minutes_run()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton<IMailer, FakeMailer>();
        builder.Services.AddAsyncMQ(mq => mq
            .UseSqlite("jobs.db")
            .AddHandler<SendWelcome, string, SendWelcomeHandler>()
            .AddHandler("ping", (context, token) => Console.Out.WriteLineAsync(context.Args[0].GetString()))   // or by name, a lambda
            .AddWorker("mail", worker => worker.Concurrency = 16)
            .AddWorker("default"));
        using IHost host = builder.Build();
        await host.StartAsync();
        IJobClient client = host.Services.GetRequiredService<IJobClient>();

        JobHandle<string> welcome = await client.AddAsync(new SendWelcome("a@b.c"), new() { Delay = TimeSpan.FromSeconds(1) });
        string receipt = await welcome.WaitAsync();
        await client.AddAsync("ping", ["hello"], new() { JobId = "ping-1" });       // added twice, it is one job
        await client.AddBulkAsync([JobSpec.Of(new SendWelcome("x@y.z")), JobSpec.Of("ping", ["again"])]);   // all or nothing

        Assert.Equal("sent to a@b.c", receipt);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_flow_runs()
    {
        await using AsyncMQHost mq = AsyncMQHost.Create(mq => mq
            .UseInMemory()
            .AddHandler("read", (_, _) => Task.FromResult(1))
            .AddHandler("merge", async (context, token) => (await context.GetDependenciesAsync(token)).Sum(result => result.Get<int>()))
            .AddWorker("default"));
        await mq.StartAsync();
        IJobClient client = mq.Client;

        var flow = new Flow("import-1");
        FlowNode one = flow.Add("read", ["a.csv"]), two = flow.Add("read", ["b.csv"]);
        flow.Add("merge", after: [one, two]);
        await client.AddFlowAsync(flow);                                            // added twice, it is one flow

        FlowHandle again = await client.AddFlowAsync(flow);
        Assert.Equal(2, (await again.Jobs[2].WaitAsync()).Get<int>());
    }

    [Fact]
    public async Task Repeatables_are_kept()
    {
        await using AsyncMQHost mq = AsyncMQHost.Create(mq => mq.UseInMemory());
        IJobClient client = mq.Client;

        await client.GetQueue("reports").UpsertRepeatableAsync("nightly", Schedule.Cron("30 2 * * *", "Europe/Berlin"), JobSpec.Of("report"));
        await client.GetQueue("reports").UpsertRepeatableAsync("pulse", Schedule.Every(TimeSpan.FromMinutes(5)) with { Overlap = OverlapPolicy.Skip }, JobSpec.Of("pulse"));

        Assert.Equal(["nightly", "pulse"], (await client.GetQueue("reports").GetRepeatablesAsync()).Select(repeatable => repeatable.Id));
    }

    [Fact]
    public async Task Limits_are_set()
    {
        await using AsyncMQHost mq = AsyncMQHost.Create(mq => mq.UseInMemory());
        IJobClient client = mq.Client;

        await client.GetQueue("mail").SetLimitsAsync(new() { Rate = new(100, TimeSpan.FromSeconds(1)), PerKey = new() { Concurrency = 2 } });
        await client.GetQueue("mail").AddAsync("newsletter", ["ann@example.com"], new() { Key = "customer-17" });

        Assert.Equal(1, (await client.GetQueue("mail").GetKeyAsync("customer-17"))!.Waiting);
    }

    [Fact]
    public async Task Events_are_told()
    {
        await using AsyncMQHost mq = AsyncMQHost.Create(mq => mq.UseInMemory().AddHandler("work", (_, _) => Task.CompletedTask).AddWorker("default"));
        IJobClient client = mq.Client;
        await mq.StartAsync();

        await using JobEventStream events = await client.SubscribeAsync(new() { Kinds = JobEventKinds.Completed | JobEventKinds.Failed });

        JobHandle job = await client.AddAsync("work");
        await using IAsyncEnumerator<JobEvent> reader = events.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal(job.Ref, Assert.IsType<JobEvent.Completed>(reader.Current).Job);
    }

    [Fact]
    public async Task Looking_and_steering_run()
    {
        await using AsyncMQHost mq = AsyncMQHost.Create(mq => mq.UseInMemory());
        IJobClient client = mq.Client;

        IJobQueue mail = client.GetQueue("mail");
        QueueStats stats = await mail.GetStatsAsync();
        JobPage page = await mail.GetJobsAsync(new() { States = [JobState.Failed], Name = "mail.*", Take = 20 });
        long retried = await mail.RetryAsync(new JobQuery { States = [JobState.Failed], Tag = "eu" });
        await mail.CancelJobAsync("welcome-1");                                     // also while it runs, in any process
        await mail.PauseAsync(new() { By = "ann", Why = "mail server moves", For = TimeSpan.FromHours(1) });

        Assert.Equal((0, 0, 0L), (stats.Waiting, page.Jobs.Count, retried));
    }
}
