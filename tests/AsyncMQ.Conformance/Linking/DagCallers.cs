using System.Collections.Concurrent;

namespace AsyncMQ.Conformance.Linking;

/// <summary>
/// One producer that adds a DAG group by group, three workers, of which some die, one administrator who cancels and removes, and one who lets time pass and
/// recovers: all at once on one store, until nothing more will happen.
/// </summary>
internal sealed class DagCallers
{
    private const int Workers = 3;

    private readonly ConcurrentDictionary<SessionId, Worker> alive = new();
    private readonly StoreDriver driver;
    private readonly RandomDag dag;
    private readonly DagLog log;
    private readonly int seed;
    private int added;
    private int busy = 2;
    private volatile bool isOver;

    private DagCallers(StoreDriver driver, RandomDag dag, DagLog log, int seed) => (this.driver, this.dag, this.log, this.seed) = (driver, dag, log, seed);

    public static async Task RunAsync(StoreDriver driver, RandomDag dag, DagLog log, int seed)
    {
        var callers = new DagCallers(driver, dag, log, seed);
        Func<Random, Task>[] bodies =
        [
            callers.ProduceAsync, callers.AdministerAsync, .. Enumerable.Repeat<Func<Random, Task>>(callers.WorkAsync, Workers), callers.LetTimePassAsync,
        ];
        await Task.WhenAll(bodies.Select((body, caller) => Task.Run(async () =>
        {
            try
            {
                await body(new((seed * 31) + caller));
            }
            catch
            {
                // Then the others have nothing to wait for.
                callers.isOver = true;
                throw;
            }
        })));
    }

    private async Task ProduceAsync(Random random)
    {
        StoreDriver own = await StoreDriver.OpenAsync(driver.Store);
        for (int from = 0; from < dag.Nodes.Count && !isOver;)
        {
            DagNode[] group = [.. dag.Nodes.Skip(from).Take(random.Next(1, 12))];
            await AddAsync(own, group, isFirst: from == 0);
            Volatile.Write(ref added, from += group.Length);
            for (int i = random.Next(4); i > 0; i--)
                await Task.Yield();
        }

        Interlocked.Decrement(ref busy);
    }

    /// <summary>Until it is accepted: without what was removed before.</summary>
    private async Task AddAsync(StoreDriver own, DagNode[] group, bool isFirst)
    {
        while (true)
        {
            NewFlow? flow = dag.IsFlow ? new("dag", seed, Extends: !isFirst) : null;
            GroupReply reply = Assert.Single(await own.AddGroups(new AddGroup([.. group.Select(node => node.Job)]) { Flow = flow }));
            if (reply.Refusal is not { } refusal)
            {
                Assert.All(reply.Jobs, job => Assert.Equal(AddOutcome.Created, job.Outcome));
                return;
            }

            Assert.Equal(AddRefusalReason.UnknownDependency, refusal.Reason);
            DagNode refused = dag[refusal.Job];
            JobRef[] known = [.. refused.Job.DependsOn.Where(name => name.ToString() != refusal.Detail)];
            Assert.Equal(refused.Job.DependsOn.Count - 1, known.Length);

            // Whoever removed it may not have noted so yet.
            JobRef gone = dag.Nodes.First(node => node.Ref.ToString() == refusal.Detail).Ref;
            await Clients.Until(() => Task.FromResult(log.Of(gone, DagAct.Remove).Any()));
            refused.Job = refused.Job with { DependsOn = known };
        }
    }

    /// <summary>Cancels and removes; but never the first, so that a flow stays.</summary>
    private async Task AdministerAsync(Random random)
    {
        StoreDriver own = await StoreDriver.OpenAsync(driver.Store);
        for (int left = random.Next(dag.Nodes.Count / 4); left > 0 && !isOver;)
        {
            for (int i = random.Next(6); i > 0; i--)
                await Task.Yield();
            int there = Volatile.Read(ref added);
            if (there < 2)
                continue;
            left--;
            JobRef job = dag.Nodes[random.Next(1, there)].Ref;
            bool removes = random.Next(3) == 0;
            await DoAsync(own, removes ? JobCommand.Remove : JobCommand.Cancel, removes ? DagAct.Remove : DagAct.Cancel, job);
        }

        Interlocked.Decrement(ref busy);
    }

