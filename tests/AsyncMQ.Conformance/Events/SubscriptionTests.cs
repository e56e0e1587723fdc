namespace AsyncMQ.Conformance.Events;

/// <summary>Who hears what, from when on, and for how long.</summary>
public abstract class SubscriptionTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Nothing_is_written_while_nobody_subscribes()
    {
        await Store.Bring("a", JobState.Completed);
        Assert.Empty((await Store.Store.ReadEventsAsync(0, 10, default)).Events);

        Listener listener = await Listener.OpenAsync(Store.Store);
        await listener.Close();
        await Store.Bring("b", JobState.Completed);

        Assert.Empty(await listener.Read());
        Assert.Empty((await Store.Store.ReadEventsAsync(0, 10, default)).Events);
    }

    [Fact]
    public async Task Only_what_somebody_is_interested_in_is_written()
    {
        Listener listener = await Listener.OpenAsync(
            Store.Store, null, new(JobEventKinds.Completed), new(JobEventKinds.OfJobs, "other"), new(JobEventKinds.Added, DefaultQueue, "b"));

        await Store.Bring("a", JobState.Completed);
        await Store.Bring("b", JobState.Completed);
        await Store.Add(Job("c").In("other"));
        await Store.Add(Job("b").In("third"));

        Assert.Equal(["Completed a", "Added b Waiting", "Completed b", "Added c Waiting"], await listener.Words());
    }

    [Fact]
    public async Task Interests_are_replaced_by_a_renewal()
    {
        Listener listener = await Listener.OpenAsync(Store.Store, null, new EventInterest(JobEventKinds.Completed));
        await Store.Bring("a", JobState.Completed);

        Assert.True((await listener.Renew(new EventInterest(JobEventKinds.Added))).WasHeld);
        await Store.Bring("b", JobState.Completed);

        Assert.Equal(["Completed a", "Added b Waiting"], await listener.Words());
    }

    [Fact]
    public async Task The_interests_of_several_processes_add_up_and_each_reads_at_its_own_pace()
    {
        Listener one = await Listener.OpenAsync(Store.Store, null, new EventInterest(JobEventKinds.Added));
        await Store.Add(Job("a"));
        Listener other = await Listener.OpenAsync(Store.Store, null, new EventInterest(JobEventKinds.Cancelled));
        await Store.Do(JobCommand.Cancel, "a");
        await Store.Add(Job("c"));

        Assert.Equal(["Added a Waiting", "Cancelled a", "Added c Waiting"], await one.Words());
        Assert.Equal(["Cancelled a", "Added c Waiting"], await other.Words());
        await one.Close();
        await Store.Add(Job("b"));
        await Store.Do(JobCommand.Cancel, "b");
        Assert.Equal(["Cancelled b"], await other.Words());
    }

    [Fact]
    public async Task A_subscription_that_is_not_renewed_runs_out()
    {
        Listener listener = await Listener.OpenAsync(Store.Store, 1.Minutes());
        await Store.Advance(50.Seconds());
        Assert.True((await listener.Renew()).WasHeld);
        await Store.Advance(50.Seconds());
        await Store.Add(Job("a"));
        await Store.Advance(20.Seconds());
        await Store.Add(Job("b"));

        Assert.Equal(["Added a Waiting"], await listener.Words());
        Assert.False((await listener.Renew()).WasHeld);
        await Store.Add(Job("c"));
        Assert.Equal(["Added c Waiting"], await listener.Words());
    }

    [Fact]
    public async Task A_journal_that_nobody_reads_any_more_is_removed_by_housekeeping()
    {
        Listener listener = await Listener.OpenAsync(Store.Store, 1.Minutes());
        await Store.AddBulk(Batch("a", "b", "c"));
        await Store.Maintain();
        Assert.Equal(3, (await Store.Store.ReadEventsAsync(0, 10, default)).Events.Count);

        await Store.Advance(2.Minutes());
        await Store.Maintain();

        EventPage page = await Store.Store.ReadEventsAsync(0, 10, default);
        Assert.Empty(page.Events);
        Assert.Equal(listener.From + 3, page.First);
        Listener late = await Listener.OpenAsync(Store.Store);
        Assert.Equal(page.First, late.From);
    }

    [Fact]
    public async Task The_latest_ten_thousand_are_kept_and_the_reader_sees_how_many_are_gone()
    {
        Listener listener = await Listener.OpenAsync(Store.Store);
        for (int i = 0; i < 15; i++)
            await Store.AddBulk(Batch(Enumerable.Range(0, 1_000).Select(j => $"{i}-{j}")));

        EventPage page = await Store.Store.ReadEventsAsync(listener.From, 100, default);

        long gone = page.First - listener.From;
        Assert.InRange(gone, 1, 5_000);
        Assert.Equal($"{gone / 1_000}-{gone % 1_000}", page.Events[0].Id);
        long last = listener.From + 15_000 - 1;
        Assert.Equal("14-999", Assert.Single((await Store.Store.ReadEventsAsync(last, 100, default)).Events).Id);
        EventPage end = await Store.Store.ReadEventsAsync(last + 1, 100, default);
        Assert.Equal((last + 1, 0), (end.First, end.Events.Count));
    }

    [Fact]
    public async Task A_page_may_begin_in_the_middle_of_what_one_step_did()
    {
        Listener listener = await Listener.OpenAsync(Store.Store);
        await Store.AddBulk(Batch("a", "b", "c"));
        await Store.AddBulk(Batch("d", "e"));

        EventPage page = await Store.Store.ReadEventsAsync(listener.From + 1, 3, default);

        Assert.Equal(listener.From + 1, page.First);
        Assert.Equal(["b", "c", "d"], page.Events.Take(3).Select(e => e.Id));
    }

    [Fact]
    public async Task Watchers_of_this_process_are_told_of_events()
    {
        await Listener.OpenAsync(Store.Store);
        using var ears = new Ears(Store.Store);

        await Store.Add(Job("a"));

        await ears.Hears(signal => signal.Kind == StoreSignalKind.Events);
    }

    [Fact]
    public async Task A_subscription_and_its_journal_outlive_the_process_of_the_store()
    {
        Listener listener = await Listener.OpenAsync(Store.Store);
        await Store.Add(Job("a"));
        await Reopen();
        await Store.Add(Job("b"));

        listener.Store = Store.Store;
        Assert.Equal(["Added a Waiting", "Added b Waiting"], await listener.Words());
    }

    [Fact]
    public async Task Ending_a_subscription_twice_is_no_error()
    {
        Listener listener = await Listener.OpenAsync(Store.Store);
        await listener.Close();
        await listener.Close();
        await Store.Store.UnsubscribeAsync(Guid.NewGuid(), default);
    }
}
