namespace AsyncMQ.Faults.Tests;

/// <summary>Whatever a process of an isolated job does, its attempt ends with the reason, and the worker goes on.</summary>
public sealed class IsolationFaultTests : IAsyncLifetime
{
    private readonly IsolationLab lab = new();
    private ChildProcess worker = null!;

    public async ValueTask InitializeAsync()
    {
        worker = lab.Start();
        await FaultLab.ReadyAsync(worker);
    }

    public ValueTask DisposeAsync() => lab.DisposeAsync();

    [Theory]
    [InlineData("fail-fast", "signal 6 (SIGABRT")]
    [InlineData("kill-itself", "signal 9 (SIGKILL")]
    [InlineData("exit", "exited with code 3")]
    [InlineData("native-memory", "over its limit of 200 MiB")]
    [InlineData("garbage", "sent what no such process sends")]
    [InlineData("half-a-frame", "sent what no such process sends")]
    [InlineData("hang-up", "closed its connection, did not end, and was killed")]
    public async Task The_end_of_a_process_is_a_failed_attempt_with_the_reason(string name, string reason)
    {
        JobInfo job = await lab.RunAsync(name);

        Assert.Equal(JobState.Failed, job.State);
        Assert.Equal("IsolatedProcessLost", job.Error!.Type);
        Assert.Contains(reason, job.Error.Message, StringComparison.Ordinal);
        Assert.Equal(0, job.Stalls);
        Assert.Equal("fine", (await lab.RunAsync("echo", ["fine"])).Result.Get<string>());
        await Until.TrueAsync("no process is left", () => IsolationLab.ChildrenOf(worker.Pid).Count == 0);
    }

    [Fact]
    public async Task A_lack_of_managed_memory_is_an_exception_of_the_handler()
    {
        JobInfo job = await lab.RunAsync("managed-memory");

        FaultLab.Say(job.Error!.ToString());
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains(job.Error.Type, (string[])[typeof(OutOfMemoryException).FullName!, "IsolatedProcessLost"]);
        await Until.TrueAsync("no process is left", () => IsolationLab.ChildrenOf(worker.Pid).Count == 0);
    }

    [Fact]
    public async Task The_last_words_are_kept_and_the_retries_are_the_usual_ones()
    {
        JobInfo job = await lab.RunAsync("exit");

        Assert.Equal(2, job.Attempt);
        Assert.All(job.Attempts, attempt => Assert.Contains("the last words of the process", attempt.Error!.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_handler_that_ignores_its_timeout_is_killed_with_all_that_it_started()
    {
        JobHandle job = await lab.Jobs.AddAsync("deaf");
        int[] processes = await lab.NumbersLoggedAsync(job.Id);
        Assert.All(processes, process => Assert.True(IsolationLab.IsAlive(process)));

        JobInfo ended = await lab.EndAsync(job.Id);

        Assert.Equal((JobState.Failed, typeof(TimeoutException).FullName), (ended.State, ended.Error!.Type));
        Assert.Contains("was killed", ended.Error.Message, StringComparison.Ordinal);
        await IsolationLab.GoneAsync(processes);
    }

    [Fact]
    public async Task A_handler_that_ignores_its_cancellation_is_killed_with_all_that_it_started()
    {
        JobHandle job = await lab.Jobs.AddAsync("deaf-for-ever");
        int[] processes = await lab.NumbersLoggedAsync(job.Id);

        await lab.Jobs.CancelJobAsync(job.Id);

        Assert.Equal(JobState.Cancelled, (await lab.EndAsync(job.Id)).State);
        await IsolationLab.GoneAsync(processes);
    }

    [Fact]
    public async Task A_process_that_stands_still_is_killed_at_its_timeout()
    {
        JobHandle job = await lab.Jobs.AddAsync("wait-briefly");
        int[] process = await lab.NumbersLoggedAsync(job.Id);
        UnixCalls.Signal(process[0], UnixCalls.SigStop);

        Assert.Equal(typeof(TimeoutException).FullName, (await lab.EndAsync(job.Id)).Error!.Type);

        await IsolationLab.GoneAsync(process);
    }

    [Fact]
    public async Task What_a_handler_leaves_running_ends_with_its_process()
    {
        JobInfo job = await lab.RunAsync("leave-child");

        Assert.Equal(JobState.Completed, job.State);
        await IsolationLab.GoneAsync(IsolationLab.Numbers(job.Result.Get<string>()!));
    }

    [Fact]
    public async Task No_process_outlives_a_worker_that_is_killed()
    {
        JobHandle deaf = await lab.Jobs.AddAsync("deaf-for-ever");
        int[] processes = await lab.NumbersLoggedAsync(deaf.Id);
        int warm = (await lab.RunAsync("warm")).Result.Get<int>();
        Assert.All([.. processes, warm], process => Assert.True(IsolationLab.IsAlive(process)));

        // Not by the test's own Kill, which waits until nobody holds the output any more.
        UnixCalls.Signal(worker.Pid, UnixCalls.SigKill);

        await IsolationLab.GoneAsync([.. processes, warm]);
    }

    [Fact]
    public async Task A_worker_that_stops_lets_its_jobs_end_and_leaves_no_process()
    {
        int warm = (await lab.RunAsync("warm")).Result.Get<int>();
        JobHandle job = await lab.Jobs.AddAsync("wait-briefly");
        int[] process = await lab.NumbersLoggedAsync(job.Id);

        // As systemd does it: everything is told.
        foreach (int pid in (int[])[worker.Pid, process[0], warm])
            UnixCalls.Signal(pid, UnixCalls.SigTerm);
        int code = await worker.ExitAsync(Until.Patience);

        Assert.True(code == 0, worker.Output);
        Assert.Equal(typeof(TimeoutException).FullName, (await lab.EndAsync(job.Id)).Error!.Type);
        Assert.False(IsolationLab.IsAlive(warm));
        Assert.False(IsolationLab.IsAlive(process[0]));
    }

    [Theory]
    [InlineData("wait")]
    [InlineData("deaf-for-ever")]
    public async Task A_worker_that_must_stop_hands_its_jobs_back_whatever_they_do(string name)
    {
        await FaultLab.TerminateAsync(worker);
        ChildProcess hurried = lab.Start("hurried");
        JobHandle job = await lab.Jobs.AddAsync(name);
        int[] processes = await lab.NumbersLoggedAsync(job.Id);

        await FaultLab.TerminateAsync(hurried);

        JobInfo back = (await lab.Jobs.GetJobAsync(job.Id))!;
        Assert.Equal((JobState.Waiting, 0), (back.State, back.Attempt));
        Assert.Equal(name == "wait", back.Logs.Any(line => line.Text == "ended by HostStopping"));
        Assert.DoesNotContain(processes, IsolationLab.IsAlive);
    }
}
