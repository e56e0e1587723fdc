using System.Collections.Concurrent;

namespace AsyncMQ.Conformance.Histories;

/// <summary>
/// Two producers, three claimers, one administrator and one who lets time pass and recovers, all at once on one store, each taking seeded random steps.
/// Claimers die now and then: they are renewed no more, open a new session, and later settle what the dead one had claimed.
/// </summary>
internal sealed class RandomCallers
{
    private const int Claimers = 3;
    private const int StepsEach = 120;

    private readonly HistoryRecorder history = new();
    private readonly ConcurrentDictionary<SessionId, Worker> alive = new();
    private readonly StoreDriver driver;
    private readonly RecordedStore store;
    private readonly int seed;
    private int working;

    private RandomCallers(StoreDriver driver, int seed) => (this.driver, this.seed, store) = (driver, seed, new(history, driver));

    /// <summary>Runs them all to their end, then lets every session die and works off what is left.</summary>
    public static async Task<IReadOnlyList<Happening>> RunAsync(StoreDriver driver, int seed)
    {
        var callers = new RandomCallers(driver, seed);
        await callers.WorkAsync();
        await callers.FinishAsync();
        return callers.history.Happenings;
    }

    private async Task WorkAsync()
    {
        Func<Random, Task>[] bodies =
        [
            random => ProduceAsync(random),
            random => ProduceAsync(random),
            .. Enumerable.Repeat<Func<Random, Task>>(ClaimAsync, Claimers),
            AdministerAsync,
        ];
        working = bodies.Length;
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] all =
        [
            .. bodies.Select((body, caller) => Task.Run(async () =>
            {
                try
                {
                    await start.Task;
                    await body(new((seed * 31) + caller));
                }
                finally
                {
                    Interlocked.Decrement(ref working);
                }
            })),
            Task.Run(() => RecoverAsync(new((seed * 31) + bodies.Length))),
        ];
        start.SetResult();
        await Task.WhenAll(all);
    }

    private async Task ProduceAsync(Random random)
    {
        StoreDriver own = await StoreDriver.OpenAsync(driver.Store);
        var mine = new RecordedStore(history, own);
        for (int i = 0; i < StepsEach; i++)
        {
            NewJob job = random.Next(2) == 0
                ? Job(IdAt(i, random)).WithCustomId()
                : Job($"u-{Guid.NewGuid():N}").Deduplicated($"d-{i / 20}-{random.Next(2)}");
            await mine.Add(job);
            if (random.Next(4) == 0)
                await mine.Read(job.Ref.Id);
            await Breathe(random);
        }
    }

    private async Task ClaimAsync(Random random)
    {
        Worker worker = await Open();
        List<(Worker By, ClaimedJob Job)> hands = [];
        List<(Worker By, ClaimedJob Job)> settled = [];
        for (int i = 0; i < StepsEach; i++)
        {
            try
            {
                if (hands.Count < 4)
                    hands.AddRange((await store.Claim(worker, random.Next(1, 3))).Select(job => (worker, job)));
            }
            catch (SessionLostException)
            {
                // So much time passed between its opening and its first renewal.
                worker = await Open();
            }

            if (hands.Count > 0 && random.Next(3) > 0)
            {
                int which = random.Next(hands.Count);
                await Settle(hands[which], (SettlementKind)random.Next(5));
                settled.Add(hands[which]);
                hands.RemoveAt(which);
            }

            // Once more, and perhaps when the same session holds the job again.
            if (settled.Count > 0 && random.Next(4) == 0)
                await Settle(settled[^random.Next(1, Math.Min(8, settled.Count + 1))], (SettlementKind)random.Next(5));

            if (random.Next(25) == 0)
            {
                alive.TryRemove(worker.Id, out _);
                worker = await Open();
            }

            await Breathe(random);
        }
    }

    /// <summary>By the session that claimed it while that lives, else by a new one: the token stays that of the claim.</summary>
    private async Task Settle((Worker By, ClaimedJob Job) claim, SettlementKind kind)
    {
        for (Worker by = claim.By; ; by = await Open())
        {
            try
            {
                await store.Settle(by, claim.Job, kind);
                return;
            }
            catch (SessionLostException)
            {
                // So much time passed since it was renewed last.
            }
        }
    }

    private async Task AdministerAsync(Random random)
    {
        StoreDriver own = await StoreDriver.OpenAsync(driver.Store);
        var mine = new RecordedStore(history, own);
        for (int i = 0; i < StepsEach; i++)
        {
            switch (random.Next(8))
            {
                case 0:
                    await mine.Pause();
                    await Breathe(random);
                    await mine.Resume();
                    break;
                case 1:
                    await mine.Do(JobCommand.Remove, IdAt(i, random));
                    break;
                case 2 or 3:
                    await mine.Do(JobCommand.Retry, IdAt(i, random));
                    break;
                case 4:
                    await mine.Read(IdAt(i, random));
                    break;
                default:
                    await mine.Do(JobCommand.Cancel, IdAt(i, random));
                    break;
            }

            await Breathe(random);
        }
    }

    /// <summary>Time passes in steps shorter than half a lease; who is alive is renewed with each.</summary>
    private async Task RecoverAsync(Random random)
    {
        while (Volatile.Read(ref working) > 0)
        {
            await PassAsync();
            if (random.Next(2) == 0)
                await store.Recover();
            await Breathe(random);
        }
    }

    private async Task PassAsync()
    {
        await driver.Advance(4.Seconds());
        foreach (Worker worker in alive.Values)
            worker.Renew();
    }

    /// <summary>Invariants 1 and 3: when all workers have died, whatever has not ended can be claimed anew and completed, and all are accounted for.</summary>
    private async Task FinishAsync()
    {
        alive.Clear();
        Worker last = await Open();
        for (int i = 0; i < 5; i++)
            await PassAsync();
        await store.Recover();
        while (await store.Claim(last, 100) is { Count: > 0 } claimed)
        {
            foreach (ClaimedJob job in claimed)
                await store.Settle(last, job, SettlementKind.Complete);
        }

        foreach (string id in history.Happenings.Select(happening => happening.Id).Where(id => id.Length > 0).Distinct())
        {
            JobRecord? record = await store.Read(id);
            Assert.True(record is null || record.State.IsFinal(), $"{id} is left {record?.State}.");
        }
    }

    private async Task<Worker> Open()
    {
        Worker worker = await driver.OpenWorker();
        alive[worker.Id] = worker;
        return worker;
    }

    /// <summary>A few ids at a time, so that callers meet; new ones as time goes on, so that each has a short life.</summary>
    private static string IdAt(int step, Random random) => $"c-{step / 20}-{random.Next(3)}";

    private static async Task Breathe(Random random)
    {
        if (random.Next(3) == 0)
            await Task.Yield();
    }
}