    private async Task<bool> DoAsync(StoreDriver own, JobCommand command, DagAct act, JobRef job)
    {
        long begun = log.Now();
        JobChangeReply reply = await own.Do(command, job.Id, queue: job.Queue);
        bool isDone = reply.Outcome is JobChangeOutcome.Done or JobChangeOutcome.Requested;
        if (isDone)
            log.Note(act, job, begun, reply.Before);
        return isDone;
    }

    private async Task WorkAsync(Random random)
    {
        Worker worker = await Open();
        List<ClaimedJob> hands = [];
        while (!isOver)
        {
            try
            {
                await ExchangeAsync(worker, hands, random);
                if (random.Next(30) != 0)
                    continue;
                if (random.Next(4) == 0)
                    await worker.Close();
            }
            catch (SessionLostException)
            {
                // So much time passed since it was renewed last.
            }

            alive.TryRemove(worker.Id, out _);
            hands.Clear();
            worker = await Open();
        }
    }

    /// <summary>One round trip: settles some of what it has in hand, and takes more.</summary>
    private async Task ExchangeAsync(Worker worker, List<ClaimedJob> hands, Random random)
    {
        ClaimedJob[] ready = [.. hands.Where(_ => random.Next(2) == 0)];
        Settlement[] settlements = [.. ready.Select(job =>
            Worker.Settlement(job, dag[job.Ref].Next(random), "planned", random.Next(2) == 0 ? random.Next(1, 10).Seconds() : default))];
        string[] queues = [.. RandomDag.Queues];
        random.Shuffle(queues);
        ExchangeStep step = Worker.ClaimOf(random.Next(1, 4), queues) with { Settlements = settlements };

        long begun = log.Now();
        ExchangeReply reply = await worker.Exchange(hands.Count > 6 ? step with { Claims = [], Slots = 0 } : step);
        foreach ((Settlement settlement, SettleOutcome outcome) in settlements.Zip(reply.Settled))
        {
            if (outcome == SettleOutcome.Lost)
                log.Note(DagAct.Lost, settlement.Job, begun);
            else if (outcome == SettleOutcome.Applied && settlement.Kind is SettlementKind.Complete or SettlementKind.Fail)
                log.Note(DagAct.End, settlement.Job, begun);
        }

        foreach (ClaimedJob job in reply.Claimed)
            log.Note(DagAct.Claim, job.Ref, begun);
        hands.RemoveAll(ready.Contains);
        hands.AddRange(reply.Claimed);
        if (random.Next(3) == 0)
            await Task.Yield();
    }

    /// <summary>In steps shorter than half a lease; who is alive is renewed with each.</summary>
    private async Task LetTimePassAsync(Random random)
    {
        while (!isOver)
        {
            await driver.Advance(4.Seconds());
            foreach (Worker worker in alive.Values)
                worker.Renew();
            if (random.Next(2) == 0)
                await driver.Recover(maxStalls: 1_000);
            if (Volatile.Read(ref busy) == 0 && await IsQuiet() && !await LetGoAsync())
                isOver = true;
            await Task.Yield();
        }
    }

    /// <summary>Nothing runs, will run by itself, or is about to be decided.</summary>
    private async Task<bool> IsQuiet()
    {
        if (await MayAnyRun())
            return false;

        // What the last ends mean to others may not have been worked off yet.
        while ((await driver.Maintain()).More)
        {
        }

        return !await MayAnyRun();
    }

    /// <summary>All in one look: a job that ends lets another run in a queue that was looked at before.</summary>
    private async Task<bool> MayAnyRun() =>
        (await driver.Store.FindAsync([.. dag.Nodes.Select(node => node.Ref)], JobParts.None, default))
        .Any(record => record?.State is JobState.Waiting or JobState.Delayed or JobState.Active);

    /// <summary>Promotes whatever waits for a person's word.</summary>
    /// <returns>Whether there was any.</returns>
    private async Task<bool> LetGoAsync()
    {
        bool any = false;
        if (!dag.IsLetGo)
            return any;
        foreach (DagNode node in dag.Nodes)
        {
            if (await driver.StateOf(node.Ref.Id, node.Ref.Queue) == JobState.WaitingChildren)
                any |= await DoAsync(driver, JobCommand.Promote, DagAct.Promote, node.Ref);
        }

        return any;
    }

    private async Task<Worker> Open()
    {
        Worker worker = await driver.OpenWorker();
        alive[worker.Id] = worker;
        return worker;
    }
}
