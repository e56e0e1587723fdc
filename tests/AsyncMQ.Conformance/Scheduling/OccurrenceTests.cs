namespace AsyncMQ.Conformance.Scheduling;

/// <summary>What becomes of each occurrence of a tick, and the history that tells it.</summary>
public abstract class OccurrenceTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    // The job of a schedule depends on nothing.
    public static TheoryData<JobState?> Ends =>
        new(Lives.AllStates.Where(state => state != JobState.WaitingChildren).Select(state => (JobState?)state).Append(null));

    /// <param name="last">What has become of the job that the schedule added last; null: it was removed.</param>
    [Theory]
    [MemberData(nameof(Ends))]
    public async Task An_occurrence_is_skipped_while_the_job_before_it_has_not_ended(JobState? last)
    {
        await Bring("a", last);
        ScheduleRecord before = await Store.GetSchedule("s");

        await Store.Tick(before.Fire(Job("b")) with { SkipWhileUnended = true });

        bool isSkipped = last is { } state && !state.IsFinal();
        ScheduleRecord after = await Store.GetSchedule("s");
        Assert.Equal(["Added a", isSkipped ? "Overlapped" : "Added b"], await Store.History("s"));
        Assert.Equal(isSkipped ? (1, "a") : (2, "b"), (after.Runs, after.LastJobId));
        Assert.Equal(isSkipped ? null : JobState.Waiting, await Store.StateOf("b"));
        Assert.Equal(before.Next!.Value.AddMinutes(1), after.Next);
        Assert.True(!isSkipped || after.LastFiredAt == before.LastFiredAt);
    }

    [Fact]
    public async Task An_occurrence_may_overlap_the_job_before_it()
    {
        await Bring("a", JobState.Active);

        await Store.Tick((await Store.GetSchedule("s")).Fire(Job("b")));

        Assert.Equal(["Added a", "Added b"], await Store.History("s"));
    }

    [Fact]
    public async Task A_job_that_was_triggered_counts_as_the_one_before()
    {
        ScheduleRecord schedule = await Due();
        await Store.Do(new ScheduleCommand.Trigger(Job("a")), "s");

        await Store.Tick(schedule.Fire(Job("b")) with { SkipWhileUnended = true });

        Assert.Equal(["Triggered a", "Overlapped"], await Store.History("s"));
    }

    [Fact]
    public async Task Of_several_occurrences_the_first_is_the_job_before_the_others()
    {
        ScheduleRecord schedule = await Due();

        await Store.Tick(schedule.Fire(Job("a"), Job("b"), Job("c")) with { SkipWhileUnended = true });

        Assert.Equal(["Added a", "Overlapped", "Overlapped"], await Store.History("s"));
        Assert.Equal(["a"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task The_last_of_so_many_runs_ends_the_schedule()
    {
        ScheduleRecord schedule = await Due();
        await Store.Tick(schedule.Fire(Job("a")) with { MaxRuns = 3 });

        await Store.Tick((await Store.GetSchedule("s")).Fire(Job("b"), Job("c"), Job("d")) with { MaxRuns = 3 });

        ScheduleRecord over = await Store.GetSchedule("s");
        Assert.Equal((3, null), (over.Runs, over.Next));
        Assert.Equal(["Added a", "Added b", "Added c"], await Store.History("s"));
        Assert.Equal(["a", "b", "c"], await Store.Page(JobState.Waiting));
        Assert.Empty(await Store.DueIds());
    }

    [Fact]
    public async Task A_schedule_whose_runs_were_reached_already_ends_without_another()
    {
        ScheduleRecord schedule = await Due();
        await Store.Tick(schedule.Fire(Job("a"), Job("b")));

        Assert.Equal(ScheduleOutcome.Done, await Store.Tick((await Store.GetSchedule("s")).Fire(Job("c")) with { MaxRuns = 2 }));

        ScheduleRecord over = await Store.GetSchedule("s");
        Assert.Equal((2, null), (over.Runs, over.Next));
        Assert.Null(await Store.StateOf("c"));
    }

    [Fact]
    public async Task What_adds_no_job_is_no_run()
    {
        await Store.Add(Job("owner").Deduplicated("d"));
        ScheduleRecord schedule = await Due();
        var missed = new NewOccurrence(schedule.Next!.Value.AddMinutes(-1), null);
        ScheduleTick tick = schedule.Fire(Job("b").Deduplicated("d"), Job("c")) with { MaxRuns = 1, SkipWhileUnended = true };

        await Store.Tick(tick with { Occurrences = [missed, .. tick.Occurrences] });

        ScheduleRecord after = await Store.GetSchedule("s");
        Assert.Equal((0, null, tick.Next), (after.Runs, after.LastFiredAt, after.Next));
        Assert.Equal(["Missed", "Deduplicated owner", "Overlapped"], await Store.History("s"));
        Assert.Equal(missed.DueAt, (await Store.Occurrences("s"))[^1].DueAt);
        Assert.Equal(["owner"], await Store.Page(JobState.Waiting));
        Assert.Equal("owner", after.LastJobId);
    }

    [Fact]
    public async Task Occurrences_of_one_tick_deduplicate_each_other()
    {
        ScheduleRecord schedule = await Due();

        await Store.Tick(schedule.Fire(Job("a").Deduplicated("d"), Job("b").Deduplicated("d")));

        Assert.Equal(["Added a", "Deduplicated a"], await Store.History("s"));
        Assert.Equal(["a"], await Store.Page(JobState.Waiting));
        Assert.Equal(1, (await Store.GetSchedule("s")).Runs);
    }

    [Fact]
    public async Task An_occurrence_that_replaces_a_delayed_job_is_added()
    {
        var debounce = Deduplication.Debounce("d", 1.Hours());
        await Store.Add(Job("a").Delayed(1.Hours()).Deduplicated(debounce));
        ScheduleRecord schedule = await Due();

        await Store.Tick(schedule.Fire(Job("b").Delayed(1.Hours()).Deduplicated(debounce)));

        Assert.Equal(["Added b"], await Store.History("s"));
        Assert.Equal(["b"], await Store.Page(JobState.Delayed));
    }

    [Fact]
    public async Task An_id_that_is_taken_stands_for_the_occurrence()
    {
        await Store.Bring("a", JobState.Completed);
        ScheduleRecord schedule = await Due();

        await Store.Tick(schedule.Fire(Job("a")));

        ScheduleRecord after = await Store.GetSchedule("s");
        Assert.Equal((1, "a"), (after.Runs, after.LastJobId));
        Assert.Equal(["Added a"], await Store.History("s"));
        Assert.Equal(JobState.Completed, await Store.StateOf("a"));
    }

    [Fact]
    public async Task The_history_tells_the_latest_first_and_keeps_so_many()
    {
        ScheduleRecord schedule = await Due();
        int number = 0;
        foreach (int occurrences in (int[])[1, 40, 0, 19, 1])
        {
            await Store.Tick(schedule.Fire([.. Enumerable.Range(0, occurrences).Select(_ => Job($"{number++}"))]));
            schedule = await Store.GetSchedule("s");
        }

        await Store.Do(new ScheduleCommand.Trigger(Job("last")), "s");

        string[] expected = ["last", .. Enumerable.Range(number - 49, 49).Reverse().Select(i => $"{i}")];
        Assert.Equal(expected, (await Store.Occurrences("s", take: 1_000)).Select(occurrence => occurrence.JobId));
        Assert.Equal(expected[..3], (await Store.Occurrences("s", take: 3)).Select(occurrence => occurrence.JobId));
        Assert.Equal((number, "last"), (schedule.Runs, (await Store.GetSchedule("s")).LastJobId));
    }

    [Fact]
    public async Task A_tick_of_more_than_the_history_keeps_leaves_the_latest()
    {
        ScheduleRecord schedule = await Due();
        NewOccurrence[] missed = [.. Enumerable.Range(0, 200).Select(i => new NewOccurrence(schedule.Next!.Value.AddSeconds(i), null))];

        await Store.Tick(schedule.Fire() with { Occurrences = missed });

        Assert.Equal(missed[^50..].Reverse().Select(one => one.DueAt), (await Store.Occurrences("s")).Select(occurrence => occurrence.DueAt));
    }

    [Fact]
    public async Task Each_schedule_has_a_history_of_its_own()
    {
        ScheduleRecord one = await Due(), other = await Store.Create("t", one.Next);

        await Store.TickAll(one.Fire(Job("a")), other.Fire(Job("b")));

        Assert.Equal(["Added a"], await Store.History("s"));
        Assert.Equal(["Added b"], await Store.History("t"));
    }

    private async Task<ScheduleRecord> Due() => await Store.Create("s", await Store.From(-3.Hours()));

    /// <summary>Makes a schedule whose last job is in a state.</summary>
    private async Task Bring(string id, JobState? state)
    {
        NewJob job = state switch
        {
            JobState.Delayed => Job(id).Delayed(1.Hours()),
            JobState.Expired => Job(id).ToLive(1.Minutes()),
            _ => Job(id),
        };
        await Store.Tick((await Due()).Fire(job));
        switch (state)
        {
            case null:
                await Store.Do(JobCommand.Remove, id);
                break;
            case JobState.Cancelled:
                await Store.Do(JobCommand.Cancel, id);
                break;
            case JobState.Expired:
                await Store.Advance(2.Minutes());
                await Store.Maintain();
                break;
            case JobState.Active or JobState.Completed or JobState.Failed:
                Worker worker = await Store.OpenWorker();
                ClaimedJob claim = await worker.ClaimOne();
                if (state == JobState.Completed)
                    await worker.Complete(claim);
                else if (state == JobState.Failed)
                    await worker.Fail(claim);
                break;
        }

        Assert.Equal(state, await Store.StateOf(id));
    }
}
