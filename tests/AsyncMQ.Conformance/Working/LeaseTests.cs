using System.Diagnostics;

namespace AsyncMQ.Conformance.Working;

/// <summary>The lease of a worker process: kept while it lives, and what becomes of its jobs when it is lost.</summary>
public abstract class LeaseTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task The_lease_is_renewed_while_blocking_handlers_fill_the_thread_pool()
    {
        TimeSpan lease = 2.Seconds();
        using var release = new ManualResetEventSlim();
        long last = Stopwatch.GetTimestamp();
        TimeSpan longest = TimeSpan.Zero;
        int blocked = 0;
        var faulty = new FaultyStore(Store.Store)
        {
            OnRenewed = _ =>
            {
                longest = Stopwatch.GetElapsedTime(last) is var gap && gap > longest ? gap : longest;
                last = Stopwatch.GetTimestamp();
            },
        };
        await using AsyncMQHost mq = Store.Host(faulty, mq => mq
            .Configure(options => options.Lease = lease)
            .AddHandler("work", (_, _) =>
            {
                Interlocked.Increment(ref blocked);
                release.Wait(CancellationToken.None);
                return Task.CompletedTask;
            })
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 256));
        await mq.AddMany(256);

        // On a thread of its own: the pool is full.
        var opener = new Thread(() =>
        {
            SpinWait.SpinUntil(() => Volatile.Read(ref blocked) > 0, Patience);
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < 3 * lease)
                Thread.Sleep(50);
            release.Set();
        });
        opener.IsBackground = true;
        opener.Start();
        await mq.StartAsync();
        await Store.Until(256, JobState.Completed);
        opener.Join();

        Assert.True(longest < lease, $"Renewals were up to {longest} apart.");
        for (int i = 0; i < 256; i++)
            Assert.Equal((0, 1), (await Store.Get($"job-{i}")) is var record ? (record.Stalls, record.Attempt) : default);
    }

    [Fact]
    public async Task A_lost_session_is_told_to_the_handlers_and_the_worker_goes_on_with_another()
    {
        var gate = new Gate();
        var reason = new TaskCompletionSource<JobCancellationReason>();
        var lines = new LogLines();
        int runs = 0;
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .LogTo(lines)
            .Configure(options => options.Lease = 1.Seconds())
            .AddHandler("work", async (context, token) =>
            {
                if (Interlocked.Increment(ref runs) > 1)
                    return "second run";
                await gate.Pass(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                reason.SetResult(context.CancellationReason);
                return "late word";
            })
            .AddSleepyWorker());
        JobHandle job = await mq.Client.AddAsync("work");
        await gate.SomebodyWaits();
        SessionRecord lost = await Store.WorkerSession();

        await Store.Store.CloseAsync(lost.Info.Id, default);

        Assert.Equal(JobCancellationReason.LeaseLost, await reason.Task.WaitAsync(Patience));
        Assert.Equal("second run", (await job.Ends()).Get<string>());
        Assert.NotEqual(lost.Info.Id, (await Store.WorkerSession()).Info.Id);
        Assert.Equal(1, lines.Count(20));
        await (await mq.Client.AddAsync("work")).Ends();
    }

    [Fact]
    public async Task A_worker_that_could_not_renew_loses_its_jobs_and_its_late_word_changes_nothing()
    {
        var gate = new Gate();
        var reason = new TaskCompletionSource<JobCancellationReason>();
        var faulty = new FaultyStore(Store.Store);
        await using AsyncMQHost silent = await Store.Start(faulty, mq => mq
            .AddHandler("work", async (context, token) =>
            {
                await gate.PassWithoutHeed();
                await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                reason.SetResult(context.CancellationReason);
                return "late word";
            })
            .AddSleepyWorker());
        JobHandle job = await silent.Client.AddAsync("work");
        await gate.SomebodyWaits();

        faulty.Break(Fault.Fails);
        Worker other = await Store.OpenWorker("other");
        await Store.Pass(20.Seconds(), other);
        RecoveredJob recovered = Assert.Single((await Store.Recover()).Jobs);
        ClaimedJob claim = await other.ClaimOne();
        faulty.Heal();
        gate.Open();
        Assert.Equal(JobCancellationReason.LeaseLost, await reason.Task.WaitAsync(Patience));
        await other.Complete(claim, "\"by the other\"");

        Assert.Equal((JobState.Waiting, 1), (recovered.State, recovered.Stalls));
        Assert.Equal("by the other", (await job.Ends()).Get<string>());
        JobRecord record = await Store.Get(job.Id);
        Assert.Equal((1, 1), (record.Attempt, record.Stalls));
        await Clients.Until(async () => (await Store.Store.SessionsAsync(default)).Count == 2); // other, and the new one
        await other.Close();
    }

    [Fact]
    public async Task The_jobs_of_a_process_that_died_run_in_another()
    {
        Worker dying = await Store.OpenWorker("dying", lease: 1.Seconds());
        await Store.AddBulk(Batch("a", "b", "c"));
        Assert.Equal(3, (await dying.Claim(3)).Count);

        var stalls = new System.Collections.Concurrent.ConcurrentBag<int>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.Lease = 2.Seconds())
            .AddHandler("work", (context, _) =>
            {
                stalls.Add(context.Stalls);
                return Task.CompletedTask;
            })
            .AddSleepyWorker());

        await Store.Until(3, JobState.Completed);
        Assert.Equal([1, 1, 1], stalls);
        Assert.Equal([AttemptOutcome.Stalled], (await Store.Get("a")).Attempts.Select(attempt => attempt.Outcome));
    }

    [Fact]
    public async Task A_job_that_kills_its_worker_again_and_again_fails_with_the_reason()
    {
        var lines = new LogLines();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .LogTo(lines)
            .Configure(options => (options.Lease, options.MaxStalls) = (1.Seconds(), 3))
            .AddHandler("other", (_, _) => Task.CompletedTask)
            .AddWorker("other"));
        await Store.Add(Job("killer"));
        for (int death = 1; death <= 4; death++)
        {
            Worker dying = await Store.OpenWorker($"dying {death}", lease: 500.Milliseconds());
            await dying.ClaimOne();
            await Clients.Until(async () => (await Store.Get("killer")).Stalls == death);
        }

        JobInfo info = await mq.Get(new(DefaultQueue, "killer"));
        Assert.Equal(JobState.Failed, info.State);
        Assert.Equal("Stalled", info.Error!.Type);
        Assert.Equal(4, info.Attempts.Count(attempt => attempt.Outcome == AttemptOutcome.Stalled));
        await Hosts.Until(() => lines.Count(24) == 1); // said after it is done
    }

    [Fact]
    public async Task A_queues_own_limit_of_stalls_counts()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.Lease = 1.Seconds())
            .AddQueue(DefaultQueue, queue => queue.MaxStalls = 0)
            .AddHandler("other", (_, _) => Task.CompletedTask)
            .AddWorker("other"));
        await Store.Add(Job("killer"));
        Worker dying = await Store.OpenWorker("dying", lease: 500.Milliseconds());

        await dying.ClaimOne();

        await Store.Until(new(DefaultQueue, "killer"), JobState.Failed);
    }

    [Fact]
    public async Task Claims_of_which_the_process_never_heard_go_back_to_the_queue()
    {
        int swallowed = 0;
        var ran = new Ledger();
        var faulty = new FaultyStore(Store.Store);
        faulty.Rewrite = reply =>
        {
            if (reply.Claimed.Count == 0 || Interlocked.Exchange(ref swallowed, reply.Claimed.Count) > 0)
                return reply;
            return reply with { Claimed = [] };
        };
        await using AsyncMQHost mq = await Store.Start(faulty, mq => mq
            .Configure(options => options.Lease = 1.Seconds())
            .AddHandler("work", ran.Note)
            .AddWorker(DefaultQueue, worker => worker.PollInterval = 100.Milliseconds()));

        JobHandle job = await mq.Client.AddAsync("work");
        await job.Ends();

        Assert.Equal(1, swallowed);
        Assert.Equal([job.Id], ran.Started);
        JobRecord record = await Store.Get(job.Id);
        Assert.Equal((1, 0), (record.Attempt, record.Stalls));
    }

    [Fact]
    public async Task A_handler_that_says_nothing_learns_that_its_job_was_removed()
    {
        var gate = new Gate();
        var reason = new TaskCompletionSource<JobCancellationReason>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.Lease = 1.Seconds())
            .AddHandler("work", async (context, token) =>
            {
                await gate.Pass(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                reason.SetResult(context.CancellationReason);
            })
            .AddSleepyWorker());
        JobHandle job = await mq.Client.AddAsync("work");
        await gate.SomebodyWaits();

        await Store.Do(JobCommand.Remove, job.Id);

        Assert.Equal(JobCancellationReason.LeaseLost, await reason.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_new_session_that_dies_before_its_opening_was_answered_is_replaced_again()
    {
        var opened = new System.Collections.Concurrent.ConcurrentBag<SessionId>();
        int died = 0;
        var faulty = new FaultyStore(Store.Store);
        await using AsyncMQHost mq = await Store.Start(faulty, mq => mq
            .Configure(options => options.Lease = 1.Seconds())
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddSleepyWorker());
        faulty.OnOpened = async session =>
        {
            opened.Add(session.Id);
            if (Interlocked.Increment(ref died) > 1)
                return;
            await Store.Store.CloseAsync(session.Id, default);
            throw new StoreException("The reply was lost on its way.");
        };

        await Store.Store.CloseAsync((await Store.WorkerSession()).Info.Id, default);
        JobHandle job = await mq.Client.AddAsync("work");
        await job.Ends();

        Assert.True(opened.Distinct().Count() >= 2);
    }

    [Fact]
    public async Task Sessions_lost_again_and_again_under_load_lose_no_job()
    {
        var lines = new LogLines();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .LogTo(lines)
            .Configure(options => options.Lease = 1.Seconds())
            .AddHandler("work", (_, token) => Task.Delay(1, token))
            .AddWorker(DefaultQueue, worker => worker.PollInterval = TimeSpan.FromHours(1)));
        await mq.AddMany(1_000);

        for (int i = 0; i < 20; i++)
        {
            foreach (SessionRecord session in await Store.Store.SessionsAsync(default))
                await Store.Store.CloseAsync(session.Info.Id, default);
            await Clients.Until(async () => (await Store.Store.SessionsAsync(default)).Count > 0);
        }

        await Store.Until(1_000, JobState.Completed);
        Assert.InRange(lines.Count(20), 1, 20);
    }
}
