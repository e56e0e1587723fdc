namespace AsyncMQ.Faults.Tests;

/// <summary>What passes between a handler in a process of its own and its worker.</summary>
public sealed class IsolationTests : IAsyncLifetime
{
    private readonly IsolationLab lab = new();
    private ChildProcess worker = null!;

    public ValueTask InitializeAsync()
    {
        worker = lab.Start();
        return default;
    }

    public ValueTask DisposeAsync() => lab.DisposeAsync();

    [Fact]
    public async Task Arguments_and_results_of_a_mebibyte_pass()
    {
        string text = new('x', 1 << 20);

        JobInfo job = await lab.RunAsync("echo", [text]);

        Assert.Equal(JobState.Completed, job.State);
        Assert.Equal(text, job.Result.Get<string>());
    }

    [Fact]
    public async Task A_result_over_the_limit_is_refused_as_everywhere()
    {
        JobInfo job = await lab.RunAsync("too-large");

        Assert.Equal(JobState.Failed, job.State);
        Assert.Equal(typeof(PayloadTooLargeException).FullName, job.Error!.Type);
        Assert.Contains("over the limit of 2097152", job.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_lines_headers_and_the_console_arrive()
    {
        JobInfo job = await lab.RunAsync("talk", options: new() { JobId = "talk", Headers = new Dictionary<string, string> { ["tenant"] = "blue" }, Retries = 2 });

        Assert.Equal("isolated/talk talk 1/3 blue 0", job.Result.Get<string>());
        Assert.Equal(new JobProgress(40, "nearly half"), job.Progress);
        Assert.Equal(Enumerable.Range(0, 20).Select(line => $"line {line}"), job.Logs.Select(line => line.Text));
        await Until.TrueAsync("what the handler wrote is on the worker's console", () =>
            worker.Output.Contains("a handler speaks to the console", StringComparison.Ordinal) && worker.Output.Contains("a handler complains to the console", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_typed_handler_has_its_services_and_a_process_of_its_own()
    {
        JobInfo job = await lab.RunAsync("greet", JobArgs.Named(("name", "ann")));

        string greeting = job.Result.Get<string>()!;
        Assert.StartsWith("hello ann from ", greeting, StringComparison.Ordinal);
        Assert.NotEqual(worker.Pid, IsolationLab.Numbers(greeting)[0]);
        Assert.Equal(worker.Pid, (await lab.RunAsync("here")).Result.Get<int>());
        await Until.TrueAsync("the scope is disposed", () => worker.Output.Contains("the greeter is disposed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Middleware_stays_in_the_process_of_the_worker_and_its_arguments_go_along()
    {
        int[] processes = IsolationLab.Numbers((await lab.RunAsync("surrounded")).Result.Get<string>()!);

        Assert.Equal(worker.Pid, processes[0]);
        Assert.NotEqual(worker.Pid, processes[1]);
    }

    [Fact]
    public async Task An_exception_comes_back_as_it_was()
    {
        JobInfo job = await lab.RunAsync("throw");

        Assert.Equal(JobState.Failed, job.State);
        Assert.Equal("AsyncMQ.IsolationWorker.CustomException", job.Error!.Type);
        Assert.Equal("it is broken", job.Error.Message);
        Assert.Contains("deep inside", job.Error.Detail, StringComparison.Ordinal);
        Assert.Contains("Handlers", job.Error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Giving_up_and_putting_back_keep_their_meaning()
    {
        JobInfo gaveUp = await lab.RunAsync("give-up");
        JobInfo putBack = await lab.RunAsync("put-back", [lab.FileNamed("mark")]);

        Assert.Equal((JobState.Failed, 1, typeof(UnrecoverableJobException).FullName), (gaveUp.State, gaveUp.Attempt, gaveUp.Error!.Type));
        Assert.Contains("Handlers", gaveUp.Error.Detail, StringComparison.Ordinal);
        Assert.Equal((JobState.Completed, 1), (putBack.State, putBack.Attempt));
        Assert.Contains(putBack.Attempts, attempt => attempt.Outcome == AttemptOutcome.PutBack && attempt.Error!.Message == "not yet");
    }

    [Fact]
    public async Task A_cancellation_that_nobody_asked_for_is_a_failure()
    {
        JobInfo job = await lab.RunAsync("own-cancel");

        Assert.Equal((JobState.Failed, typeof(OperationCanceledException).FullName, "of its own accord"), (job.State, job.Error!.Type, job.Error.Message));
    }

    [Fact]
    public async Task A_cancelled_job_is_told_so_in_its_process()
    {
        JobHandle job = await lab.Jobs.AddAsync("wait");
        int[] process = await lab.NumbersLoggedAsync(job.Id);

        await lab.Jobs.CancelJobAsync(job.Id);

        JobInfo ended = await lab.EndAsync(job.Id);
        Assert.Equal(JobState.Cancelled, ended.State);
        await IsolationLab.GoneAsync(process);
        Assert.NotEqual(worker.Pid, process[0]);
    }

    [Fact]
    public async Task A_timeout_is_told_in_the_process_and_fails_the_attempt()
    {
        JobInfo job = await lab.RunAsync("wait-briefly");

        Assert.Equal((JobState.Failed, typeof(TimeoutException).FullName), (job.State, job.Error!.Type));
        Assert.Contains("ran longer than its timeout of 00:00:01", job.Error.Message, StringComparison.Ordinal);
        Assert.Contains(job.Logs, line => line.Text == "ended by Timeout");
    }

    [Fact]
    public async Task Results_of_dependencies_and_the_flow_are_there_in_the_process()
    {
        var flow = new Flow("flow-1");
        FlowNode large = flow.Add(JobSpec.Of("echo", [new string('x', 1 << 20)]) with { Queue = "isolated" });
        FlowNode small = flow.Add(JobSpec.Of("echo", ["abc"]) with { Queue = "isolated" });
        FlowNode broken = flow.Add(JobSpec.Of("throw") with { Queue = "isolated" });
        flow.Add(JobSpec.Of("dependent", null, new() { JobId = "last", OnDependencyFailure = OnDependencyFailure.Continue }) with { Queue = "isolated" }, after: [large, small, broken]);
        await lab.Client.AddFlowAsync(flow);

        JobInfo job = await lab.EndAsync("last");

        Assert.Equal("flow-1: echo=1048576 echo=3 throw=it is broken", job.Result.Get<string>());
    }

    [Fact]
    public async Task A_handler_in_another_process_can_add_jobs()
    {
        JobInfo job = await lab.RunAsync("add-another");

        Assert.Equal(JobState.Completed, job.State);
        await Until.TrueAsync("the added job is put aside", async () => (await lab.Jobs.GetJobsAsync(new() { Name = "nobody" })).Jobs is [{ IsParked: true }]);
    }

    [Fact]
    public async Task A_job_that_the_process_does_not_know_fails_with_the_reason()
    {
        JobInfo first = await lab.RunAsync("ghost");
        JobInfo later = await RunAfterAsync("warm", "warm-ghost");

        Assert.Contains("was not ready yet when it", first.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("isolated jobs named 'ghost'", first.Error.Detail, StringComparison.Ordinal);
        Assert.Contains("has no handler for 'warm-ghost'", later.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warm_process_is_used_again_and_replaced_after_its_jobs()
    {
        List<int> processes = [];
        for (int job = 0; job < 7; job++)
            processes.Add((await lab.RunAsync("warm")).Result.Get<int>());

        Assert.Equal([3, 3, 1], processes.GroupBy(pid => pid).Select(group => group.Count()));
        await IsolationLab.GoneAsync(processes[0], processes[3]);
        Assert.True(IsolationLab.IsAlive(processes[6]));
    }

    [Fact]
    public async Task No_more_processes_run_at_once_than_may()
    {
        IReadOnlyList<JobHandle> jobs = await lab.Jobs.AddBulkAsync([.. Enumerable.Range(0, 6).Select(_ => JobSpec.Of("warm"))]);

        List<int> processes = [];
        foreach (JobHandle job in jobs)
            processes.Add((await lab.EndAsync(job.Id)).Result.Get<int>());

        Assert.Equal([3, 3], processes.GroupBy(pid => pid).Select(group => group.Count()));
    }

    [Fact]
    public async Task A_warm_process_without_a_job_is_let_go()
    {
        int process = (await lab.RunAsync("idling")).Result.Get<int>();

        await IsolationLab.GoneAsync(process);

        Assert.NotEqual(process, (await lab.RunAsync("idling")).Result.Get<int>());
        Assert.DoesNotContain("[51]", worker.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warm_process_that_dies_is_replaced()
    {
        int first = (await lab.RunAsync("warm")).Result.Get<int>();
        JobInfo failed = await lab.RunAsync("warm-fail-fast");
        int second = (await lab.RunAsync("warm")).Result.Get<int>();
        UnixCalls.Signal(second, UnixCalls.SigKill);
        int third = (await lab.RunAsync("warm")).Result.Get<int>();

        Assert.Equal(JobState.Failed, failed.State);
        Assert.Equal(3, new[] { first, second, third }.Distinct().Count());
    }

    private async Task<JobInfo> RunAfterAsync(string before, string name)
    {
        await lab.RunAsync(before);
        return await lab.RunAsync(name);
    }
}
