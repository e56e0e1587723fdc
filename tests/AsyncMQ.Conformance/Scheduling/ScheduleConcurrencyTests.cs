namespace AsyncMQ.Conformance.Scheduling;

/// <summary>Any number of schedulers at once, on real threads: each due time is fired exactly once. Invariant 7.</summary>
public abstract class ScheduleConcurrencyTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private const int Schedulers = 8;

    [Fact]
    public async Task Of_eight_concurrent_schedulers_one_fires_each_due_time()
    {
        const int schedules = 5, times = 40;
        DateTimeOffset first = await Store.From(-1.Hours()), last = first.AddSeconds(times - 1);
        for (int i = 0; i < schedules; i++)
            await Store.Create($"s-{i}", first);
        StoreDriver[] all = await Drivers(Schedulers);

        int[] won = await AtOnce(Schedulers, async scheduler =>
        {
            int mine = 0;
            while ((await all[scheduler].Due()).Schedules is { Count: > 0 } due)
            {
                // Each with an id of its own: were one time fired twice, two jobs would be there.
                IReadOnlyList<ScheduleOutcome> outcomes = await all[scheduler].TickAll([.. due.Select(schedule =>
                    schedule.Fire(Job($"{schedule.Id} {schedule.Next:O} {scheduler}")) with { Next = schedule.Next < last ? schedule.Next.Value.AddSeconds(1) : null })]);
                mine += outcomes.Count(outcome => outcome == ScheduleOutcome.Done);
                Assert.All(outcomes, outcome => Assert.True(outcome is ScheduleOutcome.Done or ScheduleOutcome.Conflict, $"{outcome}"));
            }

            return mine;
        });

        Assert.Equal(schedules * times, won.Sum());
        string[] fired = [.. (await Store.Page(JobState.Waiting)).Select(id => id[..id.LastIndexOf(' ')])];
        Assert.Equal(schedules * times, fired.Length);
        Assert.Equal(schedules * times, fired.Distinct().Count());
        for (int i = 0; i < schedules; i++)
        {
            ScheduleRecord schedule = await Store.GetSchedule($"s-{i}");
            Assert.Equal((times, null), (schedule.Runs, schedule.Next));
            Assert.Equal(
                Enumerable.Range(0, times).Select(n => first.AddSeconds(n)), (await Store.Occurrences($"s-{i}")).Reverse().Select(occurrence => occurrence.DueAt));
        }
    }

    [Fact]
    public async Task Of_concurrent_upserts_of_what_was_read_one_is_done()
    {
        StoreDriver[] all = await Drivers(Schedulers);
        long? expected = null;
        for (int round = 0; round < 20; round++)
        {
            ScheduleReply[] replies = await AtOnce(Schedulers, i => all[i].Upsert(Schedule("s", null) with { Expected = expected, Definition = Bytes($"{i}") }));

            ScheduleReply done = Assert.Single(replies, reply => reply.Outcome == ScheduleOutcome.Done);
            Assert.Equal(Schedulers - 1, replies.Count(reply => reply.Outcome == ScheduleOutcome.Conflict));
            ScheduleRecord schedule = await Store.GetSchedule("s");
            Assert.Equivalent(done.Schedule, schedule);
            expected = schedule.Revision;
        }
    }

    [Fact]
    public async Task A_schedule_that_is_paused_while_it_is_due_fires_before_that_or_not_at_all()
    {
        StoreDriver[] all = await Drivers(2);
        for (int round = 0; round < 50; round++)
        {
            string id = $"s-{round}";
            ScheduleRecord schedule = await Store.Create(id, await Store.From(-1.Minutes()));

            ScheduleOutcome[] outcomes = await AtOnce(2, async i => i == 0
                ? await all[0].Tick(schedule.Fire(Job(id)))
                : (await all[1].Do(new ScheduleCommand.Pause(), id)).Outcome);

            bool fired = outcomes[0] == ScheduleOutcome.Done;
            ScheduleRecord paused = await Store.GetSchedule(id);
            Assert.Equal((ScheduleOutcome.Done, true), (outcomes[1], paused.IsPaused));
            Assert.Equal(fired ? (1, schedule.Next!.Value.AddMinutes(1)) : (0, schedule.Next!.Value), (paused.Runs, paused.Next!.Value));
            Assert.Equal(fired ? JobState.Waiting : null, await Store.StateOf(id));
        }
    }

    [Fact]
    public async Task Concurrent_triggers_all_add()
    {
        await Store.Create("s", null);
        StoreDriver[] all = await Drivers(Schedulers);

        await AtOnce(Schedulers, i => all[i].Do(new ScheduleCommand.Trigger(Job($"{i}")), "s"));

        Assert.Equal(Schedulers, await Store.Count(JobState.Waiting));
        Assert.Equal(Schedulers, (await Store.Occurrences("s")).Count);
    }
}
