using System.Globalization;

namespace AsyncMQ.Conformance;

/// <summary>A store with something of everything in it, for a class of tests that must not change it. Audited at the end.</summary>
public sealed class FilledStore : IAsyncDisposable
{
    private Task? filling;
    private StoreDriver? driver;
    private string last = "";

    /// <summary>The store, once it is filled.</summary>
    public StoreDriver Store => driver ?? throw new InvalidOperationException("The store was not filled.");

    /// <summary>Makes the store and fills it, once.</summary>
    public Task FillAsync(IStoreFixture fixture) => filling ??= FillOnceAsync(fixture);

    /// <summary>All that can be seen of the store, as it was at the last look and as it is now.</summary>
    public async Task<(string Before, string After)> LookAgainAsync()
    {
        string before = last;
        return (before, last = await LookAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (driver is null)
            return;

        await using (driver.Store)
            Assert.Empty(await driver.Store.AuditAsync(CancellationToken.None));
    }

    private async Task FillOnceAsync(IStoreFixture fixture)
    {
        driver = await StoreDriver.OpenAsync(await fixture.CreateAsync());
        await driver.Bring("completed", JobState.Completed);
        await driver.Bring("active", JobState.Active);
        await driver.Add(Drafts.Job("waiting").Deduplicated("held"));
        await driver.AddBulk(Drafts.Job("waiting-too"), Drafts.Job("of-a-key").WithKey("k"));
        await driver.Add(Drafts.Job("delayed").Delayed(1.Hours()).In("mail"));
        await using (AsyncMQHost mq = driver.Host())
            await mq.Queue().UpsertRepeatableAsync("kept", Schedule.Every(1.Hours()), JobSpec.Of("work", ["kept"]));
        last = await LookAsync();
    }

    private async Task<string> LookAsync()
    {
        IJobStore store = Store.Store;
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var lines = new List<string>();
        foreach (QueueRecord queue in await store.QueuesAsync(cancellation))
        {
            QueueCounts counts = await Store.Counts(queue.Name);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{queue.Name} paused {queue.IsPaused} closed {queue.IsClosed}: {string.Join(' ', counts.ByState)}"));
            foreach (JobState state in Enum.GetValues<JobState>())
            {
                StorePage page = await store.PageAsync(new() { Queue = queue.Name, State = state, Take = 1_000, Parts = JobParts.All }, cancellation);
                lines.AddRange(page.Jobs.Select(job => $"{job.Ref} {job.Name} {job.State} {job.Key} {job.Attempt} {job.Payload.Text()} {job.Result.Text()} {job.DueAt:O}"));
            }

            IReadOnlyList<ScheduleRecord> schedules = await store.SchedulesAsync(queue.Name, null, 1_000, cancellation);
            lines.Add($"limits {queue.Limits}, held until {queue.HeldUntil:O}");
            lines.AddRange((await store.KeysAsync(queue.Name, null, 1_000, cancellation)).Select(key => $"{key}"));
            lines.AddRange(schedules.Select(schedule => $"schedule {schedule.Queue}/{schedule.Id} {schedule.Revision} {schedule.Definition.Text()} {schedule.Next:O} {schedule.IsPaused} {schedule.Runs} {schedule.LastJobId}"));
        }

        lines.AddRange((await store.FlowsAsync(null, 1_000, cancellation)).Select(flow => $"flow {flow}"));
        lines.AddRange((await store.SessionsAsync(cancellation)).Select(session => $"session {session.Info.Id} quiet {session.IsQuiet}"));
        lines.Add($"held by {await Store.OwnerOf("held")}");
        return string.Join('\n', lines);
    }
}
