namespace AsyncMQ.Conformance.Events;

/// <summary>What each transition tells of itself. That the events of a job are a path of its life is shown with random operations, in the model.</summary>
public abstract class EventTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private Listener? listener;

    private Listener Listener => listener ?? throw new InvalidOperationException("Nobody listens yet.");

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        listener = await Listener.OpenAsync(Store.Store);
    }

    [Fact]
    public async Task A_job_is_followed_from_its_add_to_its_removal()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker("w");
        ClaimedJob claim = await worker.ClaimOne();
        await worker.Report(claim, "50 %", "one", "two");
        await worker.Retry(claim, error: "no");
        await worker.Complete(await worker.ClaimOne());
        await Store.Do(JobCommand.Remove, "a");

        IReadOnlyList<StoreEvent> events = await Listener.Read();
        Assert.Equal(
            ["Added a Waiting", "WorkerUp w", "Started a", "Progressed a", "Logged a", "Logged a", "Retrying a Waiting", "Started a", "Completed a", "QueueDrained default", "Removed a"],
            events.Select(LifePaths.Word));
        Assert.All(events.Where(e => e.Id == "a"), e => Assert.Equal((DefaultQueue, "work"), (e.Queue, e.Name)));
        Assert.Equal([0, 1, 1, 1, 1, 1, 2, 2, 2], events.Where(e => e.Id == "a").Select(e => e.Attempt));
        Assert.Equal(["50 %", "no"], events.Where(e => !e.Data.IsEmpty).Select(e => e.Data.Text()));
        Assert.Equal(["w", "one", "two", "w"], events.Where(e => e.Text is not null).Select(e => e.Text!));
        Assert.Equal(JobState.Completed, events[^1].State);
    }

    [Fact]
    public async Task Delays_tell_when_they_are_over()
    {
        DateTimeOffset now = await Store.Now();
        await Store.Add(Job("a").Delayed(5.Minutes()));
        await Store.Add(Job("b").Delayed(5.Minutes()));
        await Store.Reschedule("a", 10.Minutes());
        await Store.Do(JobCommand.Promote, "b");
        await Store.Advance(10.Minutes());
        Worker worker = await Store.OpenWorker();
        await worker.Retry((await worker.Claim(1))[0], 1.Minutes());

        IReadOnlyList<StoreEvent> events = await Listener.Read();
        Assert.Equal(
            [
                "Added a Delayed", "Added b Delayed", "Rescheduled a", "Promoted b Waiting", "WorkerUp worker", "Promoted a Waiting", "Started b",
                "Retrying b Delayed",
            ],
            events.Select(LifePaths.Word));
        Assert.Equal([5, 5, 10, 11], events.Where(e => e.Until is not null).Select(e => (int)Math.Round((e.Until!.Value - now).TotalMinutes)));
        Assert.All(events.Skip(4), e => Assert.InRange(e.At - now, 10.Minutes(), 11.Minutes()));
    }

    [Fact]
    public async Task Every_way_out_is_told_with_its_reason()
    {
        await Store.AddBulk(Batch("fails", "waits"));
        await Store.Add(Job("expires").WithPriority(9).ToLive(1.Hours()));
        Worker worker = await Store.OpenWorker(lease: 1.Days());
        await worker.Fail(await worker.ClaimOne(), "broken");
        await Store.Do(JobCommand.Cancel, "waits");
        await Store.Advance(2.Hours());
        await Store.Maintain();
        await Store.Maintain(new() { Age = 1.Minutes(), FailedAge = 1.Minutes() });

        IReadOnlyList<StoreEvent> events = await Listener.Read();
        Assert.Equal(
            ["Failed fails", "Cancelled waits", "Expired expires", "QueueDrained default", "Removed fails", "Removed waits"],
            events.SkipWhile(e => e.Kind != JobEventKinds.Failed).Select(LifePaths.Word).Order(Comparer<string>.Create((a, b) => Rank(a) - Rank(b))));
        Assert.Equal("broken", events.Single(e => e.Kind == JobEventKinds.Failed).Data.Text());

        static int Rank(string word) => Array.FindIndex(["Failed", "Cancelled", "Expired", "QueueDrained", "Removed f", "Removed w"], word.StartsWith);
    }

    [Fact]
    public async Task A_lost_worker_is_told_and_what_becomes_of_its_jobs()
    {
        await Store.AddBulk(Batch("a", "b"));
        Worker worker = await Store.OpenWorker("lost");
        await worker.Claim(2);
        await Store.Do(JobCommand.Cancel, "b");
        await Listener.Read();

        await Store.Pass(20.Seconds(), await Store.OpenWorker("other"));
        await Store.Recover(maxStalls: 0);

        IReadOnlyList<StoreEvent> events = await Listener.Read();
        Assert.Equal(
            ["WorkerUp other", "WorkerDown lost", "Stalled a", "Failed a", "Stalled b", "Cancelled b", "QueueDrained default"], events.Select(LifePaths.Word));
        Assert.True(events[1].IsLost);
        Assert.Equal(worker.Id.ToString(), events[1].Id);
        Assert.Equal((1, "lost", "stalled"), (events[2].Stalls, events[2].Text, events[2].Data.Text()));
    }

    [Fact]
    public async Task Jobs_that_a_worker_gives_back_are_told_without_an_attempt()
    {
        await Store.AddBulk(Batch("a", "b", "c", "d", "e"));
        Worker worker = await Store.OpenWorker("w");
        IReadOnlyList<ClaimedJob> claims = await worker.Claim(5);
        await Listener.Read();

        await worker.HandBack(claims[0]);
        await worker.PutBack(claims[1], 1.Minutes());
        await worker.Park(claims[2]);
        await worker.Settle(Worker.Settlement(claims[3], SettlementKind.HoldQueue, delay: 1.Minutes()));
        await worker.Close();

        IReadOnlyList<StoreEvent> events = await Listener.Read();
        Assert.Equal(
            ["Returned a Waiting", "Returned b Delayed", "Returned c Waiting", "Returned d Waiting", "Returned e Waiting", "WorkerDown w"],
            events.Select(LifePaths.Word));
        Assert.All(events, e => Assert.Equal(0, e.Attempt));
        Assert.False(events[^1].IsLost);
    }

    [Fact]
    public async Task Dependents_are_promoted_or_fail()
    {
        await Store.Add(Job("a"));
        await Store.Add(Job("b"));
        await Store.Add(Job("after a").DependsOn("a").Delayed(1.Minutes()));
        await Store.Add(Job("after b").DependsOn("b"));
        Worker worker = await Store.OpenWorker();
        await Listener.Read();

        await worker.Complete(await worker.ClaimOne());
        await worker.Fail(await worker.ClaimOne());

        IReadOnlyList<StoreEvent> events = await Listener.Read();
        Assert.Equal(
            ["Started a", "Completed a", "Promoted after a Delayed", "Started b", "Failed b", "Failed after b", "QueueDrained default"],
            events.Select(LifePaths.Word));
        Assert.Contains("default/b", events[5].Data.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manual_retry_is_told_as_one()
    {
        await Store.Bring("a", JobState.Failed);
        await Listener.Read();

        await Store.Do(JobCommand.Retry, "a");

        StoreEvent told = Assert.Single(await Listener.Read());
        Assert.Equal((JobEventKinds.Retrying, 0, JobState.Waiting), (told.Kind, told.Attempt, told.State));
        Assert.True(told.IsManual);
        Assert.True(told.Data.IsEmpty);
    }

    [Fact]
    public async Task A_suppressed_add_is_told_with_the_job_that_stands_for_it()
    {
        await Store.Add(Job("a").Deduplicated("d"));
        await Store.Add(Job("b").Named("other").Deduplicated("d"));
        await Store.Add(Job("c").Deduplicated(new Deduplication("d") { Replace = true, Ttl = 1.Hours() }));

        IReadOnlyList<StoreEvent> events = await Listener.Read();
        Assert.Equal(["Added a Waiting", "Deduplicated a"], events.Take(2).Select(LifePaths.Word));
        Assert.Equal(("other", "b", "d"), (events[1].Name, events[1].Text, events[1].Detail));
    }

    [Fact]
    public async Task A_cancelled_job_that_gives_way_to_its_id_is_removed()
    {
        await Store.Bring("a", JobState.Cancelled);
        await Listener.Read();

        await Store.Add(Job("a"));

        Assert.Equal(["Removed a", "Added a Waiting"], await Listener.Words());
    }

    [Fact]
    public async Task Pauses_are_told_with_who_and_why()
    {
        DateTimeOffset now = await Store.Now();
        await Store.Pause(during: 1.Hours());
        await Store.Resume();
        await Store.Resume();

        IReadOnlyList<StoreEvent> events = await Listener.Read();
        Assert.Equal(["QueuePaused default", "QueueResumed default"], events.Select(LifePaths.Word));
        Assert.Equal(("me", "why", null), (events[0].Text, events[0].Detail, events[0].Id));
        Assert.InRange(events[0].Until!.Value - now, 1.Hours(), 1.Hours() + 1.Minutes());
    }

    [Fact]
    public async Task A_queue_is_drained_when_nothing_waits_and_nothing_runs_and_only_then()
    {
        await Store.AddBulk([.. Batch("a", "b"), Job("later").Delayed(1.Hours()), Job("elsewhere").In("other")]);
        Worker worker = await Store.OpenWorker();
        IReadOnlyList<ClaimedJob> claims = await worker.Claim(2);
        await worker.Complete(claims[0]);
        Assert.DoesNotContain("QueueDrained default", await Listener.Words());

        await worker.Complete(claims[1]);
        Assert.Equal(["Completed b", "QueueDrained default"], await Listener.Words());

        await Store.Reschedule("later", 2.Hours());
        Assert.Equal(["Rescheduled later"], await Listener.Words());
    }

    [Fact]
    public async Task A_limit_is_told_once_until_it_holds_nothing_back()
    {
        await Store.Limit(new() { Concurrency = 1 });
        await Store.AddBulk(Batch("a", "b", "c"));
        Worker worker = await Store.OpenWorker();
        await Listener.Read();

        ClaimedJob first = await worker.ClaimOne();
        Assert.Empty(await worker.Claim(1));
        await worker.Complete(first);
        ClaimedJob second = await worker.ClaimOne();
        Assert.Equal(["Started a", "LimitReached default", "Completed a", "Started b"], await Listener.Words());

        await worker.Complete(second);
        await worker.Complete(await worker.ClaimOne());
        await Store.AddBulk(Batch("d", "e"));
        await worker.ClaimOne();
        Assert.Single(await Listener.Words(), "LimitReached default");
    }

    [Fact]
    public async Task A_reached_rate_tells_when_the_next_permit_comes()
    {
        await Store.Limit(new() { Rate = new(1, 10.Minutes()) });
        await Store.AddBulk(Batch("a", "b"));
        Worker worker = await Store.OpenWorker();
        await worker.ClaimOne();

        StoreEvent told = Assert.Single(await Listener.Read(), e => e.Kind == JobEventKinds.LimitReached);
        Assert.Null(told.Text);
        Assert.InRange(told.Until!.Value - told.At, 1.Minutes(), 11.Minutes());
    }

    [Fact]
    public async Task A_key_s_limit_is_told_with_the_key_once_until_it_holds_nothing_back()
    {
        await Store.LimitKeys(new() { Concurrency = 1 });
        await Store.AddBulk(Job("a1").WithKey("a"), Job("a2").WithKey("a"), Job("b1").WithKey("b"), Job("free"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob first = (await worker.Claim(5))[0];
        Assert.Equal([("a", null)], await Reached());

        await worker.Complete(first);
        await worker.ClaimOne();
        Assert.Empty(await Reached());
        await Store.Add(Job("b2").WithKey("b"));
        Assert.Equal([("b", null)], await Reached());
        await Store.Add(Job("b3").WithKey("b"));
        Assert.Empty(await Reached());

        async Task<(string?, DateTimeOffset?)[]> Reached() =>
            [.. (await Listener.Read()).Where(e => e.Kind == JobEventKinds.LimitReached).Select(e => (e.Text, e.Until))];
    }

    [Fact]
    public async Task A_key_s_rate_tells_when_its_next_permit_comes()
    {
        await Store.LimitKeys(new() { Rate = new(1, 10.Minutes()) });
        await Store.AddBulk(Job("a1").WithKey("a"), Job("a2").WithKey("a"), Job("b1").WithKey("b"));
        await (await Store.OpenWorker()).Claim(5);

        StoreEvent told = Assert.Single(await Listener.Read(), e => e.Kind == JobEventKinds.LimitReached);
        Assert.Equal((DefaultQueue, "a"), (told.Queue, told.Text));
        Assert.InRange(told.Until!.Value - told.At, 1.Minutes(), 11.Minutes());
    }

    [Fact]
    public async Task A_step_sent_again_and_a_stale_claim_tell_nothing()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        ExchangeStep step = Worker.ClaimOf(1) with { Step = worker.Steps.Next(StepCounter.Exchanges) };
        ClaimedJob claim = Assert.Single((await worker.Send(step)).Claimed);
        await worker.HandBack(claim);
        await Listener.Read();

        await worker.Complete(claim);
        await worker.Report(claim, "1", "line");
        await Store.AddGroups(new AddGroup([Job("refused").DependsOn("unknown")]));

        Assert.Empty(await Listener.Read());
    }
}
