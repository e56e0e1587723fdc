namespace AsyncMQ.Conformance.Scheduling;

/// <summary>Which schedules are due, when the next one will be, and what wakes those who wait for it.</summary>
public abstract class DueTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task The_longest_due_comes_first_whatever_its_queue()
    {
        await Store.Create("c", await Store.From(-1.Minutes()));
        await Store.Create(Schedule("a", await Store.From(-3.Minutes())).In("other"));
        await Store.Create("b", await Store.From(-2.Minutes()));
        await Store.Create("later", await Store.From(1.Hours()));
        await Store.Create("never", null);

        DueSchedules due = await Store.Due();

        Assert.Equal(["a", "b", "c"], due.Schedules.Select(schedule => schedule.Id));
        Assert.Equivalent(await Store.GetSchedule("a", "other"), due.Schedules[0]);
        Assert.Equivalent(await Store.GetSchedule("b"), due.Schedules[1]);
        Assert.InRange(due.NextDue!.Value, 59.Minutes(), 1.Hours());
        Assert.InRange(await Store.Now() - due.Now, TimeSpan.Zero, Patience);
    }

    [Fact]
    public async Task Beyond_the_limit_the_next_is_due_now()
    {
        for (int i = 0; i < 5; i++)
            await Store.Create($"{i}", await Store.From(-10.Minutes() + i.Minutes()));

        DueSchedules due = await Store.Due(limit: 3);

        Assert.Equal(["0", "1", "2"], due.Schedules.Select(schedule => schedule.Id));
        Assert.Equal(TimeSpan.Zero, due.NextDue);
        Assert.Null((await Store.Due(limit: 5)).NextDue);
    }

    [Fact]
    public async Task Where_nothing_is_to_come_nothing_is_told()
    {
        Assert.Equal((0, null), ((await Store.Due()).Schedules.Count, (await Store.Due()).NextDue));
        Assert.Null((await Store.Maintain()).NextSchedule);

        await Store.Create("never", null);

        Assert.Equal((0, null), ((await Store.Due()).Schedules.Count, (await Store.Due()).NextDue));
        Assert.Null((await Store.Maintain()).NextSchedule);
    }

    [Fact]
    public async Task Paused_ones_and_those_of_closed_queues_are_left_out()
    {
        await Store.Create(Schedule("paused", await Store.From(-3.Minutes())) with { Paused = true });
        await Store.Create("stopped", await Store.From(-3.Minutes()));
        await Store.Do(new ScheduleCommand.Pause(), "stopped");
        await Store.Create(Schedule("closed", await Store.From(-3.Minutes())).In("closed"));
        await Store.Create(Schedule("closed-later", await Store.From(1.Minutes())).In("closed"));
        await Store.Do(new QueueCommand.Close(Force: false), "closed");
        await Store.Create("due", await Store.From(-1.Minutes()));
        await Store.Create("later", await Store.From(1.Hours()));

        DueSchedules due = await Store.Due();

        Assert.Equal(["due"], due.Schedules.Select(schedule => schedule.Id));
        Assert.InRange(due.NextDue!.Value, 59.Minutes(), 1.Hours());
        await Store.Do(new ScheduleCommand.Remove(), "due");
        Assert.InRange((await Store.Maintain()).NextSchedule!.Value, 59.Minutes(), 1.Hours());
    }

    [Fact]
    public async Task A_schedule_is_due_again_at_its_next_time_and_not_before()
    {
        ScheduleRecord schedule = await Store.Create("s", await Store.From(-1.Seconds()));
        await Store.Tick(schedule.Fire() with { Next = await Store.From(1.Hours()) });
        Assert.Empty(await Store.DueIds());

        await Store.Advance(59.Minutes());
        Assert.Empty(await Store.DueIds());
        await Store.Advance(1.Minutes());
        Assert.Equal(["s"], await Store.DueIds());
    }

    [Fact]
    public async Task A_schedule_that_was_due_is_not_when_the_clock_goes_back()
    {
        await Store.Create("s", await Store.From(1.Hours()));
        await Store.Advance(2.Hours());
        Assert.Equal(["s"], await Store.DueIds());

        await Store.Advance(-2.Hours());

        Assert.Empty(await Store.DueIds());
        Assert.InRange((await Store.Due()).NextDue!.Value, 59.Minutes(), 1.Hours());
    }

    [Fact]
    public async Task A_replaced_or_resumed_schedule_is_due_by_its_new_time()
    {
        ScheduleRecord schedule = await Store.Create("s", await Store.From(-1.Minutes()));
        schedule = await Store.Create(Schedule("s", await Store.From(1.Hours())) with { Expected = schedule.Revision });
        Assert.Empty(await Store.DueIds());

        schedule = await Store.Create(Schedule("s", await Store.From(-2.Minutes())) with { Expected = schedule.Revision, Paused = true });
        Assert.Empty(await Store.DueIds());
        await Store.Do(new ScheduleCommand.Resume(schedule.Revision, await Store.From(-1.Minutes())), "s");
        Assert.Equal(["s"], await Store.DueIds());
    }

    [Fact]
    public async Task Housekeeping_tells_how_long_until_the_next_schedule()
    {
        await Store.Create("later", await Store.From(2.Hours()));
        await Store.Create("sooner", await Store.From(1.Hours()));
        Assert.InRange((await Store.Maintain()).NextSchedule!.Value, 59.Minutes(), 1.Hours());

        await Store.Advance(90.Minutes());

        Assert.Equal(TimeSpan.Zero, (await Store.Maintain()).NextSchedule);
    }

    [Fact]
    public async Task A_schedule_created_or_replaced_wakes_those_who_wait_for_the_next()
    {
        using (var ears = new Ears(Store.Store))
        {
            await Store.Create("s", await Store.From(1.Hours()));
            await ears.Hears(IsOfSchedules);
        }

        using (var ears = new Ears(Store.Store))
        {
            ScheduleRecord schedule = await Store.GetSchedule("s");
            await Store.Create(Schedule("s", await Store.From(1.Minutes())) with { Expected = schedule.Revision });
            await ears.Hears(IsOfSchedules);
        }
    }

    [Fact]
    public async Task A_resumed_schedule_wakes_those_who_wait_for_the_next()
    {
        ScheduleRecord paused = await Store.Create(Schedule("s", null) with { Paused = true });
        using var ears = new Ears(Store.Store);
        await Store.Do(new ScheduleCommand.Resume(paused.Revision, await Store.From(1.Hours())), "s");
        await ears.Hears(IsOfSchedules);
    }

    private static bool IsOfSchedules(StoreSignal signal) => signal.Kind is StoreSignalKind.Schedules or StoreSignalKind.Changed;
}
