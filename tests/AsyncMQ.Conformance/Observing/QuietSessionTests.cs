namespace AsyncMQ.Conformance.Observing;

/// <summary>Sessions that are made quiet: they claim nothing, and everything else goes on.</summary>
public abstract class QuietSessionTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_quiet_session_claims_nothing_and_settles_what_it_holds()
    {
        await Store.AddBulk(Batch("a", "b"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob held = await worker.ClaimOne();

        Assert.True(await Store.Quiet(worker.Id));

        ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(5) with { Settlements = [Worker.Settlement(held, SettlementKind.Complete)] });
        Assert.Equal([SettleOutcome.Applied], reply.Settled);
        Assert.Empty(reply.Claimed);
        Assert.Null(reply.NextWork);
        Assert.Equal(JobState.Completed, await Store.StateOf("a"));
        Assert.Equal(JobState.Waiting, await Store.StateOf("b"));
    }

    [Fact]
    public async Task Resumed_it_claims_again()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        await Store.Quiet(worker.Id);
        Assert.Empty(await worker.Claim(1));

        Assert.True(await Store.Quiet(worker.Id, quiet: false));

        Assert.Equal("a", (await worker.ClaimOne()).Ref.Id);
    }

    [Fact]
    public async Task Of_two_sessions_the_one_that_is_not_quiet_gets_the_jobs()
    {
        Worker quiet = await Store.OpenWorker("quiet"), other = await Store.OpenWorker("other");
        await Store.Quiet(quiet.Id);
        await Store.AddBulk(Batch("a", "b"));

        Assert.Empty(await quiet.Claim(2));
        Assert.Equal(["a", "b"], (await other.Claim(2)).Ids());
    }

    [Fact]
    public async Task Time_passes_for_the_queues_that_a_quiet_session_asks_for()
    {
        Worker worker = await Store.OpenWorker(lease: 1.Days());
        await Store.AddBulk(Job("due").Delayed(1.Minutes()), Job("expires").ToLive(1.Minutes()));
        await Store.Quiet(worker.Id);
        await Store.Advance(2.Minutes());

        await worker.Claim(5);

        Assert.Equal(JobState.Waiting, await Store.StateOf("due"));
        Assert.Equal(JobState.Expired, await Store.StateOf("expires"));
    }

    [Fact]
    public async Task It_is_told_with_the_renewal_and_by_mail_to_renew_soon()
    {
        Worker worker = await Store.OpenWorker();
        Assert.False(worker.Renew().IsQuiet);
        var heard = new List<StoreSignal>();
        using IDisposable watch = Store.Store.Watch(signal =>
        {
            lock (heard)
                heard.Add(signal);
        });

        await Store.Quiet(worker.Id);

        await Clients.Until(() =>
        {
            lock (heard)
                return Task.FromResult(heard.Contains(new(StoreSignalKind.Mail, Session: worker.Id)));
        });
        Assert.True(worker.Renew().IsQuiet);
        await Store.Quiet(worker.Id, quiet: false);
        Assert.False(worker.Renew().IsQuiet);
    }

    [Fact]
    public async Task It_is_listed_as_quiet_with_what_its_process_said_and_when_it_last_renewed()
    {
        Worker worker = await Worker.OpenAsync(Store.Store, new()
        {
            Id = new(Guid.NewGuid()), Name = "box:7", Lease = 1.Days(), Queues = ["q"], Names = ["n"], Host = "box", ProcessId = 7, Version = "1.2+x", Concurrency = 40,
        });
        await Store.Quiet(worker.Id);
        await Store.Advance(1.Minutes());
        worker.Renew();

        SessionRecord session = Assert.Single(await Store.Store.SessionsAsync(Cancellation));

        Assert.True(session.IsQuiet);
        Assert.Equal(("box", 7, "1.2+x", 40, false), (session.Info.Host, session.Info.ProcessId, session.Info.Version, session.Info.Concurrency, session.Info.IsQuiet));
        Assert.InRange(session.RenewedAt - session.OpenedAt, 1.Minutes(), 2.Minutes());
        Assert.Equal(1.Days(), session.LeaseUntil - session.RenewedAt);
    }

    [Fact]
    public async Task A_session_may_be_quiet_from_its_opening_on()
    {
        await Store.Add(Job("a"));
        Worker worker = await Worker.OpenAsync(Store.Store, new() { Id = new(Guid.NewGuid()), Name = "w", Lease = 1.Hours(), Names = ["work"], Queues = [DefaultQueue], IsQuiet = true });

        Assert.Empty(await worker.Claim(1));
        Assert.True(worker.Renew().IsQuiet);
        Assert.True(Assert.Single(await Store.Store.SessionsAsync(Cancellation)).IsQuiet);
    }

    [Fact]
    public async Task Unknown_closed_and_dead_sessions_and_those_without_a_lease_are_not_found()
    {
        Worker closed = await Store.OpenWorker(), dead = await Store.OpenWorker("dead"), witness = await Store.OpenWorker("witness");
        await closed.Close();
        await Store.Pass(16.Seconds(), witness);
        await witness.Recover();

        foreach (SessionId id in (SessionId[])[closed.Id, dead.Id, new(Guid.NewGuid()), Store.Steps.Session])
        {
            Assert.False(await Store.Quiet(id));
            Assert.False(await Store.Quiet(id, quiet: false));
        }

        Assert.False(witness.Renew().IsQuiet);
    }

    [Fact]
    public async Task A_step_sent_again_is_answered_and_does_not_undo_a_later_one()
    {
        Worker worker = await Store.OpenWorker();
        var step = new AdministerSessionStep(Store.NextAdministration(), worker.Id, Quiet: true);
        Assert.True(await Store.Store.AdministerSessionAsync(step, Cancellation));
        StoreDriver other = await StoreDriver.OpenAsync(Store.Store);
        await other.Quiet(worker.Id, quiet: false);

        Assert.True(await Store.Store.AdministerSessionAsync(step, Cancellation));

        Assert.False(worker.Renew().IsQuiet);
        await Store.Quiet(worker.Id);
        await Assert.ThrowsAsync<StaleStepException>(async () => await Store.Store.AdministerSessionAsync(step, Cancellation));
    }

    [Fact]
    public async Task It_is_kept_with_the_session_when_the_store_is_closed()
    {
        Worker worker = await Store.OpenWorker();
        await Store.Quiet(worker.Id);
        await Store.Add(Job("a"));

        await Reopen();

        Worker again = worker.On(Store);
        Assert.True(again.Renew().IsQuiet);
        Assert.Empty(await again.Claim(1));
    }
}
