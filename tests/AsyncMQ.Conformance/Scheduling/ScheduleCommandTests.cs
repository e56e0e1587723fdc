namespace AsyncMQ.Conformance.Scheduling;

/// <summary>Commands on one schedule: pause, resume, remove, trigger.</summary>
public abstract class ScheduleCommandTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_pause_keeps_the_next_time_and_takes_a_new_revision_once()
    {
        ScheduleRecord schedule = await Store.Create("s", await Store.From(1.Hours()));

        ScheduleReply first = await Store.Do(new ScheduleCommand.Pause(), "s");
        ScheduleReply second = await Store.Do(new ScheduleCommand.Pause(), "s");

        Assert.Equal((ScheduleOutcome.Done, ScheduleOutcome.Done), (first.Outcome, second.Outcome));
        Assert.NotEqual(schedule.Revision, first.Schedule!.Revision);
        Assert.Equivalent(schedule with { IsPaused = true, Revision = first.Schedule.Revision }, first.Schedule);
        Assert.Equivalent(first.Schedule, second.Schedule);
        Assert.Equivalent(first.Schedule, await Store.GetSchedule("s"));
    }

    [Fact]
    public async Task A_resume_sets_the_next_time_and_takes_a_new_revision()
    {
        ScheduleRecord paused = await Store.Create(Schedule("s", await Store.From(1.Hours())) with { Paused = true });
        DateTimeOffset next = await Store.From(2.Hours());

        ScheduleReply reply = await Store.Do(new ScheduleCommand.Resume(paused.Revision, next), "s");

        Assert.Equal(ScheduleOutcome.Done, reply.Outcome);
        Assert.NotEqual(paused.Revision, reply.Schedule!.Revision);
        Assert.Equivalent(paused with { IsPaused = false, Next = next, Revision = reply.Schedule.Revision }, reply.Schedule);
        Assert.Equivalent(reply.Schedule, await Store.GetSchedule("s"));
    }

    [Fact]
    public async Task A_resume_of_another_revision_changes_nothing()
    {
        ScheduleRecord schedule = await Store.Create("s", await Store.From(1.Hours()));
        ScheduleRecord paused = (await Store.Do(new ScheduleCommand.Pause(), "s")).Schedule!;

        ScheduleReply reply = await Store.Do(new ScheduleCommand.Resume(schedule.Revision, null), "s");

        Assert.Equal(ScheduleOutcome.Conflict, reply.Outcome);
        Assert.Equivalent(paused, reply.Schedule);
        Assert.Equivalent(paused, await Store.GetSchedule("s"));
    }

    [Fact]
    public async Task A_resume_of_one_that_is_not_paused_changes_nothing_and_is_done()
    {
        ScheduleRecord schedule = await Store.Create("s", await Store.From(1.Hours()));

        ScheduleReply reply = await Store.Do(new ScheduleCommand.Resume(schedule.Revision - 1, null), "s");

        Assert.Equal(ScheduleOutcome.Done, reply.Outcome);
        Assert.Equivalent(schedule, reply.Schedule);
        Assert.Equivalent(schedule, await Store.GetSchedule("s"));
    }

    [Fact]
    public async Task A_removed_schedule_is_gone_with_its_history_and_its_jobs_stay()
    {
        ScheduleRecord schedule = await Store.Create("s", await Store.From(-1.Minutes()));
        await Store.Tick(schedule.Fire(Job("a")));

        ScheduleReply reply = await Store.Do(new ScheduleCommand.Remove(), "s");

        Assert.Equal((ScheduleOutcome.Done, null), (reply.Outcome, reply.Schedule));
        Assert.Null(await Store.FindSchedule("s"));
        Assert.Empty(await Store.Occurrences("s"));
        Assert.Empty(await Store.DueIds());
        Assert.Equal(JobState.Waiting, await Store.StateOf("a"));
        ScheduleRecord anew = await Store.Create("s", null);
        Assert.Equal((0, null, null), (anew.Runs, anew.LastJobId, anew.LastFiredAt));
        Assert.Empty(await Store.Occurrences("s"));
    }

    [Fact]
    public async Task No_revision_comes_twice()
    {
        List<long> revisions = [];
        for (int round = 0; round < 2; round++)
        {
            revisions.Add((await Store.Create("s", null)).Revision);
            revisions.Add((await Store.Create(Schedule("s", null) with { Expected = revisions[^1] })).Revision);
            revisions.Add((await Store.Do(new ScheduleCommand.Pause(), "s")).Schedule!.Revision);
            revisions.Add((await Store.Do(new ScheduleCommand.Resume(revisions[^1], null), "s")).Schedule!.Revision);
            await Store.Do(new ScheduleCommand.Remove(), "s");
        }

        Assert.Equal(revisions.Count, revisions.Distinct().Count());
    }

    [Fact]
    public async Task A_command_on_a_schedule_that_is_not_there_finds_nothing()
    {
        await Store.Create("s", null);
        ScheduleCommand[] commands =
            [new ScheduleCommand.Pause(), new ScheduleCommand.Resume(1, null), new ScheduleCommand.Remove(), new ScheduleCommand.Trigger(Job("a"))];

        foreach (ScheduleCommand command in commands)
        {
            Assert.Equal(new(ScheduleOutcome.NotFound, null), await Store.Do(command, "t"));
            Assert.Equal(new(ScheduleOutcome.NotFound, null), await Store.Do(command, "s", "never"));
        }

        Assert.Null(await Store.StateOf("a"));
        Assert.Single(await Store.Store.QueuesAsync(Cancellation));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_trigger_adds_a_job_and_leaves_times_and_runs_as_they_are(bool paused)
    {
        ScheduleRecord schedule = await Store.Create(Schedule("s", await Store.From(1.Hours())) with { Paused = paused });
        DateTimeOffset before = await Store.Now();

        ScheduleReply reply = await Store.Do(new ScheduleCommand.Trigger(Job("a").WithPayload(Bytes("by hand")).WithPriority(1)), "s");

        Assert.Equal((ScheduleOutcome.Done, "a"), (reply.Outcome, reply.JobId));
        Assert.Equivalent(schedule with { LastJobId = "a" }, reply.Schedule);
        Assert.Equivalent(reply.Schedule, await Store.GetSchedule("s"));
        JobRecord job = await Store.Get("a");
        Assert.Equal((JobState.Waiting, "by hand", 1), (job.State, job.Payload.Text(), job.Priority));
        OccurrenceRecord occurrence = Assert.Single(await Store.Occurrences("s"));
        Assert.Equal((OccurrenceOutcome.Triggered, "a", occurrence.At), (occurrence.Outcome, occurrence.JobId, occurrence.DueAt));
        Assert.InRange(occurrence.At, before.AddMilliseconds(-1), await Store.Now());
    }

    [Fact]
    public async Task A_trigger_does_not_mind_a_job_that_has_not_ended()
    {
        await Store.Create("s", null);

        await Store.Do(new ScheduleCommand.Trigger(Job("a")), "s");
        await Store.Do(new ScheduleCommand.Trigger(Job("b")), "s");

        Assert.Equal(["a", "b"], await Store.Page(JobState.Waiting));
        Assert.Equal(["Triggered a", "Triggered b"], await Store.History("s"));
    }

    [Fact]
    public async Task A_trigger_that_is_deduplicated_names_the_job_that_stands_for_it()
    {
        await Store.Add(Job("owner").Deduplicated("d"));
        await Store.Create("s", null);

        ScheduleReply reply = await Store.Do(new ScheduleCommand.Trigger(Job("a").Deduplicated("d")), "s");

        Assert.Equal((ScheduleOutcome.Done, "owner", "owner"), (reply.Outcome, reply.JobId, reply.Schedule!.LastJobId));
        Assert.Equal(["Deduplicated owner"], await Store.History("s"));
        Assert.Equal(["owner"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task A_schedule_of_a_closed_queue_is_not_triggered_but_can_be_paused_and_resumed_and_removed()
    {
        await Store.Create("s", await Store.From(-1.Minutes()));
        await Store.Do(new QueueCommand.Close(Force: false));

        ScheduleReply triggered = await Store.Do(new ScheduleCommand.Trigger(Job("a")), "s");
        ScheduleReply paused = await Store.Do(new ScheduleCommand.Pause(), "s");
        ScheduleReply resumed = await Store.Do(new ScheduleCommand.Resume(paused.Schedule!.Revision, await Store.From(-1.Minutes())), "s");

        Assert.Equal((ScheduleOutcome.QueueClosed, null), (triggered.Outcome, triggered.JobId));
        Assert.Null(await Store.StateOf("a"));
        Assert.Empty(await Store.Occurrences("s"));
        Assert.Equal((ScheduleOutcome.Done, ScheduleOutcome.Done), (paused.Outcome, resumed.Outcome));
        Assert.Empty(await Store.DueIds());
        Assert.Equal(ScheduleOutcome.Done, (await Store.Do(new ScheduleCommand.Remove(), "s")).Outcome);
        Assert.Null(await Store.FindSchedule("s"));
    }
}
