using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance.Scheduling;

/// <summary>Workers run repeatables: each due time once, whoever comes first, and in spite of those that cannot run. Source: R-07 … … R-15.</summary>
public abstract class RepeatableRunningTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private static readonly JobSpec Work = JobSpec.Of("work");

    [Fact]
    public async Task Each_due_time_runs_once_and_none_drifts()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Start(ran);
        DateTimeOffset first = (await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Minutes()), Work))!.Value;

        for (int i = 1; i <= 5; i++)
        {
            await Store.Advance(1.Minutes());
            await Clients.Until(async () => (await mq.Repeatable("r")).Runs == i);
        }

        IReadOnlyList<RepeatableRun> runs = await mq.Queue().GetRepeatableHistoryAsync("r");
        Assert.Equal(Enumerable.Range(0, 5).Select(i => first + i.Minutes()), runs.Reverse().Select(run => run.DueAt));
        await Store.Until(5, JobState.Completed);
        Assert.Equal(runs.Select(run => run.JobId).Order(StringComparer.Ordinal), ran.Started.Order(StringComparer.Ordinal));
        Assert.All(runs, run => Assert.True(run.At >= run.DueAt));
        RepeatableInfo info = await mq.Repeatable("r");
        Assert.Equal((first + 5.Minutes(), runs[0].JobId, runs[0].At), (info.Next, info.LastJobId, info.LastFiredAt));
    }

    [Fact]
    public async Task Its_jobs_have_the_options_that_it_was_given()
    {
        await using AsyncMQHost mq = await StartElsewhere();
        JobSpec job = JobSpec.Of("work", [1, "two"], new()
        {
            Priority = 2,
            Retries = 4,
            TimeToLive = 2.Hours(),
            Headers = new Dictionary<string, string> { ["h"] = "v" },
            Tags = ["t"],
            Deduplication = Deduplication.Simple("d"),
        });

        await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Days()) with { RunAtOnce = true }, job);
        await Store.Until(1, JobState.Waiting);

        JobInfo info = await mq.Get(new(DefaultQueue, (await mq.Repeatable("r")).LastJobId!));
        Assert.Equal(("r", "work", "[1,\"two\"]"), (info.RepeatableId, info.Name, info.Args.Text()));
        Assert.Equal((2, 4, "d", "v", "t"), (info.Priority, info.Retries, info.DeduplicationId, info.Headers["h"], Assert.Single(info.Tags)));
        Assert.Equal(info.AddedAt + 2.Hours(), info.ExpiresAt);
    }

    [Fact]
    public async Task A_job_that_another_stands_for_is_noted_and_does_not_count()
    {
        await using AsyncMQHost mq = await StartElsewhere();
        JobHandle owner = await mq.Client.AddAsync("work", null, new() { Deduplication = Deduplication.Simple("d") });

        await mq.Queue().UpsertRepeatableAsync(
            "r", Schedule.Every(1.Days()) with { RunAtOnce = true }, JobSpec.Of("work", null, new() { Deduplication = Deduplication.Simple("d") }));
        await Clients.Until(async () => (await mq.Queue().GetRepeatableHistoryAsync("r")).Count == 1);

        Assert.Equal([$"Deduplicated {owner.Id}"], await Store.History("r"));
        Assert.Equal(0, (await mq.Repeatable("r")).Runs);
    }

    [Fact]
    public async Task One_that_skips_overlaps_waits_for_the_end_of_its_last_job()
    {
        var ran = new Ledger();
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => Patient(mq)
            .AddHandler("work", (context, token) => ran.NoteWhile(context, () => gate.Pass(token)))
            .AddSleepyWorker());
        await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Minutes()) with { Overlap = OverlapPolicy.Skip, RunAtOnce = true }, Work);
        await gate.SomebodyWaits();

        await Store.Advance(1.Minutes());
        await Clients.Until(async () => (await Store.History("r")).Length == 2);
        Assert.Equal(["Added", "Overlapped"], await Outcomes(mq));

        gate.Open();
        await Store.Until(1, JobState.Completed);
        await Store.Advance(1.Minutes());
        await Clients.Until(async () => (await Store.History("r")).Length == 3);
        Assert.Equal(["Added", "Overlapped", "Added"], await Outcomes(mq));
        Assert.Equal(2, (await mq.Repeatable("r")).Runs);
    }

    [Theory]
    [InlineData(0, "Missed Missed Missed Missed Missed")]
    [InlineData(1, "Missed Missed Missed Missed Added")]
    [InlineData(3, "Missed Missed Added Added Added")]
    [InlineData(100, "Added Added Added Added Added")]
    public async Task What_was_missed_is_made_up_for_as_the_policy_says(int most, string expected)
    {
        await using AsyncMQHost client = Store.Host();
        MissedRuns missed = most switch { 0 => MissedRuns.Skip, 1 => MissedRuns.RunOnce, _ => MissedRuns.RunAll(most) };
        DateTimeOffset first = (await client.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()) with { Missed = missed }, Work))!.Value;
        await Store.Advance(330.Minutes());

        await using AsyncMQHost mq = await StartElsewhere();
        await Clients.Until(async () => (await client.Repeatable("r")).Next == first + 5.Hours());

        Assert.Equal(expected.Split(' '), await Outcomes(client));
        IReadOnlyList<RepeatableRun> runs = await client.Queue().GetRepeatableHistoryAsync("r");
        Assert.Equal(Enumerable.Range(0, 5).Select(i => first + i.Hours()), runs.Reverse().Select(run => run.DueAt));
        Assert.Equal(Math.Min(most, 5), await Store.Count(JobState.Waiting));
        Assert.All(runs, run => Assert.Equal(run.Outcome == OccurrenceOutcome.Added, run.JobId is not null));
    }

    [Fact]
    public async Task One_that_skips_what_was_missed_runs_what_is_in_time()
    {
        await using AsyncMQHost mq = await StartElsewhere();
        await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()) with { Missed = MissedRuns.Skip }, Work);

        await Store.Advance(1.Hours());

        await Clients.Until(async () => (await mq.Repeatable("r")).Runs == 1);
        Assert.Equal(["Added"], await Outcomes(mq));
    }

    [Fact]
    public async Task A_long_absence_leaves_the_latest_of_the_missed_in_the_history()
    {
        await using AsyncMQHost client = Store.Host();
        await client.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Seconds()), Work);
        await Store.Advance(3_650.Days());

        await using AsyncMQHost mq = await StartElsewhere();
        await Clients.Until(async () => (await client.Repeatable("r")).Runs >= 1);

        IReadOnlyList<RepeatableRun> runs = await client.Queue().GetRepeatableHistoryAsync("r");
        Assert.Equal(50, runs.Count);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => runs[0].DueAt - i.Seconds()), runs.Select(run => run.DueAt));
    }

    [Fact]
    public async Task After_its_most_runs_it_ends()
    {
        await using AsyncMQHost client = Store.Host();
        await client.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()) with { MaxRuns = 3, Missed = MissedRuns.RunAll(100) }, Work);
        await Store.Advance(10.Hours());

        await using AsyncMQHost mq = await StartElsewhere();
        await Clients.Until(async () => (await client.Repeatable("r")).Next is null);

        RepeatableInfo info = await client.Repeatable("r");
        Assert.Equal((3, 3), (info.Runs, await Store.Count(JobState.Waiting)));
        Assert.Empty(info.GetOccurrences(5));
    }

    [Fact]
    public async Task After_its_end_it_runs_no_more()
    {
        await using AsyncMQHost client = Store.Host();
        Schedule schedule = Schedule.Every(1.Hours()) with { End = await Store.From(150.Minutes()), Missed = MissedRuns.RunAll(100) };
        await client.Queue().UpsertRepeatableAsync("r", schedule, Work);
        await Store.Advance(10.Hours());

        await using AsyncMQHost mq = await StartElsewhere();
        await Clients.Until(async () => (await client.Repeatable("r")).Next is null);

        Assert.Equal(["Added", "Added"], await Outcomes(client));
    }

    [Fact]
    public async Task Jitter_delays_the_job_and_neither_its_id_nor_the_next_time()
    {
        await using AsyncMQHost client = Store.Host();
        DateTimeOffset first = (await client.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()) with { Jitter = 1_000.Days() }, Work))!.Value;
        await Store.Advance(1.Hours());

        await using AsyncMQHost mq = await StartElsewhere();
        await Store.Until(1, JobState.Delayed);

        JobInfo job = await client.Get(new(DefaultQueue, $"@r@{first.UtcDateTime:yyyyMMdd'T'HHmmss'.'fff'Z'}"));
        Assert.InRange(job.DueAt!.Value, job.AddedAt.AddTicks(1), job.AddedAt + 1_000.Days());
        RepeatableInfo info = await client.Repeatable("r");
        Assert.Equal((first + 1.Hours(), job.Id), (info.Next, info.LastJobId));
    }

    [Fact]
    public async Task One_that_cannot_be_read_is_told_once_and_stops_no_other()
    {
        var lines = new LogLines();
        var ran = new Ledger();
        for (int i = 0; i < 120; i++)
            await Store.Create(Schedule($"bad-{i}", await Store.From(-1.Hours())) with { Definition = Bytes(i % 2 == 0 ? "garbage" : """{"v":99}""") });
        await using AsyncMQHost mq = await Store.Start(mq => Patient(mq).LogTo(lines).AddHandler("work", ran.Note).AddSleepyWorker());

        await mq.Queue().UpsertRepeatableAsync("good", Schedule.Every(20.Milliseconds()) with { MaxRuns = 5 }, Work);
        await Store.Until(5, JobState.Completed);

        Assert.Equal(120, lines.Count(40));
        Assert.All(Enumerable.Range(0, 120), i => Assert.Single(lines.Of(40), line => line.Contains($"bad-{i} ", StringComparison.Ordinal)));
        Assert.Equal(120, (await Store.Due()).Schedules.Count);

        await mq.Queue().UpsertRepeatableAsync("bad-7", Schedule.Every(1.Hours()) with { RunAtOnce = true }, JobSpec.Of("work"));
        await Store.Advance(1.Hours());
        await Clients.Until(async () => (await mq.Repeatable("bad-7")).Runs == 1);
    }

    [Fact]
    public async Task Eight_processes_run_each_due_time_once()
    {
        const int Runs = 50;
        var ran = new Ledger();
        var hosts = new List<AsyncMQHost>();
        try
        {
            for (int i = 0; i < 8; i++)
                hosts.Add(await Start(ran));
            DateTimeOffset first = (await hosts[0].Queue().UpsertRepeatableAsync(
                "r", Schedule.Every(20.Milliseconds()) with { MaxRuns = Runs, Missed = MissedRuns.RunAll(1_000) }, Work))!.Value;

            await Store.Until(Runs, JobState.Completed);

            Assert.Equal((Runs, 0), (ran.Count, ran.Repeated.Length));
            IReadOnlyList<RepeatableRun> runs = await hosts[0].Queue().GetRepeatableHistoryAsync("r");
            Assert.Equal(Enumerable.Range(0, Runs).Select(i => first + (20 * i).Milliseconds()), runs.Reverse().Select(run => run.DueAt));
            Assert.All(runs, run => Assert.Equal(OccurrenceOutcome.Added, run.Outcome));
            Assert.Equal((Runs, null), (await hosts[0].Repeatable("r") is var info ? (info.Runs, info.Next) : default));
        }
        finally
        {
            foreach (AsyncMQHost host in hosts)
                await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task While_the_queue_is_paused_its_jobs_wait()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Start(ran);
        await mq.Queue().PauseAsync();
        await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Minutes()), Work);

        for (int i = 1; i <= 2; i++)
        {
            await Store.Advance(1.Minutes());
            await Store.Until(i, JobState.Waiting);
        }

        Assert.Equal(0, ran.Count);
        await mq.Queue().ResumeAsync();
        await Store.Until(2, JobState.Completed);
    }

    [Fact]
    public async Task Housekeeping_finds_what_a_lost_signal_should_have_told()
    {
        var calls = new ScheduleCalls(Store.Store) { IsDeaf = true };
        await using AsyncMQHost mq = await Store.Start(calls, mq => mq.AddHandler("other", (_, _) => Task.CompletedTask).AddSleepyWorker("elsewhere"));
        await Hosts.Until(() => calls.Looks > 0);

        await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Days()) with { RunAtOnce = true }, Work);

        await Store.Until(1, JobState.Waiting);
    }

    [Fact]
    public async Task Many_that_are_far_from_due_cost_nothing()
    {
        var ran = new Ledger();
        await using AsyncMQHost client = Store.Host();
        await client.Queue().UpsertRepeatableAsync("0", Schedule.Every(1.Days()), Work);
        ScheduleRecord one = await Store.GetSchedule("0");
        for (int i = 1; i < 1_000; i++)
            await Store.Create(Schedule($"{i}", one.Next + i.Milliseconds()) with { Definition = one.Definition });
        var calls = new ScheduleCalls(Store.Store);
        await using AsyncMQHost mq = await Store.Start(calls, mq => mq.AddHandler("work", ran.Note).AddSleepyWorker());
        await Hosts.Until(() => calls.Looks > 0);

        // Jobs come and go meanwhile, and housekeeping.
        int rounds = calls.Rounds + 2;
        for (int i = 1; i <= 20; i++)
            await (await mq.Client.AddAsync("work")).Ends();
        await Hosts.Until(() => calls.Rounds >= rounds);

        // A hint or two while it starts.
        Assert.InRange(calls.Looks, 1, 3);
        Assert.Equal(0, calls.Ticks);
    }

    private static AsyncMQBuilder Patient(AsyncMQBuilder mq) => mq.Configure(options => options.Lease = 1.Hours());

    // Jumps of the clock are not to cost a worker its lease.
    private Task<AsyncMQHost> Start(Ledger ran) => Store.Start(mq => Patient(mq).AddHandler("work", ran.Note).AddSleepyWorker());

    /// <summary>A process that works another queue, and so leaves the jobs of schedules where they are.</summary>
    private Task<AsyncMQHost> StartElsewhere() => Store.Start(mq => Patient(mq).AddHandler("other", (_, _) => Task.CompletedTask).AddSleepyWorker("elsewhere"));

    /// <summary>What became of the occurrences, oldest first.</summary>
    private static async Task<string[]> Outcomes(AsyncMQHost mq) => [.. (await mq.Queue().GetRepeatableHistoryAsync("r")).Reverse().Select(run => $"{run.Outcome}")];
}
