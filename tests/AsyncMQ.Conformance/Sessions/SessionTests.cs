namespace AsyncMQ.Conformance;

/// <summary>Sessions: opening, renewing, closing, and what is refused without one.</summary>
public abstract class SessionTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Live_sessions_with_a_lease_are_listed_in_order_of_opening()
    {
        Worker first = await Store.OpenWorker("first");
        Worker second = await Store.OpenWorker("second", 30.Seconds(), "x", "y");
        await Store.AddBulk(Batch("a", "b"));
        await second.Claim(2);

        IReadOnlyList<SessionRecord> sessions = await Store.Store.SessionsAsync(Cancellation);

        Assert.Equal([first.Id, second.Id], sessions.Select(session => session.Info.Id));
        Assert.Equal([0, 2], sessions.Select(session => session.Claims));
        Assert.Equal("second", sessions[1].Info.Name);
        Assert.Equal(30.Seconds(), sessions[1].Info.Lease);
        Assert.Equal(["x", "y"], sessions[1].Info.Names);
        Assert.Equal([DefaultQueue], sessions[1].Info.Queues);
        Assert.InRange(sessions[1].LeaseUntil - sessions[1].OpenedAt, 29.Seconds(), 31.Seconds());
    }

    [Fact]
    public async Task Opening_an_open_session_does_nothing()
    {
        Worker worker = await Store.OpenWorker();
        await Store.Add(Job("a"));
        ClaimedJob job = await worker.ClaimOne();

        await Store.Store.OpenAsync(worker.Info, Cancellation);

        Assert.Single(await Store.Store.SessionsAsync(Cancellation));
        Assert.Equal(SettleOutcome.Applied, await worker.Complete(job));
    }

    [Fact]
    public async Task A_closed_session_cannot_be_opened_again()
    {
        Worker worker = await Store.OpenWorker();
        await worker.Close();

        var lost = await Assert.ThrowsAsync<SessionLostException>(() => Store.Store.OpenAsync(worker.Info, Cancellation));
        Assert.Equal(worker.Id, lost.Session);
    }

    [Fact]
    public async Task A_dead_session_cannot_be_opened_again()
    {
        Worker worker = await Store.OpenWorker();
        Worker witness = await Store.OpenWorker("witness");
        await Store.Pass(16.Seconds(), witness);
        await witness.Recover();

        await Assert.ThrowsAsync<SessionLostException>(() => Store.Store.OpenAsync(worker.Info, Cancellation));
        Assert.False(worker.Renew().Alive);
    }

    [Fact]
    public async Task Every_step_of_an_unknown_session_is_refused()
    {
        var unknown = new StepCounter(new(Guid.NewGuid()));

        foreach ((string name, Func<IJobStore, StepId, Task> step) in Steps)
        {
            var lost = await Assert.ThrowsAsync<SessionLostException>(() => step(Store.Store, unknown.Next(1)));
            Assert.True(lost.Session == unknown.Session, name);
        }

        Assert.False(Store.Store.Renew(new(unknown.Session, 0)).Alive);
        Assert.Empty((await Store.Store.QueuesAsync(Cancellation)).Where(queue => queue.IsPaused));
        Assert.Null(await Store.Find("x"));
    }

    [Fact]
    public async Task Every_step_of_a_closed_session_is_refused()
    {
        Worker worker = await Store.OpenWorker();
        await worker.Close();

        foreach ((_, Func<IJobStore, StepId, Task> step) in Steps)
            await Assert.ThrowsAsync<SessionLostException>(() => step(Store.Store, worker.Steps.Next(1)));
        Assert.False(worker.Renew().Alive);
    }

    [Fact]
    public async Task Closing_gives_the_claims_back_with_the_attempt_refunded_and_no_stall()
    {
        await Store.AddBulk(Batch("a", "b", "c"));
        Worker worker = await Store.OpenWorker();
        await worker.Claim(2);

        await worker.Close();

        Assert.Equal(["a", "b", "c"], await Store.Page(JobState.Waiting));
        JobRecord record = await Store.Get("a");
        Assert.Equal((0, 0), (record.Attempt, record.Stalls));
        Assert.Empty(await Store.Store.SessionsAsync(Cancellation));
        Assert.Empty(await worker.Claims());
    }

    [Fact]
    public async Task Closing_is_repeatable_and_closing_an_unknown_session_does_nothing()
    {
        Worker worker = await Store.OpenWorker();
        await worker.Close();
        await worker.Close();
        await Store.Store.CloseAsync(new(Guid.NewGuid()), Cancellation);
    }

    [Fact]
    public async Task A_renewal_tells_how_many_claims_the_store_sees()
    {
        await Store.AddBulk(Batch("a", "b"));
        Worker worker = await Store.OpenWorker();
        IReadOnlyList<ClaimedJob> jobs = await worker.Claim(2);
        Assert.Equal(new RenewReply(true, 2, []).Claims, worker.Renew(5).Claims);

        await worker.Complete(jobs[0]);
        await Store.Do(JobCommand.Remove, "b");

        RenewReply reply = worker.Renew(1);
        Assert.True(reply.Alive);
        Assert.Equal(0, reply.Claims);
    }

    [Fact]
    public async Task The_claims_of_a_session_are_listed_with_their_tokens()
    {
        await Store.AddBulk(Batch("a", "b"));
        Worker worker = await Store.OpenWorker();
        IReadOnlyList<ClaimedJob> jobs = await worker.Claim(2);

        IReadOnlyList<SessionClaim> claims = await Store.Store.ClaimsAsync(worker.Id, Cancellation);

        Assert.Equal(
            jobs.Select(job => new SessionClaim(job.Ref, job.Handle, job.Token)).OrderBy(claim => claim.Job.Id, StringComparer.Ordinal),
            claims.OrderBy(claim => claim.Job.Id, StringComparer.Ordinal));
        Assert.Empty(await Store.Store.ClaimsAsync(new(Guid.NewGuid()), Cancellation));
    }

    [Fact]
    public async Task A_session_past_its_lease_that_was_not_declared_dead_goes_on()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob job = await worker.ClaimOne();
        await Store.Advance(1.Hours());

        Assert.True(worker.Renew().Alive);
        Assert.Equal(SettleOutcome.Applied, await worker.Complete(job));
    }

    [Fact]
    public async Task Sessions_without_a_lease_are_not_workers()
    {
        await Store.Add(Job("a"));

        Assert.Empty(await Store.Store.SessionsAsync(Cancellation));
    }

    [Fact]
    public async Task A_session_without_a_lease_is_dropped_when_unused_for_an_hour_and_not_before()
    {
        StoreDriver other = await StoreDriver.OpenAsync(Store.Store);
        await other.Add(Job("a"));
        await Store.Advance(59.Minutes());
        await Store.Maintain();
        await other.Add(Job("b"));
        await Store.Advance(59.Minutes());
        await Store.Maintain();
        await other.Add(Job("c"));
        await Store.Advance(61.Minutes());
        await Store.Maintain();

        await Assert.ThrowsAsync<SessionLostException>(() => other.Add(Job("d")));
        Assert.Null(await Store.Find("d"));
    }

    private static IEnumerable<(string Name, Func<IJobStore, StepId, Task> Step)> Steps =>
    [
        ("add", async (store, step) => await store.AddAsync(new(step, [new(Batch("x"))]), default)),
        ("exchange", async (store, step) => await store.ExchangeAsync(new() { Step = step, Slots = 1, Claims = [new(DefaultQueue, 1)] }, default)),
        ("report", async (store, step) => await store.ReportAsync(new(step, []), default)),
        ("recover", async (store, step) => await store.RecoverAsync(new() { Step = step }, default)),
        ("jobs", async (store, step) => await store.AdministerJobsAsync(
            new() { Step = step, Command = JobCommand.Remove, Jobs = [new(DefaultQueue, "x")], Expected = JobStateSet.All }, default)),
        ("queue", async (store, step) => await store.AdministerQueueAsync(new(step, DefaultQueue, new QueueCommand.Pause(null, null, null)), default)),
        ("upsert", async (store, step) => await store.UpsertScheduleAsync(Schedule("x", null) with { Step = step }, default)),
        ("change", async (store, step) => await store.ChangeScheduleAsync(new(step, DefaultQueue, "x", new ScheduleCommand.Pause()), default)),
        ("tick", async (store, step) => await store.TickAsync(new(step, []), default)),
        ("session", async (store, step) => await store.AdministerSessionAsync(new(step, new(Guid.NewGuid()), true), default)),
        ("metrics", async (store, step) => await store.RecordMetricsAsync(new(step, [new(DefaultQueue, "work", new() { Completed = 1 })]), default)),
        ("maintain", async (store, step) => await store.MaintainAsync(new(step, 1_000, RetentionPolicy.Default), default)),
    ];
}
