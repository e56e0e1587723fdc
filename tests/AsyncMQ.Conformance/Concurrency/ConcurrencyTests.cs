namespace AsyncMQ.Conformance;

/// <summary>Many producers and workers at once, on real threads. Invariants 2, 4, 5; survey I-4, I-15, I-16.</summary>
public abstract class ConcurrencyTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private const int Producers = 16;
    private const int Claimers = 8;

    [Fact]
    public async Task Of_sixteen_concurrent_adds_of_one_id_one_is_created()
    {
        StoreDriver[] producers = await Drivers(Producers);
        for (int round = 0; round < 20; round++)
        {
            AddedJob[] added = await AtOnce(Producers, i => producers[i].Add(Job($"id-{round}").WithCustomId()));

            Assert.Equal(1, added.Count(job => job.Outcome == AddOutcome.Created));
            Assert.Equal(Producers - 1, added.Count(job => job.Outcome == AddOutcome.Duplicate));
        }

        Assert.Equal(20, await Store.Count(JobState.Waiting));
    }

    [Fact]
    public async Task Of_sixteen_concurrent_adds_of_one_deduplication_id_one_is_created_and_all_name_it()
    {
        StoreDriver[] producers = await Drivers(Producers);
        for (int round = 0; round < 20; round++)
        {
            AddedJob[] added = await AtOnce(Producers, i => producers[i].Add(Job($"job-{round}-{i}").Deduplicated($"d-{round}")));

            AddedJob owner = Assert.Single(added, job => job.Outcome == AddOutcome.Created);
            Assert.All(added, job => Assert.Equal(owner.Id, job.Id));
            Assert.Equal(owner.Id, await Store.OwnerOf($"d-{round}"));
        }

        Assert.Equal(20, await Store.Count(JobState.Waiting));
    }

    [Fact]
    public async Task Of_concurrent_debounced_adds_one_job_is_left()
    {
        StoreDriver[] producers = await Drivers(Producers);

        AddedJob[] added = await AtOnce(Producers, i =>
            producers[i].Add(Job($"job-{i}").Delayed(1.Hours()).Deduplicated(Deduplication.Debounce("d", 1.Hours()))));

        Assert.Equal(1, added.Count(job => job.Outcome == AddOutcome.Created));
        Assert.Equal(Producers - 1, added.Count(job => job.Outcome == AddOutcome.Replaced));
        Assert.Equal(await Store.OwnerOf("d"), Assert.Single(await Store.Page(JobState.Delayed)));
    }

    [Fact]
    public async Task Each_job_is_claimed_by_one_of_eight_concurrent_claimers()
    {
        string[] ids = [.. Enumerable.Range(0, 1_000).Select(i => $"job-{i}")];
        await Store.AddBulk(Batch(ids));
        Worker[] workers = await Workers(Claimers);

        List<string>[] seen = await AtOnce(Claimers, async i =>
        {
            List<string> mine = [];
            while (await workers[i].Claim(7) is { Count: > 0 } claimed)
            {
                mine.AddRange(claimed.Ids());
                IReadOnlyList<SettleOutcome> outcomes =
                    await workers[i].SettleAll([.. claimed.Select(job => Worker.Settlement(job, SettlementKind.Complete))]);
                Assert.All(outcomes, outcome => Assert.Equal(SettleOutcome.Applied, outcome));
            }

            return mine;
        });

        Assert.Equal(ids.Order(StringComparer.Ordinal), seen.SelectMany(mine => mine).Order(StringComparer.Ordinal));
        Assert.Equal(1_000, await Store.Count(JobState.Completed));
    }

    [Fact]
    public async Task Producers_and_workers_at_once_lose_nothing_and_run_nothing_twice()
    {
        const int perProducer = 100;
        StoreDriver[] producers = await Drivers(4);
        Worker[] workers = await Workers(4);
        int left = producers.Length * perProducer;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(Patience);

        List<string>[] done = await AtOnce(8, async i =>
        {
            List<string> mine = [];
            for (int n = 0; i < 4 && n < perProducer; n++)
                Assert.Equal(AddOutcome.Created, (await producers[i].Add(Job($"job-{i}-{n}").WithPriority(n % 3))).Outcome);
            while (i >= 4 && Volatile.Read(ref left) > 0)
            {
                deadline.Token.ThrowIfCancellationRequested();
                foreach (ClaimedJob job in await workers[i - 4].Claim(3))
                {
                    SettlementKind kind = (job.Attempt, job.Ref.Id[^1]) is (1, '7') ? SettlementKind.Retry : SettlementKind.Complete;
                    Assert.Equal(SettleOutcome.Applied, await workers[i - 4].Settle(Worker.Settlement(job, kind)));
                    if (kind == SettlementKind.Retry)
                        continue;
                    mine.Add(job.Ref.Id);
                    Interlocked.Decrement(ref left);
                }

                await Task.Yield();
            }

            return mine;
        });

        string[] all = [.. done.SelectMany(mine => mine)];
        Assert.Equal(4 * perProducer, all.Length);
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Equal(all.Length, await Store.Count(JobState.Completed));
    }

    [Fact]
    public async Task Of_concurrent_recoveries_each_claim_is_taken_back_once()
    {
        await Store.AddBulk(Batch(Enumerable.Range(0, 200).Select(i => $"job-{i}")));
        Worker doomed = await Store.OpenWorker("doomed");
        Worker[] workers = await Workers(Claimers);
        await doomed.Claim(200);
        await Store.Pass(16.Seconds(), workers);

        RecoverReply[] replies = await AtOnce(Claimers, i => workers[i].Recover());

        Assert.Equal(200, replies.Sum(reply => reply.Jobs.Count));
        Assert.Equal(["doomed"], replies.SelectMany(reply => reply.DeadSessions));
        Assert.Equal(200, await Store.Count(JobState.Waiting));
        Assert.Equal(1, (await Store.Get("job-7")).Stalls);
    }

    [Fact]
    public async Task A_settlement_and_a_cancellation_at_once_agree_on_the_end()
    {
        string[] ids = [.. Enumerable.Range(0, 100).Select(i => $"job-{i}")];
        await Store.AddBulk(Batch(ids));
        Worker worker = await Store.OpenWorker();
        IReadOnlyList<ClaimedJob> jobs = await worker.Claim(100);

        foreach (ClaimedJob job in jobs)
        {
            Task<SettleOutcome> settle = Task.Run(() => worker.Complete(job));
            Task<JobChangeReply> cancel = Task.Run(() => Store.Do(JobCommand.Cancel, job.Ref.Id));
            await Task.WhenAll(settle, cancel);

            (SettleOutcome, JobChangeOutcome, JobState?) end = (await settle, (await cancel).Outcome, await Store.StateOf(job.Ref.Id));
            Assert.True(
                end is (SettleOutcome.Applied, JobChangeOutcome.WrongState, JobState.Completed)
                    or (SettleOutcome.Cancelled, JobChangeOutcome.Requested, JobState.Cancelled),
                $"{end}");
        }
    }

    /// <summary>A pool of fewer connections or threads than callers must make them wait, not lock up. Reference behaviour K-06.</summary>
    [Fact]
    public async Task Two_hundred_sessions_may_call_at_once()
    {
        StoreDriver[] producers = await Drivers(200);

        AddedJob[] added = await AtOnce(200, i => producers[i].Add(Job($"job-{i}").WithCustomId().Deduplicated($"d-{i % 50}")));

        Assert.Equal(50, added.Count(job => job.Outcome == AddOutcome.Created));
        Assert.Equal(50, await Store.Count(JobState.Waiting));
    }

    private async Task<Worker[]> Workers(int count)
    {
        var workers = new Worker[count];
        for (int i = 0; i < count; i++)
            workers[i] = await Store.OpenWorker($"worker-{i}");
        return workers;
    }
}
