namespace AsyncMQ.Conformance;

/// <summary>Taking back the claims of the dead. Invariant 3; survey I-7, I-10, I-14; reference behaviour H-04 to H-08.</summary>
public abstract class RecoverTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_lost_workers_jobs_wait_again_with_the_attempt_refunded_and_a_stall_counted()
    {
        await Store.AddBulk(Batch("a", "b", "c"));
        (Worker doomed, Worker witness) = await Pair();
        await doomed.Claim(2);
        await Store.Pass(16.Seconds(), witness);

        RecoverReply reply = await witness.Recover();

        Assert.Equal(["doomed"], reply.DeadSessions);
        Assert.False(reply.More);
        Assert.Equal(
            [new(new(DefaultQueue, "a"), JobState.Waiting, 1), new RecoveredJob(new(DefaultQueue, "b"), JobState.Waiting, 1)],
            reply.Jobs);
        JobRecord record = await Store.Get("a");
        Assert.Equal((JobState.Waiting, 0, 1), (record.State, record.Attempt, record.Stalls));
        ClaimedJob again = await witness.ClaimOne();
        Assert.Equal(("a", 1, 1), (again.Ref.Id, again.Attempt, again.Stalls));
    }

    [Fact]
    public async Task A_lease_that_is_renewed_is_never_taken()
    {
        await Store.Add(Job("a"));
        (Worker worker, Worker witness) = await Pair();
        ClaimedJob job = await worker.ClaimOne();
        for (int round = 0; round < 10; round++)
        {
            await Store.Pass(10.Seconds(), worker, witness);
            Assert.Empty((await witness.Recover()).Jobs);
        }

        Assert.Equal(SettleOutcome.Applied, await worker.Complete(job));
    }

    [Fact]
    public async Task A_lease_that_has_not_ended_is_not_taken()
    {
        await Store.Add(Job("a"));
        (Worker doomed, Worker witness) = await Pair();
        await doomed.ClaimOne();
        await Store.Pass(14.Seconds(), witness);

        RecoverReply reply = await witness.Recover();

        Assert.Empty(reply.DeadSessions);
        Assert.Empty(reply.Jobs);
        Assert.Equal(JobState.Active, await Store.StateOf("a"));
    }

    [Fact]
    public async Task Death_is_final()
    {
        await Store.AddBulk(Batch("a", "b"));
        (Worker doomed, Worker witness) = await Pair();
        ClaimedJob job = await doomed.ClaimOne();
        await Store.Pass(16.Seconds(), witness);
        await witness.Recover();

        Assert.False(doomed.Renew().Alive);
        await Assert.ThrowsAsync<SessionLostException>(() => doomed.Complete(job));
        await Assert.ThrowsAsync<SessionLostException>(() => doomed.Claim(1));
        await Assert.ThrowsAsync<SessionLostException>(() => doomed.Report(job, "1"));
        Assert.False(doomed.Renew().Alive);
        Assert.Equal([witness.Id], (await Store.Store.SessionsAsync(Cancellation)).Select(session => session.Info.Id));
        Assert.Equal(["a", "b"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task A_dead_session_is_told_once()
    {
        (_, Worker witness) = await Pair();
        await Store.Pass(16.Seconds(), witness);

        Assert.Equal(["doomed"], (await witness.Recover()).DeadSessions);
        Assert.Empty((await witness.Recover()).DeadSessions);
    }

    [Fact]
    public async Task A_job_that_stalls_too_often_fails_with_the_error_given()
    {
        await Store.Add(Job("a"));
        for (int stall = 1; stall <= 3; stall++)
        {
            (Worker doomed, Worker witness) = await Pair();
            await doomed.ClaimOne();
            await Store.Pass(16.Seconds(), witness);
            RecoverReply reply = await Store.Recover(maxStalls: 2, stallError: "too many");

            Assert.Equal(new RecoveredJob(new(DefaultQueue, "a"), stall == 3 ? JobState.Failed : JobState.Waiting, stall), Assert.Single(reply.Jobs));
            await witness.Close();
        }

        JobRecord record = await Store.Get("a");
        Assert.Equal((JobState.Failed, 3), (record.State, record.Stalls));
        Assert.Equal("too many", record.Error.Text());
        Assert.NotNull(record.FinishedAt);
        Assert.All(record.Attempts, attempt => Assert.Equal(AttemptOutcome.Stalled, attempt.Outcome));
        Assert.Equal(3, record.Attempts.Count);
    }

    [Fact]
    public async Task A_queue_may_have_a_limit_of_stalls_of_its_own()
    {
        await Store.AddBulk(Job("a"), Job("b").In("strict"));
        (Worker doomed, Worker witness) = await Pair();
        await doomed.Claim(2, DefaultQueue, "strict");
        await Store.Pass(16.Seconds(), witness);

        await Store.Store.RecoverAsync(
            new()
            {
                Step = witness.Steps.Next(StepCounter.Recoveries),
                MaxStalls = 3,
                MaxStallsByQueue = new Dictionary<string, int> { ["strict"] = 0 },
            },
            Cancellation);

        Assert.Equal(JobState.Waiting, await Store.StateOf("a"));
        Assert.Equal(JobState.Failed, await Store.StateOf("b", "strict"));
    }

    [Fact]
    public async Task A_limit_cuts_a_recovery_short_and_says_so()
    {
        await Store.AddBulk(Batch(Enumerable.Range(0, 25).Select(i => $"job-{i}")));
        (Worker doomed, Worker witness) = await Pair();
        await doomed.Claim(25);
        await Store.Pass(16.Seconds(), witness);

        List<string> seen = [];
        for (bool more = true; more;)
        {
            RecoverReply reply = await Store.Recover(limit: 10);
            Assert.InRange(reply.Jobs.Count, 0, 10);
            seen.AddRange(reply.Jobs.Select(job => job.Job.Id));
            more = reply.More;
        }

        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"job-{i}"), seen);
        Assert.Equal(25, await Store.Count(JobState.Waiting));
    }

    /// <summary>The store was away, or its clock jumped: the first one back must not kill the rest.</summary>
    [Fact]
    public async Task When_nobody_renewed_for_half_a_lease_the_first_one_back_does_not_kill_the_rest()
    {
        await Store.AddBulk(Batch("a", "b"));
        (Worker other, Worker first) = await Pair();
        ClaimedJob job = await other.ClaimOne();
        await Store.Advance(1.Hours());

        Assert.True(first.Renew().Alive);
        RecoverReply reply = await first.Recover();
        Assert.Empty(reply.DeadSessions);
        Assert.Empty(reply.Jobs);

        Assert.True(other.Renew().Alive);
        Assert.Equal(SettleOutcome.Applied, await other.Complete(job));
    }

    [Fact]
    public async Task After_a_jump_recovery_is_forbidden_until_somebody_renews()
    {
        await Store.Add(Job("a"));
        (Worker other, Worker first) = await Pair();
        ClaimedJob job = await other.ClaimOne();
        await Store.Advance(1.Hours());

        Assert.Empty((await first.Recover()).DeadSessions);
        await Store.Advance(1.Hours());
        Assert.Empty((await Store.Recover()).DeadSessions);

        Assert.True(other.Renew().Alive);
        Assert.Equal(SettleOutcome.Applied, await other.Complete(job));
    }

    [Fact]
    public async Task Two_renewal_intervals_after_the_first_renewal_the_dead_are_recovered()
    {
        await Store.Add(Job("a"));
        (Worker doomed, Worker witness) = await Pair();
        await doomed.ClaimOne();
        await Store.Advance(1.Hours());
        Assert.True(witness.Renew().Alive);

        await Store.Pass(7.Seconds(), witness);

        Assert.Equal(["doomed"], (await witness.Recover()).DeadSessions);
        Assert.Equal(JobState.Waiting, await Store.StateOf("a"));
    }

    [Fact]
    public async Task Where_leases_differ_the_first_one_back_does_not_kill_those_of_shorter_lease()
    {
        await Store.Add(Job("a"));
        Worker patient = await Store.OpenWorker("patient", 1.Hours()), brief = await Store.OpenWorker("brief");
        ClaimedJob job = await brief.ClaimOne();
        await Store.Pass(3.Seconds(), patient, brief);
        await Store.Advance(20.Seconds());

        Assert.True(patient.Renew().Alive);
        Assert.Empty((await patient.Recover()).DeadSessions);

        Assert.True(brief.Renew().Alive);
        Assert.Equal(SettleOutcome.Applied, await brief.Complete(job));
    }

    [Fact]
    public async Task Where_leases_differ_the_time_to_come_back_is_that_of_the_shorter_lease()
    {
        await Store.Add(Job("a"));
        Worker patient = await Store.OpenWorker("patient", 1.Hours()), brief = await Store.OpenWorker("brief");
        await brief.ClaimOne();
        await Store.Pass(3.Seconds(), patient, brief);
        await Store.Advance(20.Seconds());

        await Store.Pass(8.Seconds(), patient);

        Assert.Equal(["brief"], (await patient.Recover()).DeadSessions);
        Assert.Equal(JobState.Waiting, await Store.StateOf("a"));
    }

    [Fact]
    public async Task A_new_process_alone_recovers_what_its_predecessor_left()
    {
        await Store.Add(Job("a"));
        Worker dead = await Store.OpenWorker("dead");
        await dead.ClaimOne();
        await Store.Advance(1.Hours());

        Worker fresh = await Store.OpenWorker("fresh");
        Assert.True(fresh.Renew().Alive);
        await Store.Pass(7.Seconds(), fresh);
        await fresh.Recover();

        Assert.Equal(["a"], (await fresh.Claim(1)).Ids());
    }

    private async Task<(Worker Doomed, Worker Witness)> Pair() => (await Store.OpenWorker("doomed"), await Store.OpenWorker("witness"));
}
