namespace AsyncMQ.Faults.Tests;

/// <summary>How a program, started again, comes to its isolated jobs, and what it must not do on the way.</summary>
public sealed class IsolationStartTests : IAsyncDisposable
{
    private readonly IsolationLab lab = new();

    public ValueTask DisposeAsync() => lab.DisposeAsync();

    [Fact]
    public async Task A_generic_host_serves_before_its_other_services_start()
    {
        ChildProcess worker = lab.Start("hosted");

        Assert.Equal("hosted", (await lab.RunAsync("echo", ["hosted"])).Result.Get<string>());

        await FaultLab.TerminateAsync(worker);
        Assert.Contains("another service started", worker.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("another service started in a process of isolated jobs", worker.Output, StringComparison.Ordinal);
        Assert.Single(worker.Output.Split('\n'), line => line.Contains("built hosted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_early_call_serves_at_once()
    {
        ChildProcess worker = lab.Start("early");

        Assert.Equal("early", (await lab.RunAsync("echo", ["early"])).Result.Get<string>());

        await FaultLab.TerminateAsync(worker);
        Assert.DoesNotContain("came past the early call", worker.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_never_comes_to_its_jobs_is_killed_in_time()
    {
        ChildProcess worker = lab.Start("lost");

        JobInfo job = await lab.RunAsync("hasty");

        Assert.Equal((JobState.Failed, "IsolatedProcessLost"), (job.State, job.Error!.Type));
        Assert.Contains("was not ready within 2 s and was killed", job.Error.Message, StringComparison.Ordinal);
        Assert.Contains("RunIsolatedJobsIfAsked", job.Error.Message, StringComparison.Ordinal);
        await Until.TrueAsync("no process is left", () => IsolationLab.ChildrenOf(worker.Pid).Count == 0);
    }

    [Fact]
    public async Task A_program_that_uses_its_store_on_the_way_is_stopped_there()
    {
        lab.Start("busy");

        JobInfo job = await lab.RunAsync("echo", ["busy"]);

        Assert.Equal((JobState.Failed, "IsolatedProcessLost"), (job.State, job.Error!.Type));
        Assert.Contains("came to use a store instead", job.Error.Detail, StringComparison.Ordinal);
        await Until.TrueAsync("the added job is put aside", async () => (await lab.Jobs.GetJobsAsync(new() { Name = "nobody" })).Jobs is [{ IsParked: true }]);
    }

    [Fact]
    public async Task A_store_in_memory_is_not_opened_a_second_time()
    {
        ChildProcess worker = lab.Start("memory");

        Assert.Equal(0, await worker.ExitAsync(Until.Patience));

        Assert.Contains("jobs in memory are in the memory of its worker", worker.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_is_cancelled_while_its_process_starts_ends_at_once()
    {
        ChildProcess worker = lab.Start("lost");
        JobHandle job = await lab.Jobs.AddAsync("echo", ["never"]);
        await Until.TrueAsync("its process starts", () => IsolationLab.ChildrenOf(worker.Pid).Count == 1);

        await lab.Jobs.CancelJobAsync(job.Id);

        Assert.Equal(JobState.Cancelled, (await lab.EndAsync(job.Id)).State);
        await Until.TrueAsync("no process is left", () => IsolationLab.ChildrenOf(worker.Pid).Count == 0);
    }
}
