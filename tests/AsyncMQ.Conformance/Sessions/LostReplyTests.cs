namespace AsyncMQ.Conformance;

/// <summary>A reply that is lost after its step was done is cured by sending the step again: it takes effect once.</summary>
public abstract class LostReplyTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private DroppedReplies? line;

    private DroppedReplies Line => line ??= new(Store.Store);

    [Fact]
    public async Task An_opening_sent_again_opens_one_session()
    {
        var info = new SessionInfo { Id = new(Guid.NewGuid()), Name = "worker", Lease = 15.Seconds() };

        await Lost(async () => await Line.OpenAsync(info, Cancellation));
        await Line.OpenAsync(info, Cancellation);

        Assert.Single(await Store.Store.SessionsAsync(Cancellation));
    }

    [Fact]
    public async Task An_add_sent_again_adds_once()
    {
        var step = new AddStep(Store.Steps.Next(StepCounter.Adds), [new([Job("a").WithCustomId()])]);

        await Lost(async () => await Line.AddAsync(step, Cancellation));

        Assert.Equal(AddOutcome.Created, (await Line.AddAsync(step, Cancellation)).Groups[0].Jobs[0].Outcome);
        Assert.Equal(1, await Store.Count(JobState.Waiting));
    }

    [Fact]
    public async Task An_add_sent_again_in_a_new_session_adds_once()
    {
        NewJob job = Job("a").WithCustomId();
        await Lost(async () => await Line.AddAsync(new(Store.Steps.Next(StepCounter.Adds), [new([job])]), Cancellation));
        await Store.Store.CloseAsync(Store.Steps.Session, Cancellation);
        StoreDriver anew = await StoreDriver.OpenAsync(Line);

        Assert.Equal(new AddedJob(AddOutcome.Created, "a"), await anew.Add(job));
        Assert.Equal(1, await Store.Count(JobState.Waiting));
    }

    [Fact]
    public async Task A_claim_sent_again_claims_once()
    {
        await Store.AddBulk(Batch("a", "b"));
        Worker worker = await Store.OpenWorker();
        ExchangeStep step = Worker.ClaimOf(1) with { Step = worker.Steps.Next(StepCounter.Exchanges) };

        await Lost(async () => await Line.ExchangeAsync(step, Cancellation));
        ClaimedJob claimed = Assert.Single((await Line.ExchangeAsync(step, Cancellation)).Claimed);

        Assert.Equal(("a", 1), (claimed.Ref.Id, claimed.Attempt));
        Assert.Equal(["a"], await worker.Claims());
        Assert.Equal(SettleOutcome.Applied, await worker.Complete(claimed));
    }

    [Fact]
    public async Task A_settlement_sent_again_is_applied_once()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob job = await worker.ClaimOne();
        var step = new ExchangeStep
        {
            Step = worker.Steps.Next(StepCounter.Exchanges),
            Settlements = [Worker.Settlement(job, SettlementKind.Retry, "boom")],
        };

        await Lost(async () => await Line.ExchangeAsync(step, Cancellation));

        Assert.Equal([SettleOutcome.Applied], (await Line.ExchangeAsync(step, Cancellation)).Settled);
        Assert.Single((await Store.Get("a")).Attempts);
    }

    [Fact]
    public async Task A_report_sent_again_is_written_once()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob job = await worker.ClaimOne();
        var step = new ReportStep(worker.Steps.Next(StepCounter.Reports), [new(job.Ref, job.Handle, job.Token, null, ["line"])]);

        await Lost(async () => await Line.ReportAsync(step, Cancellation));

        Assert.Equal([SettleOutcome.Applied], (await Line.ReportAsync(step, Cancellation)).Outcomes);
        Assert.Single((await Store.Get("a")).Logs);
    }

    [Fact]
    public async Task A_recovery_sent_again_counts_one_stall()
    {
        await Store.Add(Job("a"));
        Worker doomed = await Store.OpenWorker("doomed");
        Worker witness = await Store.OpenWorker("witness");
        await doomed.ClaimOne();
        await Store.Pass(16.Seconds(), witness);
        var step = new RecoverStep { Step = witness.Steps.Next(StepCounter.Recoveries) };

        await Lost(async () => await Line.RecoverAsync(step, Cancellation));

        Assert.Single((await Line.RecoverAsync(step, Cancellation)).Jobs);
        Assert.Equal(1, (await Store.Get("a")).Stalls);
    }

    [Theory]
    [InlineData(JobCommand.Remove, JobState.Failed)]
    [InlineData(JobCommand.Retry, JobState.Failed)]
    [InlineData(JobCommand.Promote, JobState.Delayed)]
    [InlineData(JobCommand.Cancel, JobState.Waiting)]
    [InlineData(JobCommand.Reschedule, JobState.Delayed)]
    [InlineData(JobCommand.Watch, JobState.Waiting)]
    public async Task A_command_sent_again_is_done_once(JobCommand command, JobState state)
    {
        await Store.Bring("a", state);
        var step = new AdministerJobsStep
        {
            Step = Store.NextAdministration(),
            Command = command,
            Jobs = [new(DefaultQueue, "a")],
            Expected = JobStateSet.All,
            Delay = command == JobCommand.Reschedule ? 2.Hours() : null,
        };

        await Lost(async () => await Line.AdministerJobsAsync(step, Cancellation));

        Assert.Equal([new JobChangeReply(JobChangeOutcome.Done, state)], await Line.AdministerJobsAsync(step, Cancellation));
    }

    [Fact]
    public async Task A_queue_command_sent_again_is_done_once()
    {
        await Store.Add(Job("a").Deduplicated("d"));
        var step = new AdministerQueueStep(Store.NextAdministration(), DefaultQueue, new QueueCommand.ReleaseDeduplication("d"));

        await Lost(async () => await Line.AdministerQueueAsync(step, Cancellation));

        Assert.Equal(QueueReply.Done, await Line.AdministerQueueAsync(step, Cancellation));
    }

    [Fact]
    public async Task Housekeeping_sent_again_is_told_as_it_was()
    {
        await Store.Bring("a", JobState.Completed);
        await Store.Advance(2.Hours());
        var step = new MaintainStep(Store.Steps.Next(StepCounter.Maintenance), 1_000, new() { Age = 1.Hours() });

        await Lost(async () => await Line.MaintainAsync(step, Cancellation));

        Assert.Equal(1, (await Line.MaintainAsync(step, Cancellation)).Removed);
    }

    [Fact]
    public async Task A_closing_sent_again_closes_once()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        await worker.ClaimOne();

        await Lost(async () => await Line.CloseAsync(worker.Id, Cancellation));
        await Line.CloseAsync(worker.Id, Cancellation);

        Assert.Equal(JobState.Waiting, await Store.StateOf("a"));
    }

    [Fact]
    public async Task A_renewal_sent_again_is_harmless()
    {
        Worker worker = await Store.OpenWorker();

        await Lost(() => Task.FromResult(Line.Renew(new(worker.Id, 0))));

        Assert.True(Line.Renew(new(worker.Id, 0)).Alive);
    }

    private async Task Lost(Func<Task> step)
    {
        Line.DropNext();
        await Assert.ThrowsAsync<StoreException>(step);
    }
}
