namespace AsyncMQ.Conformance;

/// <summary>Hints pushed to this process: enough that nobody has to poll.</summary>
public abstract class WatchTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task An_add_wakes_those_who_wait_for_work()
    {
        using var ears = new Ears(Store.Store);
        await Store.Add(Job("a"));
        await ears.Hears(signal => IsWork(signal, DefaultQueue));
    }

    [Fact]
    public async Task A_resume_wakes_those_who_wait_for_work()
    {
        await Store.Add(Job("a"));
        await Store.Pause();
        using var ears = new Ears(Store.Store);
        await Store.Resume();
        await ears.Hears(signal => IsWork(signal, DefaultQueue));
    }

    [Fact]
    public async Task A_job_that_is_waiting_again_wakes_those_who_wait_for_work()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob job = await worker.ClaimOne();
        using var ears = new Ears(Store.Store);
        await worker.HandBack(job);
        await ears.Hears(signal => IsWork(signal, DefaultQueue));
    }

    [Theory]
    [InlineData(JobCommand.Retry, JobState.Failed)]
    [InlineData(JobCommand.Promote, JobState.Delayed)]
    public async Task A_command_that_makes_work_wakes_those_who_wait_for_it(JobCommand command, JobState state)
    {
        await Store.Bring("a", state);
        using var ears = new Ears(Store.Store);
        await Store.Do(command, "a");
        await ears.Hears(signal => IsWork(signal, DefaultQueue));
    }

    [Fact]
    public async Task An_earlier_due_time_wakes_those_who_sleep_until_a_later_one()
    {
        await Store.Add(Job("a").Delayed(2.Hours()));
        using var ears = new Ears(Store.Store);
        await Store.Add(Job("b").Delayed(1.Hours()));
        await ears.Hears(signal => IsWork(signal, DefaultQueue));
    }

    [Theory]
    [InlineData(SettlementKind.Complete)]
    [InlineData(SettlementKind.Fail)]
    public async Task The_end_of_a_watched_job_is_announced(SettlementKind kind)
    {
        await Store.Add(Job("a"));
        await Store.Do(JobCommand.Watch, "a");
        Worker worker = await Store.OpenWorker();
        ClaimedJob job = await worker.ClaimOne();
        using var ears = new Ears(Store.Store);
        await worker.Settle(Worker.Settlement(job, kind));
        await ears.Hears(signal => IsEnd(signal, "a"));
    }

    [Fact]
    public async Task A_watch_that_comes_while_the_job_runs_is_in_time()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob job = await worker.ClaimOne();
        await Store.Do(JobCommand.Watch, "a");
        using var ears = new Ears(Store.Store);
        await worker.Complete(job);
        await ears.Hears(signal => IsEnd(signal, "a"));
    }

    [Theory]
    [InlineData(JobCommand.Cancel)]
    [InlineData(JobCommand.Remove)]
    public async Task Cancelling_or_removing_a_watched_job_is_announced(JobCommand command)
    {
        await Store.Add(Job("a"));
        await Store.Do(JobCommand.Watch, "a");
        using var ears = new Ears(Store.Store);
        await Store.Do(command, "a");
        await ears.Hears(signal => IsEnd(signal, "a"));
    }

    [Fact]
    public async Task A_request_to_cancel_and_the_removal_of_a_running_job_are_mail_for_its_worker()
    {
        await Store.AddBulk(Batch("a", "b"));
        Worker worker = await Store.OpenWorker();
        await worker.Claim(2);
        using (var ears = new Ears(Store.Store))
        {
            await Store.Do(JobCommand.Cancel, "a");
            await ears.Hears(signal => IsMail(signal, worker.Id));
        }

        using (var ears = new Ears(Store.Store))
        {
            await Store.Do(JobCommand.Remove, "b");
            await ears.Hears(signal => IsMail(signal, worker.Id));
        }
    }

    [Fact]
    public async Task Moving_the_clock_wakes_everybody()
    {
        using var ears = new Ears(Store.Store);
        await Store.Advance(1.Hours());
        await ears.Hears(signal => signal.Kind == StoreSignalKind.Changed);
    }

    [Fact]
    public async Task An_observer_may_call_the_store()
    {
        using var called = new SemaphoreSlim(0);
        using IDisposable watch = Store.Store.Watch(signal =>
        {
            // A store that calls its observers under its lock would not come back from this.
            Task<QueueCounts> counts = Task.Run(async () => await Store.Store.CountAsync(DefaultQueue, default));
            if (counts.Wait(TimeSpan.FromSeconds(5)))
                called.Release();
        });

        await Store.Add(Job("a"));

        Assert.True(await called.WaitAsync(Patience, Cancellation));
    }

    [Fact]
    public async Task Who_stops_watching_hears_no_more_and_may_stop_twice()
    {
        var ears = new Ears(Store.Store);
        ears.Dispose();
        ears.Dispose();
        using var others = new Ears(Store.Store);

        await Store.Add(Job("a"));

        await others.Hears(signal => IsWork(signal, DefaultQueue));
        Assert.Empty(ears.Heard);
    }

    private static bool IsWork(StoreSignal signal, string queue) =>
        signal.Kind == StoreSignalKind.Changed || (signal.Kind == StoreSignalKind.Work && signal.Queue == queue);

    private static bool IsEnd(StoreSignal signal, string id) =>
        signal.Kind == StoreSignalKind.Changed || (signal is { Kind: StoreSignalKind.Ended, Queue: DefaultQueue } && signal.Id == id);

    private static bool IsMail(StoreSignal signal, SessionId session) =>
        signal.Kind == StoreSignalKind.Changed || (signal.Kind == StoreSignalKind.Mail && signal.Session == session);
}
