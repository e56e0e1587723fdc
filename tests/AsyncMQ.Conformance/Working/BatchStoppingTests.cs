using System.Collections.Concurrent;
using AsyncMQ.Conformance.Faults;
using static AsyncMQ.Conformance.Working.BatchSettings;

namespace AsyncMQ.Conformance.Working;

/// <summary>Batches of a worker that stops, and many of them under a store and handlers that fail: every job ends, and once.</summary>
public abstract class BatchStoppingTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_batch_that_waits_for_more_runs_at_once_when_its_worker_stops()
    {
        var ran = new BatchLog();
        var reads = new ReadCount();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddBatchHandler("work", ran.Complete, Full(5)).AddPayloadTransform(reads).AddWorker(DefaultQueue));
        await mq.AddMany(3);
        await Wait.UntilAsync("the worker holds all, which the store may say before it does", () => reads.Count == 3);

        await mq.StopAsync().WaitAsync(Patience);

        Assert.Equal(3, await Store.Count(JobState.Completed));
        Assert.Equal(3, ran.All.Sum(batch => batch.Length));
    }

    [Fact]
    public async Task The_jobs_of_a_batch_that_is_not_done_by_the_deadline_go_back_uncounted_but_for_what_was_decided()
    {
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddBatchHandler("work", async (batch, token) =>
            {
                batch.Single(item => item.Context.Id == "job-0").Complete();
                await gate.Pass(token);
            }, Full(3))
            .AddWorker(DefaultQueue, worker => worker.ShutdownTimeout = 50.Milliseconds()));
        await mq.AddMany(3);
        await gate.SomebodyWaits();

        await mq.StopAsync().WaitAsync(Patience);

        Assert.Equal(["job-0"], await Store.Page(JobState.Completed));
        Assert.Equal(["job-1", "job-2"], await Store.Page(JobState.Waiting));
        Assert.Equal((0, 0), (await Store.Get("job-1")) is var record ? (record.Attempt, record.Stalls) : default);
    }

    [Fact]
    public async Task A_batch_that_does_not_heed_its_token_is_abandoned_and_its_late_word_changes_nothing()
    {
        var gate = new Gate();
        var late = new TaskCompletionSource();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddBatchHandler("work", async (batch, _) =>
            {
                await gate.PassWithoutHeed();
                batch.CompleteRest();
                late.SetResult();
            }, Full(2))
            .AddWorker(DefaultQueue, worker => worker.ShutdownTimeout = TimeSpan.Zero));
        await mq.AddMany(2);
        await gate.SomebodyWaits();

        await mq.StopAsync().WaitAsync(Patience);
        gate.Open();
        await late.Task.WaitAsync(Patience);

        Assert.Equal(2, await Store.Count(JobState.Waiting));
    }

    [Fact]
    public async Task Of_many_jobs_that_fail_at_random_each_ends_once_and_their_sum_is_right()
    {
        const int Jobs = 600;
        var done = new ConcurrentDictionary<string, int>();
        int twice = 0, batches = 0;
        await using AsyncMQHost mq = Store.Host(mq => mq
            .AddBatchHandler<int>("work", async (batch, token) =>
            {
                var random = new Random(Interlocked.Increment(ref batches));
                await Task.Delay(random.Next(3), token);
                bool breaks = random.Next(6) == 0;
                foreach (BatchItem<JobArgs, int> item in batch)
                {
                    switch (random.Next(7))
                    {
                        case 0: item.Fail(new InvalidOperationException("at random")); break;
                        case 1: item.PutBack(); break;
                        case 2: break; // says nothing
                        case 3 when breaks: throw new IOException("half-way");
                        default:
                            if (!done.TryAdd(item.Context.Id, item.Job[0].GetInt32()))
                                Interlocked.Increment(ref twice);
                            item.Complete(item.Job[0].GetInt32());
                            break;
                    }
                }
            }, batch => (batch.Size, batch.Wait, batch.Retries, batch.Backoff) = (7, 5.Milliseconds(), 1_000, Backoff.None))
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 24)
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 10));
        await mq.AddMany(Jobs);

        // Stopped and started again on the way.
        while (done.Count < Jobs)
        {
            await mq.StartAsync();
            int before = done.Count;
            await Hosts.Until(() => done.Count > before + 150 || done.Count == Jobs);
            await mq.StopAsync().WaitAsync(Patience);
            Assert.Equal(0, await Store.Count(JobState.Active));
        }

        Assert.Equal(Jobs, await Store.Count(JobState.Completed));
        Assert.Equal(0, twice);
        Assert.Equal(Jobs * (Jobs - 1) / 2, done.Values.Sum());
        int stored = 0;
        for (int i = 0; i < Jobs; i++)
            stored += (await mq.Queue().GetJobResultAsync($"job-{i}"))!.Get<int>();
        Assert.Equal(done.Values.Sum(), stored);
    }

    [Fact]
    public async Task A_batch_survives_a_store_that_fails_meanwhile()
    {
        var gate = new Gate();
        var faulty = new FaultyStore(Store.Store);
        await using AsyncMQHost mq = await Store.Start(faulty, mq => mq
            .AddBatchHandler("work", async (batch, token) =>
            {
                await gate.Pass(token);
                batch.CompleteRest();
            }, Full(3))
            .AddWorker(DefaultQueue));
        IReadOnlyList<JobHandle> jobs = await mq.AddMany(3);
        await gate.SomebodyWaits();

        faulty.Break(Fault.Fails, StoreCall.Exchange);
        gate.Open();
        await Hosts.Until(() => faulty.Faults(StoreCall.Exchange) > 2);
        faulty.Heal();

        foreach (JobHandle job in jobs)
            await job.Ends();
        Assert.Equal(1, gate.Entered);
    }

    /// <summary>How many payloads were read: a worker does that when it begins with a job.</summary>
    private sealed class ReadCount : IPayloadTransform
    {
        private int count;

        public int Count => Volatile.Read(ref count);

        public ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> payload, in PayloadPlace place) => payload;

        public ReadOnlyMemory<byte> Read(ReadOnlyMemory<byte> stored, in PayloadPlace place)
        {
            Interlocked.Increment(ref count);
            return stored;
        }
    }
}
