using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance.Events;

/// <summary>Events as their readers meet them: with real workers, and readers that are slow, late, or gone.</summary>
public abstract class EventStreamTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_stream_tells_of_everything_after_it_was_opened()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", async (context, token) =>
        {
            await context.ReportProgressAsync(50, "half", token);
            await context.LogAsync("a line", token);
        }).AddSleepyWorker());
        await using JobEventStream events = await mq.Client.SubscribeAsync(new() { Queue = DefaultQueue });

        await mq.Queue().AddAsync("work", null, new() { JobId = "a" });

        JobEvent[] told = await Take(events, 6);
        Assert.Equal(
            [typeof(JobEvent.Added), typeof(JobEvent.Started), typeof(JobEvent.Progressed), typeof(JobEvent.Logged), typeof(JobEvent.Completed), typeof(JobEvent.QueueDrained)],
            told.Select(e => e.GetType()).Distinct());
        Assert.All(told.OfType<JobEvent.OfJob>(), e => Assert.Equal((new JobRef(DefaultQueue, "a"), "work"), (e.Job, e.Name)));
        Assert.Equal(new JobProgress(50, "half"), told.OfType<JobEvent.Progressed>().Last().Progress);
        Assert.Equal("a line", told.OfType<JobEvent.Logged>().Last().Line);
    }

    [Fact]
    public async Task Failures_tell_why_and_when_they_are_tried_again()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (_, _) => throw new InvalidOperationException("no such luck")).AddSleepyWorker());
        await using JobEventStream events = await mq.Client.SubscribeAsync(new() { Kinds = JobEventKinds.Retrying | JobEventKinds.Failed | JobEventKinds.Promoted });

        await mq.Queue().AddAsync("work", null, new() { Retries = 1, Backoff = Backoff.Fixed(1.Milliseconds()) });

        JobEvent[] told = await Take(events, 3);
        var retrying = Assert.IsType<JobEvent.Retrying>(told[0]);
        Assert.Equal((JobState.Delayed, false, 1), (retrying.State, retrying.IsManual, retrying.Attempt));
        Assert.Equal("no such luck", retrying.Error!.Message);
        Assert.True(retrying.DueAt > retrying.At);
        Assert.IsType<JobEvent.Promoted>(told[1]);
        var failed = Assert.IsType<JobEvent.Failed>(told[2]);
        Assert.Equal(("no such luck", 2), (failed.Error!.Message, failed.Attempt));
    }

    [Fact]
    public async Task Workers_are_told_when_they_come_and_go()
    {
        await using AsyncMQHost mq = Store.Host();
        await using JobEventStream events = await mq.Client.SubscribeAsync(new() { Kinds = JobEventKinds.OfWorkers });

        await using (await Store.Start(mq => mq.AddHandler("work", (_, _) => Task.CompletedTask).AddSleepyWorker()))
        {
        }

        JobEvent[] told = await Take(events, 2);
        var up = Assert.IsType<JobEvent.WorkerUp>(told[0]);
        var down = Assert.IsType<JobEvent.WorkerDown>(told[1]);
        Assert.Equal((up.SessionId, up.Worker, false), (down.SessionId, down.Worker, down.IsLost));
    }

    [Fact]
    public async Task A_reader_that_falls_behind_is_told_how_many_it_missed_and_where()
    {
        await using AsyncMQHost mq = Store.Host();
        await using JobEventStream slow = await mq.Client.SubscribeAsync(new() { Kinds = JobEventKinds.Added, Buffer = 10 });
        await using JobEventStream quick = await mq.Client.SubscribeAsync(new() { Kinds = JobEventKinds.Added, Buffer = 1_000 });

        await Add(mq, 0, 25);
        await Take(quick, 25);
        JobEvent[] first = await Take(slow, 11);
        await Add(mq, 25, 5);
        JobEvent[] then = await Take(slow, 5);

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"j{i}"), Ids(first));
        Assert.Equal(15, Assert.IsType<JobEvent.Missed>(first[10]).Count);
        Assert.Equal(Enumerable.Range(25, 5).Select(i => $"j{i}"), Ids(then));
    }

    [Fact]
    public async Task What_a_reader_missed_is_told_before_what_comes_after()
    {
        await using AsyncMQHost mq = Store.Host();
        await using JobEventStream slow = await mq.Client.SubscribeAsync(new() { Kinds = JobEventKinds.Added, Buffer = 2 });
        await using JobEventStream quick = await mq.Client.SubscribeAsync(new() { Kinds = JobEventKinds.Added });

        await Add(mq, 0, 5);
        await Take(quick, 5);
        await Take(slow, 1);
        await Add(mq, 5, 1);
        await Take(quick, 1);

        JobEvent[] rest = await Take(slow, 3);
        Assert.Equal(["j1", "j5"], Ids(rest));
        Assert.Equal(3, Assert.IsType<JobEvent.Missed>(rest[1]).Count);
    }

    [Fact]
    public async Task Each_reader_gets_what_its_own_filter_lets_through()
    {
        await using AsyncMQHost mq = Store.Host();
        await using JobEventStream one = await mq.Client.SubscribeAsync(new() { Job = new(DefaultQueue, "a") });
        await using JobEventStream queue = await mq.Client.SubscribeAsync(new() { Queue = "other" });
        await using JobEventStream all = await mq.Client.SubscribeAsync();

        await mq.Queue().AddAsync("work", null, new() { JobId = "a" });
        await mq.Queue().AddAsync("work", null, new() { JobId = "b" });
        await mq.Queue("other").AddAsync("work", null, new() { JobId = "a" });
        await mq.Queue("other").PauseAsync();
        await mq.Queue().RemoveJobAsync("a");
        await mq.Queue("other").ResumeAsync();

        Assert.Equal(["Added", "Removed"], (await Take(one, 2)).Select(e => $"{e.Kind}"));
        Assert.Equal(["Added", "QueuePaused", "QueueResumed"], (await Take(queue, 3)).Select(e => $"{e.Kind}"));
        Assert.Equal(6, (await Take(all, 6)).Length);
    }

    [Fact]
    public async Task A_late_reader_hears_nothing_of_what_was_before()
    {
        await using AsyncMQHost mq = Store.Host();
        await using JobEventStream early = await mq.Client.SubscribeAsync();
        await Add(mq, 0, 50);
        await using JobEventStream late = await mq.Client.SubscribeAsync();
        await Add(mq, 50, 1);

        Assert.Equal(["j50"], Ids(await Take(late, 1)));
        Assert.Equal(51, (await Take(early, 51)).Length);
    }

    [Fact]
    public async Task A_reader_that_comes_while_others_read_misses_nothing_and_hears_nothing_twice()
    {
        await using AsyncMQHost mq = Store.Host();
        await using JobEventStream first = await mq.Client.SubscribeAsync(new() { Kinds = JobEventKinds.Added, Buffer = 10_000 });
        Task adding = Task.Run(() => Add(mq, 0, 400), Cancellation);
        var readers = new List<(JobEventStream Stream, int From)>();
        for (int i = 0; i < 20; i++)
        {
            JobEventStream stream = await mq.Client.SubscribeAsync(new() { Kinds = JobEventKinds.Added, Buffer = 10_000 });
            readers.Add((stream, i));
        }

        await adding;
        await mq.Queue().AddAsync("work", null, new() { JobId = "end" });

        foreach ((JobEventStream stream, _) in readers)
        {
            await using (stream)
            {
                string[] heard = Ids(await Take(stream, e => e is JobEvent.Added { Job.Id: "end" }));
                int begin = heard.Length == 1 ? 400 : int.Parse(heard[0].AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
                Assert.Equal([.. Enumerable.Range(begin, 400 - begin).Select(i => $"j{i}"), "end"], heard);
            }
        }
    }

    [Fact]
    public async Task Another_process_hears_of_it_too()
    {
        await using AsyncMQHost mq = Store.Host();
        await using AsyncMQHost other = Store.Host();
        await using JobEventStream events = await other.Client.SubscribeAsync(new() { Kinds = JobEventKinds.Added });

        await Add(mq, 0, 3);

        Assert.Equal(["j0", "j1", "j2"], Ids(await Take(events, 3)));
    }

    [Fact]
    public async Task The_loop_ends_when_the_stream_is_disposed_and_when_its_host_is()
    {
        AsyncMQHost mq = Store.Host();
        JobEventStream one = await mq.Client.SubscribeAsync(), other = await mq.Client.SubscribeAsync();
        Task<JobEvent[]> reading = Take(one, 5), readingOther = Take(other, 5);

        await one.DisposeAsync();
        Assert.Empty(await reading.WaitAsync(Patience, Cancellation));
        Assert.False(readingOther.IsCompleted);
        await mq.DisposeAsync();
        Assert.Empty(await readingOther.WaitAsync(Patience, Cancellation));
        await one.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => mq.Client.SubscribeAsync());
    }

    [Fact]
    public async Task The_subscription_ends_with_its_last_reader()
    {
        await using AsyncMQHost mq = Store.Host();
        await (await mq.Client.SubscribeAsync()).DisposeAsync();

        // Nobody is interested any more when an add leaves nothing.
        int i = 0;
        await Clients.Until(async () =>
        {
            long before = (await Store.Store.ReadEventsAsync(long.MaxValue, 1, default)).First;
            await Store.Add(Job($"{i++}"));
            return (await Store.Store.ReadEventsAsync(long.MaxValue, 1, default)).First == before;
        });
        await using JobEventStream again = await mq.Client.SubscribeAsync();
        await Store.Add(Job("last"));
        Assert.Equal(["last"], Ids(await Take(again, 1)));
    }

    [Fact]
    public async Task The_subscription_of_a_host_ends_with_it()
    {
        AsyncMQHost mq = Store.Host();
        await mq.Client.SubscribeAsync();
        long from = (await Store.Store.ReadEventsAsync(long.MaxValue, 1, default)).First;

        await mq.DisposeAsync();
        await Store.Add(Job("a"));

        Assert.Equal(from, (await Store.Store.ReadEventsAsync(long.MaxValue, 1, default)).First);
    }

    [Fact]
    public async Task A_stream_has_one_reader_at_a_time_and_goes_on_where_the_last_one_stopped()
    {
        await using AsyncMQHost mq = Store.Host();
        await using JobEventStream events = await mq.Client.SubscribeAsync();
        await Add(mq, 0, 3);

        Assert.Equal(["j0"], Ids(await Take(events, 1)));
        Assert.Equal(["j1", "j2"], Ids(await Take(events, 2)));
        Task<JobEvent[]> reading = Take(events, 1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Take(events, 1));
        await Add(mq, 3, 1);
        Assert.Equal(["j3"], Ids(await reading));
    }

    [Fact]
    public async Task A_cancelled_wait_ends_the_loop_and_not_the_stream()
    {
        await using AsyncMQHost mq = Store.Host();
        await using JobEventStream events = await mq.Client.SubscribeAsync();
        using var cancelled = new CancellationTokenSource();
        Task<JobEvent[]> reading = Take(events, _ => false, cancelled.Token);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await Add(mq, 0, 1);
        Assert.Equal(["j0"], Ids(await Take(events, 1)));
    }

    [Fact]
    public async Task Readers_go_on_after_the_store_was_away()
    {
        var line = new Line(Store.Store);
        await using AsyncMQHost mq = Store.Host(line);
        await using JobEventStream events = await mq.Client.SubscribeAsync();
        line.IsDown = true;
        await Store.Add(Job("a"));
        await Clients.Until(() => Task.FromResult(line.Failures > 2));
        line.IsDown = false;

        Assert.Equal(["a"], Ids(await Take(events, 1)));
    }

    [Fact]
    public async Task A_process_that_fell_behind_the_journal_tells_its_readers_how_much_is_gone()
    {
        const int jobs = 12_000;
        var line = new Line(Store.Store);
        await using AsyncMQHost mq = Store.Host(line);
        await using JobEventStream events = await mq.Client.SubscribeAsync(new() { Kinds = JobEventKinds.Added, Buffer = 100_000 });
        line.IsDown = true;
        for (int i = 0; i < jobs; i += 1_000)
            await Store.AddBulk(Batch(Enumerable.Range(i, 1_000).Select(j => $"j{j}")));
        line.IsDown = false;

        JobEvent[] told = await Take(events, e => e is JobEvent.Added { Job.Id: "j11999" });
        long gone = Assert.IsType<JobEvent.Missed>(told[0]).Count!.Value;
        Assert.Equal(jobs, gone + told.Length - 1);
        Assert.Equal($"j{gone}", Ids(told)[0]);
    }

    [Fact]
    public async Task A_subscription_that_ran_out_is_told_as_a_gap_of_unknown_size()
    {
        var line = new Line(Store.Store) { HasRunOut = false };
        await using AsyncMQHost mq = Store.Host(line);
        await using JobEventStream events = await mq.Client.SubscribeAsync(new() { Kinds = JobEventKinds.Added });
        await Add(mq, 0, 1);
        Assert.Equal(["j0"], Ids(await Take(events, 1)));
        line.HasRunOut = true;
        await using JobEventStream other = await mq.Client.SubscribeAsync(new() { Kinds = JobEventKinds.Added });
        line.HasRunOut = false;
        await Add(mq, 1, 1);

        JobEvent[] told = await Take(events, 2);
        Assert.Null(Assert.IsType<JobEvent.Missed>(told[0]).Count);
        Assert.Equal(["j1"], Ids(told));
        Assert.Equal(["j1"], Ids(await Take(other, 1)));
    }

    private static async Task Add(AsyncMQHost mq, int from, int count)
    {
        for (int i = from; i < from + count; i++)
            await mq.Queue().AddAsync("work", null, new() { JobId = $"j{i}" });
    }

    private static Task<JobEvent[]> Take(JobEventStream events, int count) => Take(events, _ => --count == 0);

    private static async Task<JobEvent[]> Take(JobEventStream events, Func<JobEvent, bool> isLast, CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation, cancellationToken);
        patience.CancelAfter(Patience);
        List<JobEvent> taken = [];
        await foreach (JobEvent e in events.WithCancellation(patience.Token))
        {
            taken.Add(e);
            if (isLast(e))
                break;
        }

        return [.. taken];
    }

    private static string[] Ids(IEnumerable<JobEvent> events) => [.. events.OfType<JobEvent.OfJob>().Select(e => e.Job.Id)];

    /// <summary>A store whose journal cannot be read now and then, and whose subscriptions run out.</summary>
    private sealed class Line(IJobStore store) : BorrowedStore(store)
    {
        private int failures;

        public bool IsDown { get; set; }

        /// <summary>The store says that nobody has subscribed any more.</summary>
        public bool HasRunOut { get; set; }

        public int Failures => Volatile.Read(ref failures);

        public override ValueTask<EventPage> ReadEventsAsync(long from, int take, CancellationToken cancellationToken)
        {
            if (!IsDown)
                return base.ReadEventsAsync(from, take, cancellationToken);
            Interlocked.Increment(ref failures);
            throw new StoreException("The line to the store is down.");
        }

        public override async ValueTask<SubscribeReply> SubscribeAsync(EventSubscription subscription, CancellationToken cancellationToken)
        {
            SubscribeReply reply = await base.SubscribeAsync(subscription, cancellationToken);
            return HasRunOut ? reply with { WasHeld = false } : reply;
        }
    }
}
