using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Testing.Tests;

/// <summary>Flows in the test host: one run until idle runs all that can run, in the flow's order.</summary>
public sealed class FlowTests
{
    private readonly Diary ran = new();

    [Fact]
    public async Task Running_until_idle_runs_a_flow_to_its_end_over_queues_that_nobody_named()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        var flow = new Flow("f");
        FlowNode merge = flow.Add(JobSpec.Of("work", ["merge"]) with { Queue = "third" });
        FlowNode first = flow.Add("work", ["first"]);
        merge.After([.. flow.FanOut([JobSpec.Of("work", ["a"]) with { Queue = "other" }, JobSpec.Of("work", ["b"])], after: [first])]);

        await host.Client.AddFlowAsync(flow);
        Assert.Equal(4, host.Added.Count);
        await host.RunUntilIdleAsync();

        Assert.Equal("first", ran.What.First());
        Assert.Equal(["a", "b"], ran.What.Skip(1).Take(2).Order());
        Assert.Equal("merge", ran.What.Last());
        Assert.True((await host.Client.GetFlowAsync("f"))!.IsEnded);
        Assert.Equal(TimeSpan.Zero, host.Elapsed());
    }

    [Fact]
    public async Task A_job_with_more_dependents_than_one_step_releases_them_all()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        var flow = new Flow("f");
        flow.FanOut([.. Enumerable.Range(0, 3_500).Select(_ => JobSpec.Of("work"))], after: [flow.Add("work")]);
        await host.Client.AddFlowAsync(flow);

        await host.RunUntilIdleAsync();

        Assert.Equal(3_501, ran.Count);
    }

    [Fact]
    public async Task A_delay_counts_from_the_release()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        var flow = new Flow("f");
        FlowNode first = flow.Add("work", ["first"], new() { Delay = 1.Hours() });
        flow.Add("work", ["second"], new() { Delay = 10.Minutes() }, [first]);
        await host.Client.AddFlowAsync(flow);

        await host.AdvanceAsync(1.Hours() + 9.Minutes());
        Assert.Equal(["first"], ran.What);
        await host.AdvanceAsync(1.Minutes());

        Assert.Equal([1.Hours(), 1.Hours() + 10.Minutes()], ran.When);
    }

    [Fact]
    public async Task A_failure_that_was_asked_for_fails_what_comes_after()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("a", ran.Handle).AddHandler("b", ran.Handle));
        var flow = new Flow("f");
        FlowNode a = flow.Add("a"), b = flow.Add("b", after: [a]);
        host.FailAttempt("a", attempt: 1, new IOException("disk"));
        FlowHandle added = await host.Client.AddFlowAsync(flow);

        await host.RunUntilIdleAsync();

        Assert.Empty(ran.What);
        Assert.Equal(JobState.Failed, await host.StateOf(added[b]));
        Assert.Equal((true, true), ((await host.Client.GetFlowAsync("f"))!.IsEnded, (await host.Client.GetFlowAsync("f"))!.HasFailed));
    }

    [Fact]
    public async Task A_handler_reads_results_and_adds_to_its_own_flow()
    {
        int sum = 0;
        await using AsyncMQTestHost host = Kit.Host(mq => mq
            .AddHandler("number", (context, _) => Task.FromResult(context.Args[0].GetInt32()))
            .AddHandler("split", async (context, token) =>
            {
                var more = new Flow((await context.GetFlowIdAsync(token))!);
                more.FanIn(JobSpec.Of("sum"), more.FanOut([JobSpec.Of("number", [1]), JobSpec.Of("number", [2])], after: [more.Add("number", [3], new() { DependsOn = [context.Ref] })]));
                await context.Services.GetRequiredService<IJobClient>().AddToFlowAsync(more, token);
            })
            .AddHandler("sum", async (context, token) => sum = (await context.GetDependenciesAsync(token)).Sum(result => result.Get<int>())));
        var flow = new Flow("f");
        flow.Add("split");
        await host.Client.AddFlowAsync(flow);

        await host.RunUntilIdleAsync();

        Assert.Equal(3, sum);
        Assert.Equal(5, (await host.Client.GetFlowAsync("f"))![JobState.Completed]);
    }

    [Fact]
    public async Task What_was_added_says_what_it_depends_on()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        JobHandle first = await host.Client.AddAsync("work");

        await host.Client.AddAsync("work", null, new() { DependsOn = [first.Ref], OnDependencyFailure = OnDependencyFailure.Wait });

        Assert.Null(host.Added[0].Options.DependsOn);
        Assert.Equal([first.Ref], host.Added[1].Options.DependsOn);
        Assert.Equal(OnDependencyFailure.Wait, host.Added[1].Options.OnDependencyFailure);
    }
}
