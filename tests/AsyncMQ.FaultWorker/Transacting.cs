using System.Data.Common;
using AsyncMQ.Faults.Kit;

namespace AsyncMQ.FaultWorker;

/// <summary>
/// A shop, whose orders and their jobs are one transaction, and whose jobs ship in one transaction with their end and the job that follows. It may die between
/// any two steps.
/// </summary>
internal sealed class Transacting(WorkerArguments arguments)
{
    private readonly Deaths deaths = new(arguments.DiesAt, arguments.DiesAfter);
    private readonly Random random = new(arguments.Seed);

    /// <summary>Takes the orders that are not there yet; now and then changes its mind in the middle.</summary>
    public async Task OrderAsync(IJobClient client)
    {
        for (int number = 0; number < arguments.Count; number++)
        {
            string order = $"order-{number}";
            await using DbConnection shop = await ShopDatabase.ConnectAsync(arguments.Store);
            while (!await TryOrderAsync(shop, client, order))
            {
            }
        }
    }

    /// <summary>Ships an order.</summary>
    public async Task ShipAsync(JobContext context, IJobClient client, CancellationToken cancellationToken)
    {
        await using DbConnection shop = await ShopDatabase.ConnectAsync(arguments.Store);
        await using DbTransaction transaction = await shop.BeginTransactionAsync(cancellationToken);
        await ShopDatabase.InsertAsync(transaction, "shipment", context.Id);
        deaths.Reach(1);
        await client.Within(transaction).AddAsync("thank", options: new() { JobId = $"thanks-{context.Id}" }, cancellationToken: cancellationToken);
        deaths.Reach(2);
        await context.CompleteInAsync(transaction, cancellationToken);
        deaths.Reach(3);
        await transaction.CommitAsync(cancellationToken);
        deaths.Reach(4);
    }

    private async Task<bool> TryOrderAsync(DbConnection shop, IJobClient client, string order)
    {
        await using DbTransaction transaction = await shop.BeginTransactionAsync();
        if (await ShopDatabase.HasAsync(transaction, "purchase", order))
            return true;
        await ShopDatabase.InsertAsync(transaction, "purchase", order);
        deaths.Reach(5);
        await client.Within(transaction).AddAsync("ship", options: new() { JobId = order });
        deaths.Reach(6);
        if (random.Next(5) == 0)
        {
            await transaction.RollbackAsync();
            return false;
        }

        await transaction.CommitAsync();
        deaths.Reach(7);
        return true;
    }
}
