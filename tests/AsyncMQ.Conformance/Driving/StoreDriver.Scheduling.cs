namespace AsyncMQ.Conformance.Driving;

public sealed partial class StoreDriver
{
    /// <summary>Creates a schedule of the default queue.</summary>
    public Task<ScheduleRecord> Create(string id, DateTimeOffset? next) => Create(Schedule(id, next));

    /// <summary>Creates or replaces a schedule, which must be as expected.</summary>
    public async Task<ScheduleRecord> Create(UpsertScheduleStep schedule)
    {
        ScheduleReply reply = await Upsert(schedule);
        Assert.Equal(ScheduleOutcome.Done, reply.Outcome);
        return reply.Schedule!;
    }

    public async Task<ScheduleReply> Upsert(UpsertScheduleStep step) =>
        await Store.UpsertScheduleAsync(step with { Step = steps.Next(StepCounter.Schedules) }, default);

    public async Task<ScheduleReply> Do(ScheduleCommand command, string id, string queue = DefaultQueue) =>
        await Store.ChangeScheduleAsync(new(steps.Next(StepCounter.Schedules), queue, id, command), default);

    public async Task<ScheduleOutcome> Tick(ScheduleTick tick) => Assert.Single(await TickAll(tick));

    public async Task<IReadOnlyList<ScheduleOutcome>> TickAll(params ScheduleTick[] ticks) =>
        (await Store.TickAsync(new(steps.Next(StepCounter.Schedules), ticks), default)).Outcomes;

    public async Task<ScheduleRecord?> FindSchedule(string id, string queue = DefaultQueue) => await Store.FindScheduleAsync(queue, id, default);

    /// <summary>A schedule that must be there.</summary>
    public async Task<ScheduleRecord> GetSchedule(string id, string queue = DefaultQueue)
    {
        ScheduleRecord? schedule = await FindSchedule(id, queue);
        Assert.True(schedule is not null, $"There is no schedule {queue}/{id}.");
        return schedule;
    }

    /// <summary>The ids of a queue's schedules, in their order.</summary>
    public async Task<string[]> Schedules(string? after = null, int take = 1_000, string queue = DefaultQueue) =>
        [.. (await Store.SchedulesAsync(queue, after, take, default)).Select(schedule => schedule.Id)];

    public async Task<DueSchedules> Due(int limit = 1_000) => await Store.DueAsync(limit, default);

    /// <summary>The ids of the schedules that are due, in their order.</summary>
    public async Task<string[]> DueIds(int limit = 1_000) => [.. (await Due(limit)).Schedules.Select(schedule => schedule.Id)];

    public async Task<IReadOnlyList<OccurrenceRecord>> Occurrences(string id, int take = OccurrenceRecord.MostKept, string queue = DefaultQueue) =>
        await Store.OccurrencesAsync(queue, id, take, default);

    /// <summary>The history of a schedule, oldest first, in words: <c>Added a</c>.</summary>
    public async Task<string[]> History(string id) =>
        [.. (await Occurrences(id)).Reverse().Select(occurrence => $"{occurrence.Outcome} {occurrence.JobId}".TrimEnd())];

    /// <summary>A time so far from now, in whole milliseconds, which every store keeps.</summary>
    public async Task<DateTimeOffset> From(TimeSpan span)
    {
        DateTimeOffset time = await Now() + span;
        return time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMillisecond));
    }
}
