namespace AsyncMQ.Faults.Tests;

/// <summary>A job is added, and its effect happens, exactly once with the transactions that say so, at whatever step a process dies.</summary>
public sealed class TransactionKillTests
{
    private const int OrdersPerDeath = 12;
    private const int StepsOfWorkers = 4;
    private const int StepsInAll = 7;
    private static readonly WorkerPlan Plan = new() { Concurrency = 4, Lease = TimeSpan.FromSeconds(1.5), MaxStalls = 1_000, Poll = TimeSpan.FromSeconds(1) };

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Orders_are_shipped_exactly_once_though_processes_die_at_every_step(StoreKind kind)
    {
        await using FaultLab lab = await FaultLab.OpenAsync(kind, TestSeed.First, "default");
        await (await lab.OpenStoreAsync()).DisposeAsync();
        await ShopDatabase.CreateAsync(lab.Store);

        int count = 0;
        for (int round = 0; round < (TestSeed.IsSoak ? 10 : 1); round++)
        {
            for (int step = 1; step <= StepsInAll; step++)
            {
                count += OrdersPerDeath;
                if (step <= StepsOfWorkers)
                    await ProduceAsync(lab, count);
                await DieAsync(step <= StepsOfWorkers
                    ? lab.StartTransactions(Plan, "ship", diesAt: step, diesAfter: lab.Random.Next(1, 6))
                    : lab.StartTransactions(Plan, "order", count, diesAt: step, diesAfter: lab.Random.Next(1, 6)));
                await ProduceAsync(lab, count);
            }
        }

        ChildProcess worker = lab.StartTransactions(Plan, "ship");
        await lab.DrainedAsync();
        await FaultLab.TerminateAsync(worker);

        IReadOnlyDictionary<string, JobEnd> ends = await lab.VerifyAsync(readsLedger: false);
        string[] orders = [.. Enumerable.Range(0, count).Select(number => $"order-{number}").Order(StringComparer.Ordinal)];
        Assert.Equal(orders, (await ShopDatabase.ReadAsync(lab.Store, "purchase")).Order(StringComparer.Ordinal));
        Assert.Equal(orders, (await ShopDatabase.ReadAsync(lab.Store, "shipment")).Order(StringComparer.Ordinal));
        Assert.All(ends.Values, end => Assert.Equal(JobState.Completed, end.State));
        Assert.Equal([.. orders, .. orders.Select(order => $"thanks-{order}")], ends.Keys.Order(StringComparer.Ordinal));
    }

    private static async Task ProduceAsync(FaultLab lab, int count) => Assert.Equal(0, await lab.StartTransactions(Plan, "order", count).ExitAsync(Until.Patience));

    private static async Task DieAsync(ChildProcess victim)
    {
        const int killed = 128 + 9;
        await victim.ExitAsync(Until.Patience);
        Assert.True(victim.ExitCode == killed, $"{victim} ended with {victim.ExitCode}.\n{victim.Output}");
    }
}
