namespace AsyncMQ.Conformance;

/// <summary>The same sequence is answered with the same reply and takes effect once; a lower one is refused.</summary>
public abstract class RepeatableStepTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task An_add_sent_again_adds_once_and_gets_the_same_answer()
    {
        var step = new AddStep(Store.Steps.Next(StepCounter.Adds), [new([Job("a"), Job("b").Deduplicated("d"), Job("c").Deduplicated("d")])]);

        AddReply first = await Store.Store.AddAsync(step, Cancellation);
        AddReply again = await Store.Store.AddAsync(step, Cancellation);

        Assert.Equal(first.Groups.Single().Jobs, again.Groups.Single().Jobs);
        Assert.Equal(["a", "b"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task An_add_sent_again_after_its_job_was_removed_does_not_bring_it_back()
    {
        var step = new AddStep(Store.Steps.Next(StepCounter.Adds), [new([Job("a")])]);
        await Store.Store.AddAsync(step, Cancellation);
        await Store.Do(JobCommand.Remove, "a");

        AddReply again = await Store.Store.AddAsync(step, Cancellation);

        Assert.Equal(new AddedJob(AddOutcome.Created, "a"), again.Groups.Single().Jobs.Single());
        Assert.Null(await Store.StateOf("a"));
    }

    [Fact]
    public async Task A_refusal_sent_again_is_refused_again()
    {
        await Store.Add(Job("x"));
        await Store.Do(new QueueCommand.Close(Force: false));
        var step = new AddStep(Store.Steps.Next(StepCounter.Adds), [new(Batch("a")), new([Job("b").In("open")])]);
        await Store.Store.AddAsync(step, Cancellation);

        AddReply again = await Store.Store.AddAsync(step, Cancellation);

        Assert.Equal(AddRefusalReason.QueueClosed, again.Groups[0].Refusal!.Reason);
        Assert.Equal(AddOutcome.Created, again.Groups[1].Jobs.Single().Outcome);
    }

    [Fact]
    public async Task A_claim_sent_again_gives_the_same_jobs_under_the_same_token()
    {
        await Store.AddBulk(Batch("a", "b", "c", "d").Select(job => job.WithPayload(Bytes(job.Ref.Id))).ToArray());
        Worker worker = await Store.OpenWorker();
        ExchangeStep step = Worker.ClaimOf(2) with { Step = worker.Steps.Next(StepCounter.Exchanges) };

        ExchangeReply first = await worker.Send(step);
        ExchangeReply again = await worker.Send(step);

        Assert.Equal(["a", "b"], again.Claimed.Ids());
        Assert.Equal(first.Claimed.Select(job => (job.Ref, job.Handle, job.Token, job.Attempt)), again.Claimed.Select(job => (job.Ref, job.Handle, job.Token, job.Attempt)));
        Assert.Equal(["a", "b"], again.Claimed.Select(job => job.Payload.Text()));
        Assert.Equal(["a", "b"], await worker.Claims());
        Assert.Equal(SettleOutcome.Applied, await worker.Complete(again.Claimed[0]));
    }

    [Fact]
    public async Task Settlements_sent_again_are_answered_as_before()
    {
        await Store.AddBulk(Batch("a", "b", "c"));
        Worker worker = await Store.OpenWorker();
        IReadOnlyList<ClaimedJob> jobs = await worker.Claim(2);
        await Store.Do(JobCommand.Cancel, "b");
        ExchangeStep step = Worker.ClaimOf(1) with
        {
            Step = worker.Steps.Next(StepCounter.Exchanges),
            Settlements =
            [
                Worker.Settlement(jobs[0], SettlementKind.Retry),
                Worker.Settlement(jobs[1], SettlementKind.Complete),
                Worker.Settlement(jobs[1], SettlementKind.Complete),
            ],
        };

        ExchangeReply first = await worker.Send(step);
        ExchangeReply again = await worker.Send(step);

        Assert.Equal([SettleOutcome.Applied, SettleOutcome.Cancelled, SettleOutcome.Lost], first.Settled);
        Assert.Equal(first.Settled, again.Settled);
        Assert.Equal(["c"], again.Claimed.Ids());
        Assert.Equal(1, (await Store.Get("a")).Attempt);
        Assert.Single((await Store.Get("a")).Attempts);
    }

    [Fact]
    public async Task A_claim_sent_again_after_its_job_was_removed_leaves_it_out()
    {
        await Store.AddBulk(Batch("a", "b"));
        Worker worker = await Store.OpenWorker();
        ExchangeStep step = Worker.ClaimOf(2) with { Step = worker.Steps.Next(StepCounter.Exchanges) };
        await worker.Send(step);
        await Store.Do(JobCommand.Remove, "a");

        Assert.Equal(["b"], (await worker.Send(step)).Claimed.Ids());
    }

    [Fact]
    public async Task A_report_sent_again_is_written_once()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob job = await worker.ClaimOne();
        var step = new ReportStep(worker.Steps.Next(StepCounter.Reports), [new(job.Ref, job.Handle, job.Token, Bytes("1"), ["line"])]);

        await Store.Store.ReportAsync(step, Cancellation);
        ReportReply again = await Store.Store.ReportAsync(step, Cancellation);

        Assert.Equal([SettleOutcome.Applied], again.Outcomes);
        Assert.Single((await Store.Get("a")).Logs);
    }

    [Fact]
    public async Task A_recovery_sent_again_tells_the_same()
    {
        await Store.Add(Job("a"));
        Worker doomed = await Store.OpenWorker("doomed");
        Worker witness = await Store.OpenWorker("witness");
        await doomed.ClaimOne();
        await Store.Pass(16.Seconds(), witness);
        var step = new RecoverStep { Step = witness.Steps.Next(StepCounter.Recoveries) };

        RecoverReply first = await Store.Store.RecoverAsync(step, Cancellation);
        RecoverReply again = await Store.Store.RecoverAsync(step, Cancellation);

        Assert.Single(first.Jobs);
        Assert.Equal(first.Jobs, again.Jobs);
        Assert.Equal(first.DeadSessions, again.DeadSessions);
        Assert.Equal(1, (await Store.Get("a")).Stalls);
    }

    [Fact]
    public async Task Commands_sent_again_are_answered_as_before()
    {
        await Store.AddBulk(Batch("a", "b"));
        var step = new AdministerJobsStep
        {
            Step = Store.NextAdministration(),
            Command = JobCommand.Remove,
            Jobs = [new(DefaultQueue, "a"), new(DefaultQueue, "x"), new(DefaultQueue, "a")],
            Expected = JobStateSet.All,
        };

        IReadOnlyList<JobChangeReply> first = await Store.Administer(step);
        IReadOnlyList<JobChangeReply> again = await Store.Administer(step);

        Assert.Equal([JobChangeOutcome.Done, JobChangeOutcome.NotFound, JobChangeOutcome.NotFound], first.Select(reply => reply.Outcome));
        Assert.Equal(first, again);
    }

    [Fact]
    public async Task A_queue_command_sent_again_is_answered_as_before()
    {
        await Store.Add(Job("a").Deduplicated("d"));
        var step = new AdministerQueueStep(Store.NextAdministration(), DefaultQueue, new QueueCommand.ReleaseDeduplication("d"));
        Assert.Equal(QueueReply.Done, await Store.Store.AdministerQueueAsync(step, Cancellation));
        await Store.Add(Job("b").Deduplicated("d"));

        Assert.Equal(QueueReply.Done, await Store.Store.AdministerQueueAsync(step, Cancellation));

        Assert.Equal("b", await Store.OwnerOf("d"));
    }

    [Fact]
    public async Task Housekeeping_sent_again_tells_the_same()
    {
        await Store.Bring("a", JobState.Completed);
        await Store.Advance(2.Hours());
        var step = new MaintainStep(Store.Steps.Next(StepCounter.Maintenance), 1_000, new() { Age = 1.Hours() });

        Assert.Equal(1, (await Store.Store.MaintainAsync(step, Cancellation)).Removed);
        Assert.Equal(1, (await Store.Store.MaintainAsync(step, Cancellation)).Removed);
    }

    [Fact]
    public async Task A_lower_sequence_of_the_same_lane_is_refused_and_does_nothing()
    {
        StepId early = Store.Steps.Next(StepCounter.Adds), late = Store.Steps.Next(StepCounter.Adds);
        await Store.Store.AddAsync(new(late, [new(Batch("a"))]), Cancellation);

        var stale = await Assert.ThrowsAsync<StaleStepException>(async () => await Store.Store.AddAsync(new(early, [new(Batch("b"))]), Cancellation));

        Assert.Equal(early, stale.Step);
        Assert.Null(await Store.StateOf("b"));
    }

    [Fact]
    public async Task A_lower_claim_is_refused_and_takes_nothing()
    {
        await Store.AddBulk(Batch("a", "b"));
        Worker worker = await Store.OpenWorker();
        StepId early = worker.Steps.Next(StepCounter.Exchanges);
        await worker.ClaimOne();

        await Assert.ThrowsAsync<StaleStepException>(() => worker.Send(Worker.ClaimOf(1) with { Step = early }));

        Assert.Equal(["a"], await worker.Claims());
    }

    [Fact]
    public async Task Lanes_count_for_themselves_and_sequences_may_have_gaps()
    {
        SessionId session = Store.Steps.Session;

        await Store.Store.AddAsync(new(new(session, 8, 1_000), [new(Batch("a"))]), Cancellation);
        await Store.Store.AddAsync(new(new(session, 9, 1), [new(Batch("b"))]), Cancellation);
        await Store.Store.AddAsync(new(new(session, 8, 1_000_000_000_000), [new(Batch("c"))]), Cancellation);

        Assert.Equal(["a", "b", "c"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task An_abandoned_wait_leaves_the_step_done_once_or_not_at_all()
    {
        using var abandoned = new CancellationTokenSource();
        var step = new AddStep(Store.Steps.Next(StepCounter.Adds), [new(Batch("a"))]);
        await abandoned.CancelAsync();
        try
        {
            await Store.Store.AddAsync(step, abandoned.Token);
        }
        catch (OperationCanceledException)
        {
            // The wait was abandoned; the step may or may not have been done.
        }

        AddReply again = await Store.Store.AddAsync(step, Cancellation);

        Assert.Equal(new AddedJob(AddOutcome.Created, "a"), again.Groups.Single().Jobs.Single());
        Assert.Equal(1, await Store.Count(JobState.Waiting));
    }
}
