namespace AsyncMQ.Faults.Tests;

/// <summary>Writes and syncs of the store's files that fail now and then: nothing is lost, and nothing runs twice. Survey F-21.</summary>
/// <remarks>The failures lie farther apart than the calls of one commit, which else could never be made.</remarks>
public sealed class DiskErrorTests
{
    private const int Jobs = 400;

    [Theory]
    [InlineData("pwrite64", "EIO", 40, 211)]
    [InlineData("fsync,fdatasync", "EIO", 5, 7)]
    [InlineData("pwrite64", "ENOSPC", 40, 211)]
    [InlineData("fsync,fdatasync", "ENOSPC", 5, 7)]
    public async Task A_disk_that_fails_now_and_then_under_a_worker_costs_no_job_and_no_run(string calls, string error, int first, int every)
    {
        Assert.SkipUnless(DiskFaults.Hindrance is null, DiskFaults.Hindrance ?? "");
        await using var lab = new FaultLab(TestSeed.First);
        await lab.AddAsync("work", [.. Enumerable.Range(0, Jobs).Select(number => $"job-{number}")]);

        ChildProcess worker = lab.StartWorker(
            new() { Concurrency = 4, Handler = "0..5", Lease = TimeSpan.FromSeconds(15) }, new DiskFaults(calls, error, first, every));
        await lab.DrainedAsync();
        await FaultLab.TerminateAsync(worker);

        await CheckAsync(lab, Jobs, atLeast: 5);
    }

    /// <summary>The error alone does not tell a producer whether its commit counts; sent again under the same name, it does not count twice.</summary>
    [Theory]
    [InlineData("pwrite64", "EIO", 40, 211)]
    [InlineData("fsync,fdatasync", "EIO", 5, 7)]
    public async Task A_disk_that_fails_now_and_then_under_a_producer_costs_no_acknowledged_job(string calls, string error, int first, int every)
    {
        Assert.SkipUnless(DiskFaults.Hindrance is null, DiskFaults.Hindrance ?? "");
        await using var lab = new FaultLab(TestSeed.First);
        await lab.AddAsync("work", "first");

        ChildProcess producer = lab.StartProducer(Jobs, pause: "0..1", new DiskFaults(calls, error, first, every));
        Assert.Equal(0, await producer.ExitAsync(Until.Patience));
        ChildProcess worker = lab.StartWorker(new() { Concurrency = 16, Handler = "0..1" });
        await lab.DrainedAsync();
        await FaultLab.TerminateAsync(worker);

        await CheckAsync(lab, Jobs + 1, atLeast: 1);
    }

    private static async Task CheckAsync(FaultLab lab, int jobs, int atLeast)
    {
        IReadOnlyDictionary<string, JobEnd> ends = await lab.VerifyAsync();
        FaultLab.Say($"{lab.FailedCalls} calls failed");
        Assert.Equal(jobs, ends.Count);
        Assert.All(ends.Values, end => Assert.Equal(JobState.Completed, end.State));
        Assert.Equal(jobs, lab.Lines.Count(line => line.Phase == LedgerPhase.Start));
        Assert.True(lab.FailedCalls >= atLeast, $"Only {lab.FailedCalls} calls failed: too few to show anything.");
    }
}
