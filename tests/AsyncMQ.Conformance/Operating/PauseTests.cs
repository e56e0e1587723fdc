using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance.Operating;

/// <summary>A pause stops claims at once and everywhere, and nothing else; its end wakes workers at once. Source: P-01 … P-05.</summary>
public abstract class PauseTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    [Trait("reference", "P-01, P-02")]
    public async Task Adding_goes_on_running_jobs_finish_and_nothing_starts()
    {
        var gate = new Gate();
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (context, token) => ran.NoteWhile(context, () => gate.Pass(token)))
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 1));
        JobHandle running = await mq.Queue().AddAsync("work", null, new() { JobId = "running" });
        await gate.SomebodyWaits();
        await using AsyncMQHost other = Store.Host();

        await other.Queue().PauseAsync();
        await other.Queue().AddAsync("work", null, new() { JobId = "waiting" });
        gate.Open();

        Assert.Equal(JobState.Completed, (await running.Ends()).State);
        Assert.True(await mq.Queue().IsPausedAsync());
        Assert.Equal(JobState.Waiting, await mq.Queue().GetJobStateAsync("waiting"));
        Assert.Equal(["running"], ran.Started);
    }

    [Fact]
    [Trait("reference", "P-04")]
    public async Task Resuming_wakes_a_sleeping_worker_at_once()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", ran.Note).AddSleepyWorker());
        await (await mq.Queue().AddAsync("work")).Ends();
        await mq.Queue().PauseAsync();
        JobHandle job = await mq.Queue().AddAsync("work");

        await mq.Queue().ResumeAsync();

        Assert.Equal(JobState.Completed, (await job.Ends()).State);
    }

    [Fact]
    [Trait("reference", "P-05")]
    public async Task A_pause_for_a_time_says_who_and_why_and_ends_by_itself()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", ran.Note).AddSleepyWorker());
        await mq.Queue().PauseAsync(new() { By = "eva", Why = "the mail server is down", For = 1.Hours() });
        JobHandle job = await mq.Queue().AddAsync("work");

        PauseInfo? pause = (await mq.Queue().GetStatsAsync()).Pause;
        Assert.Equal(("eva", "the mail server is down"), (pause?.By, pause?.Why));
        Assert.Equal(1.Hours(), pause!.Until - pause.At);
        Assert.Equal(pause, Assert.Single(await Store.Store.QueuesAsync(Cancellation)).Pause);
        Assert.Equal(JobState.Waiting, await mq.Queue().GetJobStateAsync(job.Id));

        await Store.Advance(61.Minutes());

        Assert.Equal(JobState.Completed, (await job.Ends()).State);
        Assert.False(await mq.Queue().IsPausedAsync());
        Assert.Null((await mq.Queue().GetStatsAsync()).Pause);
    }

    [Fact]
    public async Task The_latest_word_stands_and_repeating_it_is_harmless()
    {
        await using AsyncMQHost mq = Store.Host();
        IJobQueue queue = mq.Queue();

        await queue.ResumeAsync();
        Assert.False(await queue.IsPausedAsync());
        await queue.PauseAsync(new() { For = 1.Hours() });
        await queue.PauseAsync();
        await Store.Advance(2.Hours());
        Assert.True(await queue.IsPausedAsync());
        await queue.PauseAsync(new() { For = 1.Hours() });
        await Store.Advance(2.Hours());
        Assert.False(await queue.IsPausedAsync());
        await queue.PauseAsync();
        await queue.ResumeAsync();
        await queue.ResumeAsync();
        Assert.False(await queue.IsPausedAsync());
    }

    [Fact]
    public async Task A_reason_that_is_too_long_is_cut()
    {
        await using AsyncMQHost mq = Store.Host();

        await mq.Queue().PauseAsync(new() { Why = string.Concat(Enumerable.Repeat("😴", 100_000)) });

        string why = (await mq.Queue().GetStatsAsync()).Pause!.Why!;
        Assert.Equal(string.Concat(Enumerable.Repeat("😴", 499)) + "…", why);
    }

    [Fact]
    public void A_reason_that_is_no_text_is_refused() => Assert.Throws<ArgumentException>(() => new QueuePause { By = "\uD800" });

    [Fact]
    public void A_pause_lasts_longer_than_nothing() => Assert.Throws<ArgumentOutOfRangeException>(() => new QueuePause { For = TimeSpan.Zero });
}
