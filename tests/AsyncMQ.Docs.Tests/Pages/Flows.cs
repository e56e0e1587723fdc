using AsyncMQ.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Docs.Tests.Pages.Flows;

// The code of docs/flows.md: each of its C# blocks stands here as it is there.

[Job("read-file")]
public sealed record ReadFile(string Path) : IJob<int>;

[Job("merge-files")]
public sealed record MergeFiles(string Path) : IJob<int>;

[Job("split-file")]
public sealed record SplitFile(string Path, int Parts) : IJob;

public sealed class ReadFileHandler : IJobHandler<ReadFile, int>
{
    public Task<int> HandleAsync(ReadFile job, JobContext context, CancellationToken cancellationToken) => Task.FromResult(job.Path.Length);
}

public sealed class MergeFilesHandler : IJobHandler<MergeFiles, int>
{
    public async Task<int> HandleAsync(MergeFiles job, JobContext context, CancellationToken cancellationToken)
    {
        DependencyResults results = await context.GetDependenciesAsync(cancellationToken);
        return results.Named("read-file").Where(result => result.HasValue).Sum(result => result.Get<int>());
    }
}

public sealed class SplitFileHandler(IJobClient client) : IJobHandler<SplitFile>
{
    public async Task HandleAsync(SplitFile job, JobContext context, CancellationToken cancellationToken)
    {
        var more = new Flow((await context.GetFlowIdAsync(cancellationToken))!);
        for (int part = 1; part <= job.Parts; part++)
            more.Add(new ReadFile($"{job.Path}.{part}"), new() { JobId = $"{context.Id}-{part}", DependsOn = [context.Ref] });
        await client.AddToFlowAsync(more, cancellationToken);
    }
}

public sealed class FlowTests : IAsyncDisposable
{
    private readonly AsyncMQTestHost host = AsyncMQTestHost.Create(mq =>
    {
        mq.AddHandler<ReadFile, int, ReadFileHandler>().AddHandler<MergeFiles, int, MergeFilesHandler>().AddHandler<SplitFile, SplitFileHandler>();
        foreach (string name in (string[])["export", "upload", "clean-up"])
            mq.AddHandler(name, (_, _) => Task.CompletedTask);
    });

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_job_waits_for_another()
    {
        IJobClient client = host.Client;

        JobHandle export = await client.AddAsync("export", ["customers"], new() { Retries = 3 });
        await client.AddAsync("upload", ["customers"], new() { DependsOn = [export.Ref] });

        await client.AddAsync("clean-up", null, new() { DependsOn = [export.Ref], OnDependencyFailure = OnDependencyFailure.Continue });

        Assert.Equal(2, (await client.GetQueue("default").GetStatsAsync()).WaitingChildren);
        await host.RunUntilIdleAsync();
        Assert.Equal(3, (await client.GetQueue("default").GetStatsAsync()).Completed);
    }

    [Fact]
    public async Task A_flow_is_added_run_and_looked_at()
    {
        IJobClient client = host.Client;

        var flow = new Flow("import-2031-03-01");
        FlowNode one = flow.Add(new ReadFile("a.csv")), two = flow.Add(new ReadFile("b.csv"));
        flow.Add(new MergeFiles("all.csv"), after: [one, two]);
        FlowHandle import = await client.AddFlowAsync(flow);

        await host.RunUntilIdleAsync();
        Assert.Equal(10, (await import.Jobs[2].WaitAsync()).Get<int>());

        FlowInfo? info = await client.GetFlowAsync("import-2031-03-01");
        foreach (FlowJob job in info!.Jobs)
            Console.WriteLine($"{job.Ref} {job.State}, waits for {string.Join(", ", job.BlockedBy.Select(dependency => dependency.Job))}");
        Console.WriteLine($"{info[JobState.Completed]} of {info.Jobs.Count} done, ended: {info.IsEnded}, failed: {info.HasFailed}");
        FlowPage latest = await client.GetFlowsAsync(new() { Take = 20 });
        long cancelled = await client.CancelFlowAsync("import-2031-03-01");
        long retried = await client.RetryFlowAsync("import-2031-03-01");            // the failed part, in its order
        long removed = await client.RemoveFlowAsync("import-2031-03-01");

        Assert.Equal((3, 1, 0, 0, 3), (info[JobState.Completed], latest.Flows.Count, cancelled, retried, removed));
    }

    [Fact]
    public async Task The_usual_shapes_are_put_in()
    {
        await using AsyncMQHost mq = AsyncMQHost.Create(mq =>
        {
            mq.UseInMemory().AddWorker("default").AddWorker("slow");
            foreach (string name in (string[])["login", "fetch", "page", "bind", "mail"])
                mq.AddHandler(name, (_, _) => Task.CompletedTask);
        });
        await mq.StartAsync();
        IJobClient client = mq.Client;

        var report = new Flow("report-7");
        FlowNode fetched = report.Chain([JobSpec.Of("login"), JobSpec.Of("fetch")]);
        IReadOnlyList<FlowNode> pages = report.FanOut([JobSpec.Of("page", [1]), JobSpec.Of("page", [2]) with { Queue = "slow" }], after: [fetched]);
        FlowNode book = report.FanIn(JobSpec.Of("bind", null, new() { JobId = "book-7" }), pages);
        report.Add("mail", ["ann@example.com"]).After(book);
        FlowHandle added = await client.AddFlowAsync(report);
        await added[book].WaitAsync();

        await added.Jobs[^1].WaitAsync();
        Assert.True((await client.GetFlowAsync("report-7"))!.IsEnded);
    }

    [Fact]
    public async Task A_unit_test_gives_results()
    {
        var context = new JobContext(new("default", "merge"), "merge-files")
        {
            GivenDependencies = [DependencyResult.Completed(new("default", "a"), "read-file", 40), DependencyResult.Gone(new("default", "b"))],
        };
        Assert.Equal(40, await new MergeFilesHandler().HandleAsync(new("all.csv"), context, default));
    }

    [Fact]
    public async Task A_handler_lets_its_flow_grow()
    {
        var flow = new Flow("split-1");
        flow.Add(new SplitFile("big.csv", 3), new() { JobId = "split" });
        await host.Client.AddFlowAsync(flow);

        await host.RunUntilIdleAsync();

        Assert.Equal(4, (await host.Client.GetFlowAsync("split-1"))![JobState.Completed]);
    }
}
