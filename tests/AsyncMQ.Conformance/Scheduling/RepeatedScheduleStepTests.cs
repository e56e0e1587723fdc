namespace AsyncMQ.Conformance.Scheduling;

/// <summary>Steps on schedules sent again: done once, answered as before, the record as it is now; a late one is refused.</summary>
public abstract class RepeatedScheduleStepTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private DroppedReplies? line;

    private DroppedReplies Line => line ??= new(Store.Store);

    [Fact]
    public async Task A_tick_whose_reply_was_lost_fires_once()
    {
        ScheduleRecord schedule = await Store.Create("s", await Store.From(-1.Minutes()));
        ScheduleRecord gone = schedule with { Id = "gone" };
        var step = new TickStep(Next(), [schedule.Fire(Job("a")), gone.Fire(Job("b"))]);

        await Lost(async () => await Line.TickAsync(step, Cancellation));

        Assert.Equal([ScheduleOutcome.Done, ScheduleOutcome.NotFound], (await Line.TickAsync(step, Cancellation)).Outcomes);
        Assert.Equal(["Added a"], await Store.History("s"));
        Assert.Equal(1, (await Store.GetSchedule("s")).Runs);
        Assert.Equal(["a"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task A_trigger_whose_reply_was_lost_adds_once_and_names_its_job_again()
    {
        await Store.Create("s", null);
        var step = new ChangeScheduleStep(Next(), DefaultQueue, "s", new ScheduleCommand.Trigger(Job("a")));
        await Lost(async () => await Line.ChangeScheduleAsync(step, Cancellation));
        await Store.Do(JobCommand.Remove, "a");

        ScheduleReply again = await Line.ChangeScheduleAsync(step, Cancellation);

        Assert.Equal((ScheduleOutcome.Done, "a"), (again.Outcome, again.JobId));
        Assert.Equal(["Triggered a"], await Store.History("s"));
        Assert.Null(await Store.StateOf("a"));
    }

    [Fact]
    public async Task An_upsert_whose_reply_was_lost_is_done_once_and_tells_what_is_there_now()
    {
        UpsertScheduleStep step = Schedule("s", null) with { Step = Next() };
        await Lost(async () => await Line.UpsertScheduleAsync(step, Cancellation));
        ScheduleRecord now = await (await StoreDriver.OpenAsync(Store.Store)).Create(
            Schedule("s", null) with { Expected = (await Store.GetSchedule("s")).Revision, Definition = Bytes("another") });

        ScheduleReply again = await Line.UpsertScheduleAsync(step, Cancellation);

        Assert.Equal(ScheduleOutcome.Done, again.Outcome);
        Assert.Equivalent(now, again.Schedule);
        Assert.Equal("another", (await Store.GetSchedule("s")).Definition.Text());
    }

    [Fact]
    public async Task A_removal_whose_reply_was_lost_does_not_remove_a_later_schedule()
    {
        await Store.Create("s", null);
        var step = new ChangeScheduleStep(Next(), DefaultQueue, "s", new ScheduleCommand.Remove());
        await Lost(async () => await Line.ChangeScheduleAsync(step, Cancellation));
        await (await StoreDriver.OpenAsync(Store.Store)).Create("s", null);

        Assert.Equal(ScheduleOutcome.Done, (await Line.ChangeScheduleAsync(step, Cancellation)).Outcome);

        Assert.NotNull(await Store.FindSchedule("s"));
    }

    [Fact]
    public async Task A_late_step_is_refused_and_does_nothing()
    {
        ScheduleRecord schedule = await Store.Create("s", await Store.From(-1.Minutes()));
        StepId early = Next();
        await Store.TickAll();
        await Store.Do(new ScheduleCommand.Trigger(Job("a")), "s");

        await Assert.ThrowsAsync<StaleStepException>(async () => await Store.Store.TickAsync(new(early, [schedule.Fire(Job("b"))]), Cancellation));
        await Assert.ThrowsAsync<StaleStepException>(async () => await Store.Store.UpsertScheduleAsync(Schedule("t", null) with { Step = early }, Cancellation));
        await Assert.ThrowsAsync<StaleStepException>(
            async () => await Store.Store.ChangeScheduleAsync(new(early, DefaultQueue, "s", new ScheduleCommand.Remove()), Cancellation));

        Assert.Equal(["s"], await Store.Schedules());
        Assert.Equal(["Triggered a"], await Store.History("s"));
    }

    [Fact]
    public async Task A_tick_can_be_sent_again_to_a_store_that_was_opened_again()
    {
        ScheduleRecord schedule = await Store.Create("s", await Store.From(-1.Minutes()));
        var step = new TickStep(Next(), [schedule.Fire(Job("a"))]);
        await Store.Store.TickAsync(step, Cancellation);

        await Reopen();

        Assert.Equal([ScheduleOutcome.Done], (await Store.Store.TickAsync(step, Cancellation)).Outcomes);
        Assert.Equal(["Added a"], await Store.History("s"));
    }

    [Fact]
    public async Task A_tick_of_a_session_that_is_dead_fires_nothing()
    {
        ScheduleRecord schedule = await Store.Create("s", await Store.From(-1.Minutes()));
        Worker dead = await Store.OpenWorker("dead"), witness = await Store.OpenWorker("witness");
        await Store.Pass(16.Seconds(), witness);
        await witness.Recover();

        await Assert.ThrowsAsync<SessionLostException>(
            async () => await Store.Store.TickAsync(new(dead.Steps.Next(StepCounter.Schedules), [schedule.Fire(Job("a"))]), Cancellation));

        Assert.Equivalent(schedule, await Store.GetSchedule("s"));
        Assert.Null(await Store.StateOf("a"));
    }

    private StepId Next() => Store.Steps.Next(StepCounter.Schedules);

    private async Task Lost(Func<Task> step)
    {
        Line.DropNext();
        await Assert.ThrowsAsync<StoreException>(step);
    }
}
