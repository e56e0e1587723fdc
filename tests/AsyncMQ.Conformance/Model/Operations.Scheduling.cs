namespace AsyncMQ.Conformance.Model;

/// <content>What schedulers do, and those who keep schedules.</content>
internal static partial class Operations
{
    private static async Task Upsert(World world, Random random)
    {
        (string queue, string id) = random.Schedule(world);
        UpsertScheduleStep step = random.Upsert(world, queue, id);
        Tell(world, $"{queue}/{id} if {step.Expected}, {step.Definition.Text()}, next {step.Next:HH:mm:ss}, paused {step.Paused}");

        ScheduleOutcome expected = world.Model.Upsert(step, world.HasRevision(queue, id, step.Expected));

        await CompareSchedule(world, random, (queue, id, $"{expected} "), async () => await world.Store.UpsertScheduleAsync(step, default));
    }

    private static async Task ChangeSchedule(World world, Random random)
    {
        (string queue, string id) = random.Schedule(world);
        long revision = random.Revision(world, queue, id) ?? 0;
        ScheduleCommand command = random.Next(10) switch
        {
            < 3 => new ScheduleCommand.Trigger(random.Triggered(world, queue)),
            < 5 => new ScheduleCommand.Pause(),
            < 9 => new ScheduleCommand.Resume(revision, random.Chance(15) ? null : World.ToSecond(world.Now + random.Units(3) + World.Aside)),
            _ => new ScheduleCommand.Remove(),
        };
        Tell(world, $"{queue}/{id} {(command is ScheduleCommand.Trigger trigger ? $"Trigger {InWords(trigger.Job)}" : command)}");
        var step = new ChangeScheduleStep(world.Producer.Next(StepCounter.Administration), queue, id, command);

        (ScheduleOutcome outcome, string? jobId) = world.Model.Change(step, world.HasRevision(queue, id, revision));

        await CompareSchedule(world, random, (queue, id, $"{outcome} {jobId}"), async () => await world.Store.ChangeScheduleAsync(step, default));
    }

    private static Task CompareSchedule(World world, Random random, (string Queue, string Id, string Reply) expected, Func<Task<ScheduleReply>> step) =>
        Compare(world, random, expected.Reply, async () =>
        {
            ScheduleReply reply = await step();
            string words = $"{reply.Outcome} {reply.JobId}";
            if (words == expected.Reply)
                world.CompareSchedule(world.Model.FindSchedule(expected.Queue, expected.Id), reply.Schedule, "the schedule in the reply");
            return words;
        });

    private static async Task Tick(World world, Random random)
    {
        ScheduleTick[] ticks = [.. Enumerable.Range(0, random.Of(1, 1, 2, 3)).Select(_ => random.Tick(world))];
        world.SentTicks.AddRange(ticks);
        var step = new TickStep(world.Producer.Next(StepCounter.Administration), ticks);
        Tell(world, string.Join(" | ", ticks.Select(InWords)));

        string expected = World.InOrder(world.Model.Tick(step, tick => world.HasRevision(tick.Queue, tick.Id, tick.Expected)));

        await Compare(world, random, expected, async () => World.InOrder((await world.Store.TickAsync(step, default)).Outcomes));
        foreach (ScheduleTick tick in ticks)
            world.CompareSchedule(world.Model.FindSchedule(tick.Queue, tick.Id), await world.Store.FindScheduleAsync(tick.Queue, tick.Id, default), "a ticked schedule");
    }

    private static string InWords(ScheduleTick tick) =>
        $"{tick.Queue}/{tick.Id} if {tick.Expected}, next {tick.Next:HH:mm:ss}, most {tick.MaxRuns}"
        + $"{(tick.SkipWhileUnended ? ", skip" : "")}: {string.Join("; ", tick.Occurrences.Select(one => one.Job is { } job ? InWords(job) : "missed"))}";
}
