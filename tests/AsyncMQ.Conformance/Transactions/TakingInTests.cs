using System.Data.Common;

namespace AsyncMQ.Conformance.Transactions;

/// <summary>Taking in what has committed: by bounded parts, once, and however many commit and work at the same time.</summary>
public abstract class TakingInTests(ITransactionalFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Many_groups_are_taken_in_by_bounded_steps_and_an_exchange_says_that_there_is_more()
    {
        Worker worker = await Store.OpenWorker();
        await fixture.Defer(Store, [.. Enumerable.Range(0, 2_500).Select(i => Job($"job-{i}").In("elsewhere"))]);

        List<TimeSpan?> next = [];
        for (int i = 0; i < 3; i++)
            next.Add((await worker.Exchange(Worker.ClaimOf(1))).NextWork);

        Assert.Equal([TimeSpan.Zero, TimeSpan.Zero, null], next);
        Assert.Equal(2_500, await Store.Count(JobState.Waiting, "elsewhere"));
    }

    [Fact]
    public async Task A_look_takes_in_no_more_than_a_step_does()
    {
        await fixture.Defer(Store, [.. Enumerable.Range(0, 2_500).Select(i => Job($"job-{i}"))]);

        Assert.Equal(1_000, await Store.Count(JobState.Waiting));
        Assert.Equal(2_000, await Store.Count(JobState.Waiting));
        Assert.Equal(2_500, await Store.Count(JobState.Waiting));
    }

    [Fact]
    public async Task A_group_that_is_larger_than_a_step_takes_in_comes_whole()
    {
        await fixture.DeferGroups(
            Store, new AddGroup([Job("first")]), new AddGroup(Batch(Enumerable.Range(0, 1_500).Select(i => $"job-{i}"))), new AddGroup([Job("last")]));

        List<long> counts = [];
        while (await Store.Count(JobState.Waiting) is var count && counts.LastOrDefault() != count)
            counts.Add(count);

        Assert.All(counts, count => Assert.Contains(count, (long[])[1, 1_501, 1_502]));
        Assert.Equal(1_502, counts[^1]);
    }

    [Fact]
    public async Task A_step_that_took_in_is_answered_alike_when_it_is_sent_again()
    {
        Worker worker = await Store.OpenWorker();
        await fixture.Defer(Store, Job("a"), Job("b"));
        ExchangeStep step = Worker.ClaimOf(1) with { Step = worker.Steps.Next(StepCounter.Exchanges) };

        ExchangeReply first = await worker.Send(step);
        await fixture.Defer(Store, Job("c"));
        ExchangeReply again = await worker.Send(step);

        Assert.Equal(["a"], first.Claimed.Ids());
        Assert.Equal(["a"], again.Claimed.Ids());
        Assert.Equal(["b", "c"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task Any_step_takes_in()
    {
        await fixture.Defer(Store, Job("a"));
        Assert.Equal(AddOutcome.Duplicate, (await Store.Add(Job("a").WithCustomId())).Outcome);

        await fixture.Defer(Store, Job("b"));
        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Cancel, "b")).Outcome);

        await fixture.Defer(Store, Job("c").In("new"));
        Assert.Equal(QueueReply.Done, await Store.Do(new QueueCommand.Close(Force: false), "new"));
        Assert.Equal(JobState.Waiting, await Store.StateOf("c", "new"));
    }

    [Fact]
    public async Task Exactly_what_was_committed_exists_however_many_commit_and_work_at_once()
    {
        const int producers = 4;
        const int workers = 3;
        const int rounds = 25;
        Worker[] all = new Worker[workers];
        for (int i = 0; i < workers; i++)
            all[i] = await Store.OpenWorker($"worker-{i}");
        int producing = producers;

        string[][] seen = await AtOnce(producers + workers, async i =>
        {
            if (i >= producers)
                return await Work(all[i - producers], () => Volatile.Read(ref producing) > 0);
            try
            {
                return await Produce(i, rounds);
            }
            finally
            {
                Interlocked.Decrement(ref producing);
            }
        });

        string[] committed = [.. seen[..producers].SelectMany(ids => ids).Order(StringComparer.Ordinal)];
        string[] worked = [.. seen[producers..].SelectMany(ids => ids).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(committed);
        Assert.Equal(committed, worked);
        Assert.Equal(committed.Length, await Store.Count(JobState.Completed));
        Assert.Equal(committed.Length, (await Store.Counts()).ByState.Sum());
    }

    private async Task<string[]> Produce(int producer, int rounds)
    {
        var random = new Random(producer);
        List<string> committed = [];
        await using DbConnection connection = await fixture.ConnectAsync(Store.Store);
        for (int round = 0; round < rounds; round++)
        {
            string[] ids = [.. Enumerable.Range(0, random.Next(1, 4)).Select(n => $"job-{producer}-{round}-{n}")];
            await using DbTransaction transaction = await connection.BeginTransactionAsync(Cancellation);
            foreach (string id in ids)
                await Store.Defer(transaction, Job(id));
            if (random.Next(3) == 0)
            {
                await transaction.RollbackAsync(Cancellation);
                continue;
            }

            await transaction.CommitAsync(Cancellation);
            committed.AddRange(ids);
        }

        return [.. committed];
    }

    private static async Task<string[]> Work(Worker worker, Func<bool> isProducing)
    {
        List<string> worked = [];
        bool wasProducing;
        IReadOnlyList<ClaimedJob> claimed;
        do
        {
            wasProducing = isProducing();
            claimed = await worker.Claim(3);
            IReadOnlyList<SettleOutcome> settled = await worker.SettleAll([.. claimed.Select(job => Worker.Settlement(job, SettlementKind.Complete))]);
            Assert.All(settled, outcome => Assert.Equal(SettleOutcome.Applied, outcome));
            worked.AddRange(claimed.Ids());
            await Task.Yield();
        }
        while (wasProducing || claimed.Count > 0);

        return [.. worked];
    }
}
