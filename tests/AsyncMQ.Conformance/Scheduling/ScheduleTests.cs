namespace AsyncMQ.Conformance.Scheduling;

/// <summary>Schedules as records: created, replaced, listed, kept, gone with their queue.</summary>
public abstract class ScheduleTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_schedule_is_stored_as_it_was_given_and_makes_its_queues_record()
    {
        DateTimeOffset before = await Store.Now(), next = await Store.From(1.Hours());

        ScheduleReply reply = await Store.Upsert(Schedule("s", next).In("mail") with { Definition = Bytes("every hour") });

        Assert.Equal((ScheduleOutcome.Done, null), (reply.Outcome, reply.JobId));
        ScheduleRecord schedule = await Store.GetSchedule("s", "mail");
        Assert.Equal(("mail", "s", "every hour"), (schedule.Queue, schedule.Id, schedule.Definition.Text()));
        Assert.Equal((next, false, 0), (schedule.Next, schedule.IsPaused, schedule.Runs));
        Assert.Equal((null, null), (schedule.LastFiredAt, schedule.LastJobId));
        Assert.InRange(schedule.CreatedAt, before.AddMilliseconds(-1), await Store.Now());
        Assert.Equivalent(schedule, reply.Schedule);
        Assert.Equal("mail", Assert.Single(await Store.Store.QueuesAsync(Cancellation)).Name);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task A_new_schedule_is_paused_when_it_is_asked_for(bool? asked, bool paused)
    {
        await Store.Create(Schedule("s", null) with { Paused = asked });

        ScheduleRecord schedule = await Store.GetSchedule("s");
        Assert.Equal((null, paused), (schedule.Next, schedule.IsPaused));
    }

    [Fact]
    public async Task Definitions_are_opaque_bytes()
    {
        byte[] all = [.. Enumerable.Range(0, 100_000).Select(i => (byte)i)];

        await Store.Create(Schedule("all", null) with { Definition = all });
        await Store.Create(Schedule("none", null) with { Definition = default });

        Assert.Equal(all, (await Store.GetSchedule("all")).Definition.ToArray());
        Assert.Empty((await Store.GetSchedule("none")).Definition.ToArray());
    }

    [Fact]
    public async Task A_schedule_that_is_there_is_not_created_anew()
    {
        ScheduleRecord schedule = await Store.Create("s", await Store.From(1.Hours()));

        ScheduleReply reply = await Store.Upsert(Schedule("s", null) with { Definition = Bytes("another") });

        Assert.Equal(ScheduleOutcome.Conflict, reply.Outcome);
        Assert.Equivalent(schedule, reply.Schedule);
        Assert.Equivalent(schedule, await Store.GetSchedule("s"));
    }

    [Fact]
    public async Task A_schedule_that_is_not_of_the_revision_expected_is_not_replaced()
    {
        ScheduleRecord first = await Store.Create("s", null);
        ScheduleRecord second = await Store.Create(Schedule("s", null) with { Expected = first.Revision });

        ScheduleReply late = await Store.Upsert(Schedule("s", null) with { Expected = first.Revision, Definition = Bytes("late") });

        Assert.Equal(ScheduleOutcome.Conflict, late.Outcome);
        Assert.Equivalent(second, late.Schedule);
        Assert.Equivalent(second, await Store.GetSchedule("s"));
        Assert.Equal("rule", (await Store.GetSchedule("s")).Definition.Text());
    }

    [Fact]
    public async Task A_schedule_that_is_gone_is_not_replaced()
    {
        ScheduleRecord schedule = await Store.Create("s", null);
        await Store.Do(new ScheduleCommand.Remove(), "s");

        ScheduleReply reply = await Store.Upsert(Schedule("s", null) with { Expected = schedule.Revision });
        ScheduleReply elsewhere = await Store.Upsert(Schedule("s", null).In("never") with { Expected = 1 });

        Assert.Equal((ScheduleOutcome.NotFound, null), (reply.Outcome, reply.Schedule));
        Assert.Equal((ScheduleOutcome.NotFound, null), (elsewhere.Outcome, elsewhere.Schedule));
        Assert.Null(await Store.FindSchedule("s"));
        Assert.Equal([DefaultQueue], (await Store.Store.QueuesAsync(Cancellation)).Select(queue => queue.Name));
    }

    [Fact]
    public async Task A_replacement_keeps_runs_and_history_and_takes_a_new_revision()
    {
        ScheduleRecord schedule = await Store.Create("s", await Store.From(-1.Minutes()));
        await Store.Tick(schedule.Fire(Job("a")));
        DateTimeOffset next = await Store.From(2.Hours());
        ScheduleRecord before = await Store.GetSchedule("s");

        ScheduleRecord after = await Store.Create(Schedule("s", next) with { Expected = before.Revision, Definition = Bytes("another") });

        Assert.NotEqual(before.Revision, after.Revision);
        Assert.Equivalent(before with { Revision = after.Revision, Definition = Bytes("another"), Next = next }, after);
        Assert.Equal((1, "a"), (after.Runs, after.LastJobId));
        Assert.Equal(["Added a"], await Store.History("s"));
    }

    [Theory]
    [InlineData(false, null, false)]
    [InlineData(true, null, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, true)]
    public async Task A_replacement_is_paused_as_it_was_unless_it_says_otherwise(bool before, bool? asked, bool after)
    {
        ScheduleRecord schedule = await Store.Create(Schedule("s", null) with { Paused = before });

        await Store.Create(Schedule("s", null) with { Expected = schedule.Revision, Paused = asked });

        Assert.Equal(after, (await Store.GetSchedule("s")).IsPaused);
    }

    [Fact]
    public async Task Schedules_are_listed_in_ordinal_order_a_page_at_a_time()
    {
        // Behind U+FFFD comes U+1F600 in UTF-8, and before it in UTF-16.
        string[] ids = ["b", "\uFFFD", "B", "😀", "a", "ä", "a-b", "ab"];
        foreach (string id in ids)
            await Store.Create(id, null);
        await Store.Create(Schedule("other", null).In("elsewhere"));
        string[] ordered = [.. ids.Order(StringComparer.Ordinal)];

        Assert.Equal(ordered, await Store.Schedules());
        List<string> paged = [];
        for (string[] page = await Store.Schedules(take: 3); page.Length > 0 && paged.Count <= ids.Length; page = await Store.Schedules(page[^1], 3))
        {
            Assert.InRange(page.Length, 1, 3);
            paged.AddRange(page);
        }

        Assert.Equal(ordered, paged);
        Assert.Equal(["ab", "b", "ä"], await Store.Schedules("a-c", 3));
        Assert.Equal(["other"], await Store.Schedules(queue: "elsewhere"));
    }

    [Fact]
    public async Task Nothing_is_found_where_nothing_is()
    {
        await Store.Create("s", null);

        Assert.Null(await Store.FindSchedule("t"));
        Assert.Null(await Store.FindSchedule("s", "never"));
        Assert.Empty(await Store.Schedules(queue: "never"));
        Assert.Empty(await Store.Occurrences("s"));
        Assert.Empty(await Store.Occurrences("t"));
        Assert.Empty(await Store.Occurrences("s", queue: "never"));
        Assert.DoesNotContain(await Store.Store.QueuesAsync(Cancellation), queue => queue.Name == "never");
    }

    [Fact]
    public async Task A_closed_queue_takes_no_schedules()
    {
        ScheduleRecord schedule = await Store.Create("s", await Store.From(1.Hours()));
        await Store.Do(new QueueCommand.Close(Force: false));

        ScheduleReply created = await Store.Upsert(Schedule("t", null));
        ScheduleReply replaced = await Store.Upsert(Schedule("s", null) with { Expected = schedule.Revision });

        Assert.Equal((ScheduleOutcome.QueueClosed, null), (created.Outcome, created.Schedule));
        Assert.Equal(ScheduleOutcome.QueueClosed, replaced.Outcome);
        Assert.Equivalent(schedule, replaced.Schedule);
        Assert.Equal(["s"], await Store.Schedules());
    }

    [Fact]
    public async Task Deleting_a_queue_deletes_its_schedules_with_their_histories()
    {
        ScheduleRecord schedule = await Store.Create("s", await Store.From(-1.Minutes()));
        await Store.Tick(schedule.Fire(Job("a")));
        await Store.Create(Schedule("s", null).In("other"));
        await Store.Do(new QueueCommand.Close(Force: false));
        await Store.Do(JobCommand.Remove, "a");

        Assert.Equal(QueueReply.Done, await Store.Do(new QueueCommand.Delete()));

        Assert.Null(await Store.FindSchedule("s"));
        ScheduleRecord anew = await Store.Create("s", null);
        Assert.Equal((0, null), (anew.Runs, anew.LastJobId));
        Assert.Empty(await Store.Occurrences("s"));
        Assert.NotNull(await Store.FindSchedule("s", "other"));
    }

    [Fact]
    public async Task A_queue_with_very_many_schedules_is_deleted_by_deleting_again()
    {
        StoreDriver[] all = await Drivers(15);
        await AtOnce(15, async i =>
        {
            for (int n = 0; n < 100; n++)
                await all[i].Create($"{i}-{n}", null);
            return true;
        });
        await Store.Do(new QueueCommand.Close(Force: false));

        QueueReply reply = await Store.Do(new QueueCommand.Delete());
        for (int tries = 0; tries < 2 && reply == QueueReply.More; tries++)
            reply = await Store.Do(new QueueCommand.Delete());

        Assert.Equal(QueueReply.Done, reply);
        Assert.Empty(await Store.Store.QueuesAsync(Cancellation));
        Assert.Empty(await Store.Schedules());
    }

    [Fact]
    public async Task Schedules_are_still_there_when_the_store_is_opened_again()
    {
        ScheduleRecord fired = await Store.Create("fired", await Store.From(-1.Minutes()));
        await Store.Tick(fired.Fire(Job("a")));
        await Store.Do(new ScheduleCommand.Trigger(Job("b")), "fired");
        await Store.Create(Schedule("paused", await Store.From(-1.Minutes())) with { Paused = true });
        ScheduleRecord[] before = [await Store.GetSchedule("fired"), await Store.GetSchedule("paused")];
        IReadOnlyList<OccurrenceRecord> history = await Store.Occurrences("fired");

        await Reopen();

        Assert.Equivalent(before, await Store.Store.SchedulesAsync(DefaultQueue, null, 10, Cancellation), strict: true);
        Assert.Equal(history, await Store.Occurrences("fired"));
        Assert.Equal(["fired"], await Store.DueIds());
        ScheduleRecord anew = await Store.Create("anew", null);
        Assert.DoesNotContain(before, schedule => schedule.Revision == anew.Revision);
    }
}
