namespace AsyncMQ.Conformance;

/// <summary>Progress and log lines of claimed jobs. Source: reference behaviour J-05 (progress that vanished).</summary>
public abstract class ReportTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Progress_and_lines_are_kept_and_outlive_the_attempt()
    {
        (Worker worker, ClaimedJob job) = await Claimed();

        Assert.Equal(SettleOutcome.Applied, await worker.Report(job, "50", "one", "two"));
        Assert.Equal(SettleOutcome.Applied, await worker.Report(job, null, "three"));
        await worker.Retry(job);
        ClaimedJob again = await worker.ClaimOne();
        await worker.Report(again, null, "four");
        await worker.Complete(again);

        JobRecord record = await Store.Get("a");
        Assert.Equal("50", record.Progress.Text());
        Assert.Equal([(1, "one"), (1, "two"), (1, "three"), (2, "four")], record.Logs.Select(line => (line.Attempt, line.Text)));
    }

    [Fact]
    public async Task The_newest_progress_stands_and_may_be_emptied()
    {
        (Worker worker, ClaimedJob job) = await Claimed();

        await worker.Report(job, "1");
        await worker.Report(job, "2");
        Assert.Equal("2", (await Store.Get("a")).Progress.Text());
        await worker.Report(job, "");

        Assert.True((await Store.Get("a")).Progress.IsEmpty);
    }

    [Fact]
    public async Task The_last_thousand_lines_are_kept()
    {
        (Worker worker, ClaimedJob job) = await Claimed();
        for (int part = 0; part < 3; part++)
            await worker.Report(job, null, [.. Enumerable.Range(part * 500, 500).Select(i => $"{i}")]);

        IReadOnlyList<JobLogLine> lines = (await Store.Get("a")).Logs;

        Assert.Equal(1_000, lines.Count);
        Assert.Equal("500", lines[0].Text);
        Assert.Equal("1499", lines[^1].Text);
    }

    [Fact]
    public async Task Sixty_four_kibibytes_of_lines_are_kept()
    {
        (Worker worker, ClaimedJob job) = await Claimed();
        for (int part = 0; part < 10; part++)
            await worker.Report(job, null, [.. Enumerable.Range(0, 20).Select(i => new string((char)('a' + part), 1_000))]);

        IReadOnlyList<JobLogLine> lines = (await Store.Get("a")).Logs;

        Assert.InRange(lines.Sum(line => line.Text.Length), 32 * 1_024, 64 * 1_024);
        Assert.StartsWith("j", lines[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_report_of_a_step_is_judged_by_itself()
    {
        await Store.AddBulk(Batch("a", "b"));
        Worker worker = await Store.OpenWorker();
        IReadOnlyList<ClaimedJob> jobs = await worker.Claim(2);
        await worker.Complete(jobs[0]);

        ReportReply reply = await Store.Store.ReportAsync(
            new(worker.Steps.Next(StepCounter.Reports),
            [
                new(jobs[0].Ref, jobs[0].Handle, jobs[0].Token, Bytes("1"), ["late"]),
                new(jobs[1].Ref, jobs[1].Handle, jobs[1].Token, Bytes("2"), ["in time"]),
            ]),
            Cancellation);

        Assert.Equal([SettleOutcome.Lost, SettleOutcome.Applied], reply.Outcomes);
        Assert.Empty((await Store.Get("a")).Logs);
        Assert.Equal("2", (await Store.Get("b")).Progress.Text());
    }

    private async Task<(Worker Worker, ClaimedJob Job)> Claimed()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        return (worker, await worker.ClaimOne());
    }
}
