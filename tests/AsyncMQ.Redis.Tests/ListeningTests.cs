using AsyncMQ.Conformance;
using AsyncMQ.Conformance.Driving;
using AsyncMQ.Redis.Producing;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests;

/// <summary>What the server keeps for those who listen: nothing without them, and no more than a bound with them.</summary>
public sealed class ListeningTests : IAsyncLifetime
{
    private const string Queue = Drafts.DefaultQueue;
    private RedisStoreOptions? options;
    private StoreDriver? driver;

    private StoreDriver Store => driver!;

    private IDatabase Database => options!.Connection!.GetDatabase();

    public async ValueTask InitializeAsync()
    {
        options = await RedisStores.NewOptionsAsync();
        driver = await StoreDriver.OpenAsync(await RedisStores.OpenAsync(options));
    }

    public async ValueTask DisposeAsync()
    {
        if (driver is not null)
            await driver.Store.DisposeAsync();
    }

    [Fact]
    public async Task Without_listeners_nothing_is_kept_of_events()
    {
        await Store.Bring("a", JobState.Completed);
        Listener listener = await Listener.OpenAsync(Store.Store);
        await Store.Bring("b", JobState.Completed);
        await listener.Close();
        await Store.Maintain();

        foreach (string key in (string[])["events", "interests", "subscribers", "wishes"])
            Assert.False(await Database.KeyExistsAsync(Key(key)), key);
        Assert.False(await Database.HashExistsAsync(Key(""), "heard"));
    }

    [Fact]
    public async Task Workers_of_the_process_that_adds_are_told_when_the_add_is_sent()
    {
        using var ears = new Ears(Store.Store);

        Task adding = Store.Add(Drafts.Job("a"));
        StoreSignal[] heard = [.. ears.Heard];
        await adding;

        Assert.Contains(new StoreSignal(StoreSignalKind.Work, Queue), heard);
    }

    [Fact]
    public void They_are_told_of_each_queue_in_which_a_job_waits_once()
    {
        NewJob[] jobs =
        [
            Drafts.Job("a"), Drafts.Job("b").In("mail"), Drafts.Job("c"), Drafts.Job("d").In("later").Delayed(TimeSpan.FromMinutes(1)), Drafts.Job("e").In("mail"),
        ];
        var step = new AddStep(default, [new(jobs[..2]), new(jobs[2..])]);

        Assert.Equal([Queue, "mail"], Adding.QueuesOf(step));
        Assert.Empty(Adding.QueuesOf(step with { Groups = [new(jobs[3..4])] }));
    }

    [Fact]
    public async Task The_journal_is_never_longer_than_its_bound()
    {
        Listener listener = await Listener.OpenAsync(Store.Store);
        for (int i = 0; i < 13; i++)
        {
            await Store.AddBulk(Drafts.Batch(Enumerable.Range(0, 1_000).Select(j => $"{i}-{j}")));
            Assert.InRange(await Database.ListLengthAsync(Key("events")), 1, 11_000);
        }

        Assert.Equal(listener.From + 13_000, (await Store.Store.ReadEventsAsync(long.MaxValue, 1, default)).First);
    }

    [Fact]
    public async Task One_step_with_more_events_than_are_kept_leaves_the_latest()
    {
        Listener listener = await Listener.OpenAsync(Store.Store);
        await Store.AddBulk([.. Enumerable.Range(0, 2_000).Select(i => Drafts.Job($"a{i}"))]);
        await Store.AddBulk([.. Enumerable.Range(0, 10_000).Select(i => Drafts.Job($"b{i}"))]);

        EventPage page = await Store.Store.ReadEventsAsync(listener.From, 10_000, default);

        Assert.Equal((listener.From + 2_000, 10_000, "b0", "b9999"), (page.First, page.Events.Count, page.Events[0].Id, page.Events[^1].Id));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(500)]
    public async Task However_many_jobs_are_listened_to_only_theirs_is_written(int jobs)
    {
        EventInterest[] interests = [.. Enumerable.Range(0, jobs).Select(i => new EventInterest(JobEventKinds.Added | JobEventKinds.Cancelled, Queue, $"j{2 * i}"))];
        Listener listener = await Listener.OpenAsync(Store.Store, null, [.. interests, new(JobEventKinds.Removed, "other")]);

        await Store.AddBulk(Drafts.Batch("j1", "j2", "j3", "j4"));
        await Store.AddBulk(Drafts.Job("j2").In("other"));
        await Store.Do(JobCommand.Remove, "j2");
        await Store.Do(JobCommand.Cancel, "j4");

        Assert.Equal(["Added j2 Waiting", "Added j4 Waiting", "Cancelled j4"], await listener.Words());
    }

