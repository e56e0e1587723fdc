namespace AsyncMQ.Conformance.Scheduling;

/// <summary>A tick fires a schedule that is as it was read, and no other: invariant 7, each due time once.</summary>
public abstract class TickTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_tick_adds_the_job_and_sets_the_next_time()
    {
        ScheduleRecord schedule = await Due();
        DateTimeOffset before = await Store.Now();

        Assert.Equal(ScheduleOutcome.Done, await Store.Tick(schedule.Fire(Job("a").WithPayload(Bytes("payload")))));

        DateTimeOffset after = await Store.Now();
        ScheduleRecord fired = await Store.GetSchedule("s");
        Assert.Equivalent(
            schedule with { Revision = fired.Revision, Next = schedule.Next!.Value.AddMinutes(1), Runs = 1, LastFiredAt = fired.LastFiredAt, LastJobId = "a" }, fired);
        Assert.NotEqual(schedule.Revision, fired.Revision);
        Assert.InRange(fired.LastFiredAt!.Value, before.AddMilliseconds(-1), after);
        JobRecord job = await Store.Get("a");
        Assert.Equal((JobState.Waiting, "work", "payload"), (job.State, job.Name, job.Payload.Text()));
        OccurrenceRecord occurrence = Assert.Single(await Store.Occurrences("s"));
        Assert.Equal((schedule.Next.Value, OccurrenceOutcome.Added, "a"), (occurrence.DueAt, occurrence.Outcome, occurrence.JobId));
        Assert.Equal(fired.LastFiredAt, occurrence.At);
    }

    [Fact]
    public async Task A_tick_adds_as_any_other_add_would()
    {
        ScheduleRecord schedule = await Due();
        using var ears = new Ears(Store.Store);

        await Store.Tick(schedule.Fire(
            Job("a").WithPriority(7).WithEnvelope(Bytes("envelope")).WithCustomId(), Job("b").Delayed(1.Hours()).ToLive(2.Hours())));

        await ears.Hears(signal => signal.Kind == StoreSignalKind.Changed || signal is { Kind: StoreSignalKind.Work, Queue: DefaultQueue });
        JobRecord first = await Store.Get("a"), second = await Store.Get("b");
        Assert.Equal((7, "envelope", JobFlags.CustomId), (first.Priority, first.Envelope.Text(), first.Flags));
        Assert.Equal((JobState.Delayed, JobFlags.TimeToLive), (second.State, second.Flags));
        Assert.Equal(1.Hours(), second.ExpiresAt - second.DueAt);
        Worker worker = await Store.OpenWorker();
        Assert.Equal(["a"], (await worker.Claim(2)).Ids());
    }

    [Fact]
    public async Task Of_two_ticks_for_one_due_time_the_later_changes_nothing()
    {
        ScheduleRecord schedule = await Due();
        await Store.Tick(schedule.Fire(Job("a")));
        ScheduleRecord fired = await Store.GetSchedule("s");

        Assert.Equal(ScheduleOutcome.Conflict, await Store.Tick(schedule.Fire(Job("b"))));

        await IsUnchanged(fired, "Added a");
        Assert.Null(await Store.StateOf("b"));
    }

    [Fact]
    public async Task A_tick_for_another_revision_changes_nothing()
    {
        ScheduleRecord schedule = await Due();
        ScheduleTick tick = schedule.Fire(Job("a"));

        Assert.Equal(ScheduleOutcome.Conflict, await Store.Tick(tick with { Expected = tick.Expected + 1 }));
        Assert.Equal(ScheduleOutcome.Conflict, await Store.Tick(tick with { Expected = tick.Expected - 1 }));

        await IsUnchanged(schedule);
        Assert.Null(await Store.StateOf("a"));
    }

    [Fact]
    public async Task A_schedule_that_was_changed_since_it_was_read_does_not_fire()
    {
        ScheduleRecord read = await Due();
        ScheduleRecord paused = (await Store.Do(new ScheduleCommand.Pause(), "s")).Schedule!;
        Assert.Equal(ScheduleOutcome.Conflict, await Store.Tick(read.Fire(Job("a"))));
        Assert.Equal(ScheduleOutcome.Conflict, await Store.Tick(paused.Fire(Job("a"))));
        await IsUnchanged(paused);

        // The same time again is no proof that it is the same schedule.
        ScheduleRecord resumed = (await Store.Do(new ScheduleCommand.Resume(paused.Revision, read.Next), "s")).Schedule!;
        Assert.Equal(ScheduleOutcome.Conflict, await Store.Tick(read.Fire(Job("a"))));
        await IsUnchanged(resumed);

        ScheduleRecord replaced = await Store.Create(Schedule("s", read.Next) with { Expected = resumed.Revision });
        Assert.Equal(ScheduleOutcome.Conflict, await Store.Tick(resumed.Fire(Job("a"))));
        await IsUnchanged(replaced);

        await Store.Do(new ScheduleCommand.Remove(), "s");
        Assert.Equal(ScheduleOutcome.NotFound, await Store.Tick(replaced.Fire(Job("a"))));
        await Store.Create("s", read.Next);
        Assert.Equal(ScheduleOutcome.Conflict, await Store.Tick(replaced.Fire(Job("a"))));
        Assert.Null(await Store.StateOf("a"));
    }

    [Fact]
    public async Task What_was_decided_before_a_tick_does_not_bring_the_time_back_that_it_fired()
    {
        ScheduleRecord read = await Due();
        await Store.Tick(read.Fire(Job("a")));
        ScheduleRecord fired = await Store.GetSchedule("s");

        ScheduleReply upsert = await Store.Upsert(Schedule("s", read.Next) with { Expected = read.Revision, Definition = Bytes("another") });
        Assert.Equal(ScheduleOutcome.Conflict, upsert.Outcome);
        await IsUnchanged(fired, "Added a");

        await Store.Do(new ScheduleCommand.Pause(), "s");
        ScheduleRecord paused = await Store.GetSchedule("s");
        ScheduleReply resume = await Store.Do(new ScheduleCommand.Resume(read.Revision, read.Next), "s");
        Assert.Equal(ScheduleOutcome.Conflict, resume.Outcome);
        await IsUnchanged(paused, "Added a");
    }

    [Fact]
    public async Task A_schedule_of_a_closed_queue_does_not_fire()
    {
        ScheduleRecord schedule = await Due();
        await Store.Do(new QueueCommand.Close(Force: false));

        Assert.Equal(ScheduleOutcome.QueueClosed, await Store.Tick(schedule.Fire(Job("a"))));

        await IsUnchanged(schedule);
        Assert.Null(await Store.StateOf("a"));
    }

    [Fact]
    public async Task Each_tick_of_a_step_is_by_itself()
    {
        DateTimeOffset due = await Store.From(-1.Minutes());
        ScheduleRecord fires = await Store.Create("fires", due), fired = await Store.Create("fired", due);
        ScheduleRecord closed = await Store.Create(Schedule("closed", due).In("closed"));
        ScheduleRecord other = await Store.Create(Schedule("fires", due).In("other"));
        await Store.Tick(fired.Fire());
        await Store.Do(new QueueCommand.Close(Force: false), "closed");

        IReadOnlyList<ScheduleOutcome> outcomes = await Store.TickAll(
            closed.Fire(Job("a").In("closed")), fired.Fire(Job("b")), (fires with { Id = "gone" }).Fire(Job("c")), fires.Fire(Job("d")),
            other.Fire(Job("e").In("other")), fires.Fire(Job("f")));

        Assert.Equal(
            [ScheduleOutcome.QueueClosed, ScheduleOutcome.Conflict, ScheduleOutcome.NotFound, ScheduleOutcome.Done, ScheduleOutcome.Done, ScheduleOutcome.Conflict],
            outcomes);
        Assert.Equal(["d"], await Store.Page(JobState.Waiting));
        Assert.Equal(["e"], await Store.Page(JobState.Waiting, "other"));
        Assert.Empty(await Store.Page(JobState.Waiting, "closed"));
    }

    [Fact]
    public async Task A_step_of_very_many_ticks_is_one_step()
    {
        DateTimeOffset due = await Store.From(-1.Minutes());
        List<ScheduleTick> ticks = [];
        for (int i = 0; i < 100; i++)
        {
            ScheduleRecord schedule = await Store.Create($"s-{i}", due);
            ticks.Add(schedule.Fire([.. Enumerable.Range(0, 10).Select(n => Job($"{i}-{n}"))]));
        }

        Assert.All(await Store.TickAll([.. ticks]), outcome => Assert.Equal(ScheduleOutcome.Done, outcome));

        Assert.Equal(1_000, await Store.Count(JobState.Waiting));
        Assert.Equal("0-0", (await Store.Page(JobState.Waiting))[0]);
        Assert.Equal(10, (await Store.GetSchedule("s-99")).Runs);
    }

    [Fact]
    public async Task Several_occurrences_of_one_tick_are_added_in_order()
    {
        ScheduleRecord schedule = await Due();

        await Store.Tick(schedule.Fire(Job("a"), Job("b"), Job("c")));

        Assert.Equal(["a", "b", "c"], await Store.Page(JobState.Waiting));
        Assert.Equal(["Added a", "Added b", "Added c"], await Store.History("s"));
        ScheduleRecord fired = await Store.GetSchedule("s");
        Assert.Equal((3, "c"), (fired.Runs, fired.LastJobId));
    }

    [Fact]
    public async Task A_tick_may_add_nothing_and_may_be_the_last()
    {
        ScheduleRecord schedule = await Due();

        await Store.Tick(schedule.Fire() with { Next = null });

        await IsUnchanged(schedule with { Revision = (await Store.GetSchedule("s")).Revision, Next = null });
        Assert.Empty(await Store.DueIds());
    }

    private async Task<ScheduleRecord> Due() => await Store.Create("s", await Store.From(-1.Hours()));

    private async Task IsUnchanged(ScheduleRecord expected, params string[] history)
    {
        Assert.Equivalent(expected, await Store.GetSchedule("s"));
        Assert.Equal(history, await Store.History("s"));
    }
}
