using AsyncMQ.Conformance.Driving;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Postgres.Tests.Faults.Deadlocks;

/// <summary>One of many callers, who does whatever a store can do, with few names, so that callers meet. What comes of it does not matter here.</summary>
internal sealed class RandomSteps
{
    public static readonly string[] Queues = ["q1", "q2", "q3"];

    private readonly StoreDriver driver;
    private readonly Draw draw;
    private readonly List<ClaimedJob> hands = [];
    private readonly Guid subscription = Guid.NewGuid();
    private readonly (int Weight, Func<Task> Do)[] steps;
    private Worker worker;
    private long position;

    private RandomSteps(StoreDriver driver, Worker worker, int seed)
    {
        (this.driver, this.worker, draw) = (driver, worker, new(new(seed)));
        steps =
        [
            (30, Add), (45, Exchange), (6, Report), (6, Renew), (2, Reopen), (5, Recover), (20, AdministerJobs), (10, AdministerQueue), (5, Maintain), (5, Upsert),
            (5, ChangeSchedule), (6, Tick), (2, Quiet), (4, Measure), (4, Hear), (20, Look),
        ];
    }

    private IJobStore Store => driver.Store;

    public static async Task<RandomSteps> OpenAsync(IJobStore store, int seed)
    {
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        return new(driver, await driver.OpenWorker($"worker-{seed}"), seed);
    }

    /// <summary>Does one thing.</summary>
    public async Task DoAsync()
    {
        int drawn = draw.Below(steps.Sum(static step => step.Weight));
        foreach ((int weight, Func<Task> step) in steps)
        {
            drawn -= weight;
            if (drawn >= 0)
                continue;
            try
            {
                await step();
            }
            catch (SessionLostException)
            {
                await Reopen();
            }

            return;
        }
    }

    private async Task Add() => await driver.AddGroups([.. Enumerable.Range(0, draw.Of(1, 1, 2)).Select(_ => draw.Group())]);

    private async Task Exchange()
    {
        ClaimedJob[] ready = [.. hands.Where(_ => draw.Chance(60))];
        hands.RemoveAll(ready.Contains);
        ExchangeStep step = Worker.ClaimOf(draw.Of(0, 1, 3, 8), draw.Shuffled(Queues)) with { Settlements = [.. ready.Select(draw.Settlement)] };
        hands.AddRange((await worker.Exchange(step)).Claimed);
    }

    private async Task Report()
    {
        if (hands.Count > 0)
            await worker.Report(draw.Of(hands), draw.Chance(50) ? "half" : null, "a line");
    }

    private async Task Renew() => await Task.Run(() => worker.Renew(hands.Count));

    private async Task Reopen()
    {
        hands.Clear();
        if (draw.Chance(50))
            await worker.Close();
        worker = await driver.OpenWorker(worker.Info.Name);
    }

    private async Task Recover() => await driver.Recover(maxStalls: draw.Below(3), limit: 50);

    private async Task AdministerJobs()
    {
        JobCommand command = draw.Of(Enum.GetValues<JobCommand>());
        await driver.Administer(new()
        {
            Step = driver.NextAdministration(),
            Command = command,
            Jobs = [.. Enumerable.Range(0, draw.Of(1, 1, 3)).Select(_ => draw.Ref())],
            Expected = JobStateSet.All,
            Delay = command == JobCommand.Reschedule ? draw.Span() : null,
        });
    }

    private async Task AdministerQueue() => await driver.Do(draw.Command(), draw.Of(Queues));

    private async Task Maintain() => await driver.Maintain(
        draw.Of(RetentionPolicy.Forever, RetentionPolicy.Forever with { Age = draw.Span() }, RetentionPolicy.Forever with { Count = 20, FailedCount = 20 }), limit: 200);

    private async Task Upsert() => await Store.UpsertScheduleAsync(
        new()
        {
            Step = driver.Steps.Next(StepCounter.Schedules),
            Queue = draw.Of(Queues),
            Id = draw.Of(Draw.Names),
            Expected = null,
            Definition = Bytes("rule"),
            Next = DateTimeOffset.UtcNow + draw.Span(),
        },
        default);

    private async Task ChangeSchedule()
    {
        string queue = draw.Of(Queues);
        await driver.Do(
            draw.Of<ScheduleCommand>(
                new ScheduleCommand.Pause(), new ScheduleCommand.Resume(1, null), new ScheduleCommand.Remove(), new ScheduleCommand.Trigger(draw.Job() with { Ref = Draw.Fresh(queue) })),
            draw.Of(Draw.Names),
            queue);
    }

    private async Task Tick()
    {
        if ((await Store.DueAsync(5, default)).Schedules is { Count: > 0 } due)
            await driver.TickAll([.. due.Select(schedule => schedule.Fire(draw.Job() with { Ref = Draw.Fresh(schedule.Queue) }) with { SkipWhileUnended = draw.Chance(50) })]);
    }

    private async Task Quiet()
    {
        IReadOnlyList<SessionRecord> sessions = await Store.SessionsAsync(default);
        if (sessions.Count > 0)
            await driver.Quiet(draw.Of(sessions).Info.Id, draw.Chance(20));
    }

    private async Task Measure() => await driver.Record(new NamedFigures(draw.Of(Queues), "work", new() { Completed = 1, Ran = Histogram.Empty, Waited = Histogram.Empty }));

    private async Task Hear()
    {
        if (draw.Chance(10))
        {
            await Store.UnsubscribeAsync(subscription, default);
            return;
        }

        SubscribeReply reply = await Store.SubscribeAsync(new(subscription, draw.Span(), [new(JobEventKinds.All)]), default);
        position = reply.WasHeld ? position : reply.Position;
        position = (await Store.ReadEventsAsync(position, 100, default)).Next;
    }

    private async Task Look()
    {
        string queue = draw.Of(Queues);
        Func<Task>[] looks =
        [
            async () => await Store.FindAsync([draw.Ref(), draw.Ref()], JobParts.All, default),
            async () => await Store.PageAsync(new() { Queue = queue, State = draw.Of(Enum.GetValues<JobState>()), Take = 50, Parts = JobParts.All }, default),
            async () => await Store.CountAsync(queue, default),
            async () => await Store.QueuesAsync(default),
            async () => await Store.ClaimsAsync(worker.Id, default),
            async () => await Store.DeduplicationOwnerAsync(queue, draw.Of(Draw.Names), default),
            async () => await Store.KeysAsync(queue, null, 10, default),
            async () => await Store.FlowsAsync(null, 10, default),
            async () => await Store.FlowJobsAsync(draw.Of(Draw.Names), null, 10, JobParts.All, default),
            async () => await Store.SchedulesAsync(queue, null, 10, default),
            async () => await Store.OccurrencesAsync(queue, draw.Of(Draw.Names), 10, default),
            async () => await Store.MetricsAsync(new(queue, MetricResolution.Minute, null, null), default),
        ];
        await draw.Of(looks)();
    }
}
