using AsyncMQ.Conformance.Driving;
using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Sqlite.Tests.Kept;

/// <summary>A file written by an earlier version opens with everything that is in it, and is worked to the end.</summary>
public class KeptFileTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Kept");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "*.db").Select(path => Path.GetFileName(path))];

    [Fact]
    public void There_is_one_of_each_layout() => Assert.Equal(["layout-1.0.db", "layout-1.1.db", "layout-1.2.db", "layout-1.3.db", "layout-1.4.db", "layout-1.5.db"], Files.Select(row => row.Data).Order());

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_kept_file_opens_with_what_is_in_it(string file)
    {
        await using IJobStore store = await OpenCopyAsync(file);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await using AsyncMQHost mq = driver.Host();

        Assert.Empty(await store.AuditAsync(default));
        Assert.Equal(["default", "graves", "parking", "paused", "windows"], await mq.Client.GetQueuesAsync());
        Assert.Equal(["urgent", "waiting-1", "waiting-2", "limited"], await mq.Ids());
        Assert.Equal(["active", "stopping"], await mq.Ids(JobState.Active));
        Assert.Equal(["delayed"], await mq.Ids(JobState.Delayed));
        Assert.Equal(["completed"], await mq.Ids(JobState.Completed));
        Assert.Equal(["failed"], await mq.Ids(JobState.Failed));
        Assert.Equal(["expired"], await mq.Ids(JobState.Expired));
        Assert.Equal(["cancelled"], await mq.Ids(JobState.Cancelled));

        JobInfo completed = await mq.Get(new("default", "completed"));
        Assert.Equal("""{"sum":42}""", System.Text.Encoding.UTF8.GetString(completed.Result.Utf8.Span));
        Assert.Equal(["first line", "second line"], completed.Logs.Select(line => line.Text));
        Assert.Equal(new(50, "half"), completed.Progress);
        Assert.Equal("dead:1", completed.Worker);
        JobInfo failed = await mq.Get(new("default", "failed"));
        Assert.Equal([AttemptOutcome.Retried, AttemptOutcome.Failed], failed.Attempts.Select(attempt => attempt.Outcome!.Value));
        Assert.Equal("last", failed.Error!.Message);
        Assert.True((await mq.Get(new("default", "stopping"))).IsCancelRequested);
        Assert.True((await mq.Get(new("parking", "parked"))).IsParked);
        Assert.Equal(20_004, (await mq.Get(new("default", "waiting-2"))).Args.Utf8.Length);
        Assert.Equal("throttled", await mq.Queue("windows").GetDeduplicationJobIdAsync("throttle"));
        Assert.Equal("owner", await mq.Queue("windows").GetDeduplicationJobIdAsync("last"));
        QueueRecord paused = (await store.QueuesAsync(default)).Single(queue => queue.Name == "paused");
        Assert.Equal((true, "me", "why"), (paused.IsPaused, paused.Pause?.By, paused.Pause?.Why));
    }

    [Fact]
    public async Task A_kept_file_of_layout_1_5_opens_with_what_transactions_have_left()
    {
        await using IJobStore store = await OpenCopyAsync("layout-1.5.db");
        StoreDriver driver = await StoreDriver.OpenAsync(store);

        Assert.Equal("[\"deferred\"]", (await driver.Get("deferred", "windows")).Payload.Text());
        Assert.Equal(JobState.Active, await driver.StateOf("within", "windows"));
        Worker witness = await driver.OpenWorker();
        await driver.Pass(TimeSpan.FromSeconds(16), witness);
        await witness.Recover();
        JobRecord within = await driver.Get("within", "windows");
        Assert.Equal((JobState.Completed, "{\"within\":1}"), (within.State, within.Result.Text()));
    }

    [Theory]
    [InlineData("layout-1.4.db")]
    [InlineData("layout-1.5.db")]
    public async Task A_kept_file_of_layout_1_4_or_later_opens_with_its_events_its_figures_and_its_quiet_worker(string file)
    {
        await using IJobStore store = await OpenCopyAsync(file);

        // The deferred job is taken in at the start.
        StoreEvent told = Assert.Single((await store.ReadEventsAsync(0, 10, default)).Events, told => told.Id != "deferred");
        Assert.Equal((JobEventKinds.QueuePaused, "paused", "me", "why"), (told.Kind, told.Queue, told.Text, told.Detail));
        JobFigures figures = Assert.Single(await store.MetricsAsync(new("default", MetricResolution.Hour, null, null), default)).Figures;
        Assert.Equal((7, 7), (figures.Completed, figures.Ran.Total));
        SessionRecord dead = Assert.Single(await store.SessionsAsync(default));
        Assert.Equal(("dead:1", true), (dead.Info.Name, dead.IsQuiet));
        await (await StoreDriver.OpenAsync(store)).Pause("graves");
        Assert.Equal("graves", Assert.Single((await store.ReadEventsAsync(1, 10, default)).Events, told => told.Id != "deferred").Queue);
    }

    [Theory]
    [InlineData("layout-1.3.db")]
    [InlineData("layout-1.4.db")]
    [InlineData("layout-1.5.db")]
    public async Task A_kept_file_of_layout_1_3_or_later_opens_with_its_limits_and_its_keys(string file)
    {
        await using IJobStore store = await OpenCopyAsync(file);

        QueueLimits limits = (await store.QueuesAsync(default)).Single(queue => queue.Name == "windows").Limits!;
        Assert.Equal(new QueueLimits { Concurrency = 100, PerKey = new() { Concurrency = 10 } }, limits);
        IReadOnlyList<KeyRecord> keys = await store.KeysAsync("windows", null, 10, default);
        Assert.Equal(["held", "strict"], keys.Select(key => key.Key));
        Assert.NotNull(keys[0].HeldUntil);
        Assert.Equal((1, 1, "keyed-1"), (keys[1].Waiting, keys[1].Active, keys[1].Head));
        Assert.Equal(new KeyLimits { StrictOrder = true, Rate = new(1_000, TimeSpan.FromHours(1)) }, keys[1].Limits);
        Assert.Equal("strict", (await store.FindAsync([new("windows", "keyed-2")], JobParts.None, default))[0]!.LimitKey);
    }

    [Theory]
    [InlineData("layout-1.2.db")]
    [InlineData("layout-1.3.db")]
    [InlineData("layout-1.4.db")]
    [InlineData("layout-1.5.db")]
    public async Task A_kept_file_of_layout_1_2_or_later_opens_with_its_flow_and_its_repeatable(string file)
    {
        await using IJobStore store = await OpenCopyAsync(file);
        await using AsyncMQHost mq = (await StoreDriver.OpenAsync(store)).Host();

        FlowInfo? flow = await mq.Client.GetFlowAsync("flow");
        Assert.Equal(["flow-1", "flow-2"], flow!.Jobs.Select(job => job.Ref.Id));
        Assert.Equal(["dependent", "flow-2"], await mq.Ids(JobState.WaitingChildren, "paused"));
        JobInfo dependent = await mq.Get(new("paused", "dependent"));
        Assert.Equal((new JobRef("paused", "resting"), DependencyStatus.Open), (dependent.Dependencies[0].Job, dependent.Dependencies[0].Status));
        RepeatableInfo nightly = Assert.Single(await mq.Queue("paused").GetRepeatablesAsync());
        Assert.Equal(("nightly", "0 3 * * *", "Europe/Berlin", true), (nightly.Id, nightly.Schedule!.CronExpression, nightly.Schedule.TimeZone, nightly.IsPaused));
        Assert.Equal(OccurrenceOutcome.Triggered, Assert.Single(await mq.Queue("paused").GetRepeatableHistoryAsync("nightly")).Outcome);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_kept_file_keeps_its_promises(string file)
    {
        await using IJobStore store = await OpenCopyAsync(file);
        await using AsyncMQHost mq = (await StoreDriver.OpenAsync(store)).Host();

        foreach (string id in (string[])["completed", "failed", "expired", "active", "delayed"])
            Assert.Equal(AddOutcome.Duplicate, (await mq.Queue().AddAsync("work", null, new() { JobId = id })).Outcome);
        Assert.Equal(AddOutcome.Created, (await mq.Queue().AddAsync("work", null, new() { JobId = "cancelled" })).Outcome);
        Assert.Equal(AddOutcome.Duplicate, (await mq.Queue("graves").AddAsync("work", null, new() { JobId = "buried" })).Outcome);
        JobHandle throttled = await mq.Queue("windows").AddAsync("work", null, new() { Deduplication = Deduplication.Throttle("throttle", TimeSpan.FromHours(1)) });
        Assert.Equal(AddOutcome.Deduplicated, throttled.Outcome);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_kept_file_is_worked_to_the_end(string file)
    {
        await using IJobStore store = await OpenCopyAsync(file);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.Advance(TimeSpan.FromDays(1));
        await driver.Resume("paused");
        var ran = new Ledger();

        await using (AsyncMQHost mq = await driver.Start(mq => mq
            .AddHandler("work", ran.Note)
            .AddHandler("unheard-of", ran.Note)
            .Configure(options => (options.Lease, options.Retention) = (TimeSpan.FromSeconds(1), RetentionPolicy.Forever))
            .AddWorker(worker => worker.Queue("default").Queue("parking").Queue("paused").Queue("windows"))))
        {
            await Clients.Until(async () =>
            {
                foreach (string queue in await mq.Client.GetQueuesAsync())
                {
                    if (await mq.Queue(queue).GetJobCountAsync([JobState.Waiting, JobState.WaitingChildren, JobState.Active, JobState.Delayed]) > 0)
                        return false;
                }

                return true;
            });
            Assert.Equal(JobState.Cancelled, await mq.Queue().GetJobStateAsync("stopping"));
            JobInfo recovered = await mq.Get(new("default", "active"));
            Assert.Equal((JobState.Completed, 1), (recovered.State, recovered.Stalls));
        }

        bool hasDeferred = file is "layout-1.5.db";
        bool hasKeys = hasDeferred || file is "layout-1.3.db" or "layout-1.4.db";
        string[] links = hasKeys || file == "layout-1.2.db" ? ["dependent", "flow-1", "flow-2"] : [];
        string[] keyed = hasKeys ? ["keyed-1", "keyed-2"] : [];
        string[] deferred = hasDeferred ? ["deferred"] : [];
        string[] all = [.. links, .. keyed, .. deferred, "active", "delayed", "kept", "limited", "owner", "parked", "resting", "urgent", "waiting-1", "waiting-2"];
        Assert.Equal(all.Order(StringComparer.Ordinal), ran.Started.Order(StringComparer.Ordinal));
        Assert.Empty(await store.AuditAsync(default));
    }

    private static Task<IJobStore> OpenCopyAsync(string file)
    {
        string copy = SqliteStores.NewPath();
        File.Copy(Path.Combine(Folder, file), copy);
        return SqliteStores.OpenAsync(copy);
    }
}