    [Fact]
    public async Task A_job_may_be_listened_to_in_whichever_queue_it_is_and_a_worker_by_its_session()
    {
        Worker worker = await Store.OpenWorker();
        Listener listener = await Listener.OpenAsync(
            Store.Store, null, new(JobEventKinds.Added, null, "a"), new EventInterest(JobEventKinds.All, null, worker.Id.ToString()));

        await Store.AddBulk(Drafts.Job("a"), Drafts.Job("b"), Drafts.Job("a").In("other"));
        await (await Store.OpenWorker("other")).Close();
        await worker.Close();

        Assert.Equal(["Added a Waiting", "Added a Waiting", "WorkerDown worker"], await listener.Words());
    }

    [Fact]
    public async Task A_renewal_takes_away_what_a_process_wanted_that_is_gone()
    {
        Listener lasting = await Listener.OpenAsync(Store.Store, 10.Minutes(), new EventInterest(JobEventKinds.Added));
        await Listener.OpenAsync(Store.Store, 1.Minutes(), new EventInterest(JobEventKinds.Cancelled), new(JobEventKinds.All, "other"));
        await Store.Advance(2.Minutes());

        Assert.True((await lasting.Renew()).WasHeld);
        await Store.Add(Drafts.Job("a"));
        await Store.Do(JobCommand.Cancel, "a");
        await Store.Pause("other");

        Assert.Equal(["Added a Waiting"], await lasting.Words());
        Assert.Equal(1, await Database.SortedSetLengthAsync(Key("subscribers")));
    }

    [Fact]
    public async Task A_renewal_that_changes_nothing_prolongs_and_a_late_one_is_told()
    {
        Listener listener = await Listener.OpenAsync(Store.Store, 1.Minutes(), new EventInterest(JobEventKinds.Added, Queue));
        for (int i = 0; i < 5; i++)
        {
            await Store.Advance(50.Seconds());
            Assert.True((await listener.Renew()).WasHeld);
            await Store.Add(Drafts.Job($"{i}"));
        }

        Assert.Equal(5, (await listener.Read()).Count);
        await Store.Advance(61.Seconds());
        Assert.False((await listener.Renew()).WasHeld);
        await Store.Add(Drafts.Job("last"));
        Assert.Equal(["Added last Waiting"], await listener.Words());
    }

    [Fact]
    public async Task Texts_and_bytes_of_every_kind_come_back_as_they_were()
    {
        string odd = "ä\0\n\U0001F600";
        Listener listener = await Listener.OpenAsync(Store.Store);
        await Store.Add(Drafts.Job("ü\U0001F600").Named("größe"));
        Worker worker = await Store.OpenWorker("wörker", null, "größe");
        ClaimedJob job = await worker.ClaimOne();
        await worker.Report(job, odd, odd, "");

        IReadOnlyList<StoreEvent> events = await listener.Read();

        Assert.Equal(["ü\U0001F600", "größe"], events.Where(e => e.Kind == JobEventKinds.Started).SelectMany(e => (string?[])[e.Id, e.Name]));
        Assert.Equal([odd, ""], events.Where(e => e.Kind == JobEventKinds.Logged).Select(e => e.Text));
        Assert.Equal(odd, System.Text.Encoding.UTF8.GetString(events.Single(e => e.Kind == JobEventKinds.Progressed).Data.Span));
        Assert.Equal("wörker", events.Single(e => e.Kind == JobEventKinds.Started).Text);
    }

    [Fact]
    public async Task Housekeeping_tells_of_every_record_that_it_removes()
    {
        await Store.AddBulk([.. Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? Drafts.Job($"{i}") : Drafts.Job($"{i}").WithCustomId())]);
        Worker worker = await Store.OpenWorker();
        IReadOnlyList<ClaimedJob> jobs = await worker.Claim(20);
        for (int i = 0; i < jobs.Count; i++)
            await (i % 3 == 0 ? worker.Fail(jobs[i]) : worker.Complete(jobs[i], i % 4 == 0 ? "done" : ""));
        Listener listener = await Listener.OpenAsync(Store.Store);

        await Store.Maintain(RetentionPolicy.Forever with { Count = 0, FailedCount = 0 });

        IReadOnlyList<StoreEvent> events = await listener.Read();
        Assert.Equal(jobs.Select(job => job.Ref.Id).Order(), events.Select(e => e.Id).Order());
        Assert.All(events, e => Assert.Equal((JobEventKinds.Removed, "work", 1), (e.Kind, e.Name, e.Attempt)));
        Assert.Equal(7, events.Count(e => e.State == JobState.Failed));
    }

    [Fact]
    public async Task Jobs_of_schedules_are_told_as_others_are()
    {
        ScheduleRecord schedule = await Store.Create("s", await Store.From(1.Minutes()));
        Listener listener = await Listener.OpenAsync(Store.Store);
        await Store.Do(new ScheduleCommand.Trigger(Drafts.Job("triggered")), "s");
        await Store.Advance(2.Minutes());
        await Store.Tick(schedule.Fire(Drafts.Job("ticked")));

        Assert.Equal(["Added triggered Waiting", "Added ticked Waiting"], await listener.Words());
    }

    private RedisKey Key(string name) => $"{{{options!.Name}}}:{name}";
}
