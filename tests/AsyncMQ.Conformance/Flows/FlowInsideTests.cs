using System.Collections.Concurrent;
using AsyncMQ.Conformance.Working;
using Microsoft.Extensions.DependencyInjection;
using static AsyncMQ.Conformance.Flows.FlowShapes;

namespace AsyncMQ.Conformance.Flows;

/// <summary>Flows from inside: handlers that read what they depend on, add to their own flow, and are steered while they run. Source: F-10, F-11, F-14.</summary>
public abstract class FlowInsideTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    [Trait("reference", "F-10")]
    public async Task A_handler_is_given_the_results_of_what_it_depends_on_by_type_by_name_and_by_job()
    {
        DependencyResults? seen = null;
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler<Sum, int, SumHandler>()
            .AddHandler("text", (_, _) => Task.FromResult("a text"))
            .AddHandler("none", (_, _) => Task.CompletedTask)
            .AddHandler("merge", async (context, token) => seen = await context.GetDependenciesAsync(token))
            .AddWorker(DefaultQueue).AddWorker("sums"));
        var flow = new Flow("f");
        FlowNode one = flow.Add(new Sum(1, 2)), two = flow.Add(new Sum(20, 22)), text = flow.Add("text"), none = flow.Add("none");
        FlowNode merge = flow.Add("merge", after: [two, text, one, none]);

        FlowHandle added = await mq.Client.AddFlowAsync(flow);
        await added[merge].Ends();

        Assert.Equal([added[two].Ref, added[text].Ref, added[one].Ref, added[none].Ref], seen!.Select(result => result.Ref));
        Assert.Equal([42, 3], seen!.Named("sum").Select(result => result.Get<int>()));
        Assert.Equal("a text", seen[added[text].Ref].Get<string>());
        Assert.Equal((JobState.Completed, false, false), (seen[3].State, seen[3].HasValue, seen[3].IsGone));
        Assert.Empty(seen.Named("merge"));
    }

    [Fact]
    public async Task A_result_that_is_gone_is_told()
    {
        DependencyResults? seen = null;
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("text", (_, _) => Task.FromResult("a text"))
            .AddHandler("merge", async (context, token) => seen = await context.GetDependenciesAsync(token))
            .AddWorker(DefaultQueue));
        var flow = new Flow("f");
        flow.Add("merge", options: Id("merge")).After(flow.Add("text", options: Id("gone")), flow.Add(JobSpec.Of("text", null, Id("last")) with { Queue = "held" }));
        FlowHandle added = await mq.Client.AddFlowAsync(flow);
        await added.Jobs[1].Ends();
        await mq.Queue().RemoveJobAsync("gone");

        await using AsyncMQHost other = await Store.Start(mq => mq.AddHandler("text", (_, _) => Task.FromResult("the last")).AddWorker("held"));
        await added.Jobs[0].Ends();

        Assert.Equal([true, false], seen!.Select(result => result.IsGone));
        Assert.Equal((null, null), (seen![0].Name, seen[0].State));
        Assert.Equal("the last", seen[1].Get<string>());
        Assert.Equal([true, false], (await mq.Flow("f"))[Ref("merge")]!.Dependencies.Select(dependency => dependency.IsGone));
    }

    [Fact]
    public async Task A_job_without_dependencies_or_flow_costs_no_call()
    {
        var reads = new CountsReads(Store.Store);
        var seen = new ConcurrentQueue<(int Dependencies, string? Flow)>();
        await using AsyncMQHost mq = await Store.Start(reads, mq => mq
            .AddHandler("work", async (context, token) => seen.Enqueue(((await context.GetDependenciesAsync(token)).Count, await context.GetFlowIdAsync(token))))
            .AddWorker(DefaultQueue));

        JobHandle plain = await mq.Client.AddAsync("work", null, Id("plain"));
        await Store.Until(plain.Ref, JobState.Completed);
        int afterPlain = reads.Count;
        await mq.Client.AddFlowAsync(Chain("f", "in-a-flow"));
        await Store.Until(Ref("in-a-flow"), JobState.Completed);

        Assert.Equal([(0, null), (0, "f")], seen);
        Assert.Equal((0, true), (afterPlain, reads.Count > 0));
    }

    [Fact]
    [Trait("reference", "F-13")]
    public async Task A_handler_adds_to_its_own_flow_and_adds_it_once_though_it_runs_twice()
    {
        var ran = new ConcurrentQueue<string>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("split", async (context, token) =>
            {
                var more = new Flow((await context.GetFlowIdAsync(token))!);
                IReadOnlyList<FlowNode> parts = more.FanOut([.. Enumerable.Range(0, 3).Select(i => JobSpec.Of("part", [i], new() { JobId = $"part-{i}", DependsOn = [context.Ref] }))]);
                more.FanIn(JobSpec.Of("merge", null, Id("merge")), parts);
                await context.Services.GetRequiredService<IJobClient>().AddToFlowAsync(more, token);
                ran.Enqueue($"split {context.Attempt}");
                if (context.Attempt == 1)
                    throw new InvalidOperationException("after the add");
            })
            .AddHandler("part", (context, _) =>
            {
                ran.Enqueue("part");
                return Task.FromResult(context.Args[0].GetInt32() + 1);
            })
            .AddHandler("merge", async (context, token) =>
            {
                ran.Enqueue("merge");
                return (await context.GetDependenciesAsync(token)).Sum(result => result.Get<int>());
            })
            .AddSleepyWorker());
        var flow = new Flow("f");
        flow.Add("split", options: new() { JobId = "split", Retries = 1, Backoff = Backoff.None });

        await mq.Client.AddFlowAsync(flow);
        await Store.Until(Ref("merge"), JobState.Completed);

        Assert.Equal(["split 1", "split 2", "part", "part", "part", "merge"], ran);
        Assert.Equal(6, (await mq.Queue().GetJobResultAsync("merge"))!.Get<int>());
        Assert.Equal(5, (await mq.Flow("f"))[JobState.Completed]);
    }

    [Fact]
    [Trait("reference", "F-11")]
    public async Task A_flow_that_is_cancelled_while_it_runs_goes_no_further()
    {
        var ran = new Ledger();
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (context, token) => ran.NoteWhile(context, () => gate.Pass(token)))
            .AddWorker(DefaultQueue));
        FlowHandle flow = await mq.Client.AddFlowAsync(Diamond());
        await gate.SomebodyWaits();

        Assert.Equal(4, await mq.Client.CancelFlowAsync("diamond"));
        await flow.Jobs[0].EndsOtherwise();

        Assert.Equal(["split"], ran.Started);
        Assert.Equal("split Cancelled, a Cancelled, b Cancelled, merge Cancelled", await mq.StatesOf("diamond"));

        gate.Open();
        Assert.Equal(4, await mq.Client.RetryFlowAsync("diamond"));
        await flow.Jobs[3].Ends();
        Assert.Equal(5, ran.Count);
    }

    [Fact]
    public async Task A_flow_that_is_retried_while_it_runs_leaves_what_runs_alone()
    {
        var ran = new Ledger();
        var gate = new Gate();
        bool works = false;
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (context, token) => ran.NoteWhile(context, () => context.Id == "a" ? gate.Pass(token)
                : context.Id == "b" && !works ? throw new InvalidOperationException("no") : Task.CompletedTask))
            .AddWorker(DefaultQueue));
        FlowHandle flow = await mq.Client.AddFlowAsync(Diamond());
        await gate.SomebodyWaits();
        await Store.Until(Ref("merge"), JobState.Failed);
        works = true;

        Assert.Equal(2, await mq.Client.RetryFlowAsync("diamond"));
        await Store.Until(Ref("b"), JobState.Completed);
        Assert.Equal("split Completed, a Active, b Completed, merge WaitingChildren", await mq.StatesOf("diamond"));
        gate.Open();
        await flow.Jobs[3].Ends();

        Assert.Equal(["b"], ran.Repeated);
    }

    [Fact]
    public async Task A_flow_that_is_removed_while_it_runs_goes_no_further_and_what_it_adds_meanwhile_goes_too()
    {
        var gate = new Gate();
        var said = new ConcurrentQueue<string>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", async (context, token) =>
            {
                await gate.PassWithoutHeed();
                Exception? refused = await Record.ExceptionAsync(() => context.GetFlowIdAsync(CancellationToken.None));
                Exception? tooLate = await Record.ExceptionAsync(() => context.Services.GetRequiredService<IJobClient>().AddToFlowAsync(Chain("diamond", "late"), CancellationToken.None));
                said.Enqueue($"{refused?.GetType().Name} {tooLate?.GetType().Name} {context.CancellationReason}");
            })
            .AddWorker(DefaultQueue));
        await mq.Client.AddFlowAsync(Diamond());
        await gate.SomebodyWaits();

        Assert.Equal(4, await mq.Client.RemoveFlowAsync("diamond"));
        gate.Open();
        await Hosts.Until(() => !said.IsEmpty);

        Assert.Equal([$"{nameof(OperationCanceledException)} {nameof(AddRefusedException)} LeaseLost"], said);
        Assert.Null(await mq.Client.GetFlowAsync("diamond"));
        Assert.Equal(0, await mq.Queue().GetJobCountAsync());
    }

    private sealed class CountsReads(IJobStore store) : BorrowedStore(store)
    {
        private int count;

        public int Count => Volatile.Read(ref count);

        public override ValueTask<IReadOnlyList<JobRecord?>> FindAsync(IReadOnlyList<JobRef> jobs, JobParts parts, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref count);
            return base.FindAsync(jobs, parts, cancellationToken);
        }
    }
}
