using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AsyncMQ.Docs.Tests.Pages.Transactions;

// The code of docs/transactions.md: each of its C# blocks stands here as it is there.

[Job("receipt.send")]
public sealed record SendReceipt(int Order) : IJob;

[Job("payment.capture")]
public sealed record Capture(int Order) : IJob;

public sealed class CaptureHandler(Database database, IOrders orders) : IJobHandler<Capture>
{
    public async Task HandleAsync(Capture job, JobContext context, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        await using DbTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await orders.MarkPaidAsync(transaction, job.Order);
        await context.CompleteInAsync(transaction, cancellationToken);         // the payment and the job's end are one commit
        await transaction.CommitAsync(cancellationToken);
    }
}

public sealed class SendReceiptHandler(TaskCompletionSource<int> sent) : IJobHandler<SendReceipt>
{
    public Task HandleAsync(SendReceipt job, JobContext context, CancellationToken cancellationToken) => Task.FromResult(sent.TrySetResult(job.Order));
}

/// <summary>What the application writes.</summary>
public interface IOrders
{
    Task InsertAsync(DbTransaction transaction, int order);

    Task MarkPaidAsync(DbTransaction transaction, int order);
}

public sealed class Orders : IOrders
{
    public Task InsertAsync(DbTransaction transaction, int order) => ExecuteAsync(transaction, $"INSERT INTO orders (id, paid) VALUES ({order}, 0)");

    public Task MarkPaidAsync(DbTransaction transaction, int order) => ExecuteAsync(transaction, $"UPDATE orders SET paid = paid + 1 WHERE id = {order}");

    private static async Task ExecuteAsync(DbTransaction transaction, string sql)
    {
        await using DbCommand command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>The application's database.</summary>
public sealed class Database(string path)
{
    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    public async Task<long> AskAsync(string sql)
    {
        await using DbConnection connection = await OpenAsync(default);
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }
}

[Collection("The current directory")]
public sealed class TransactionTests : IDisposable
{
    private readonly string before = Directory.GetCurrentDirectory();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asyncmq-transactions-");
    private readonly Orders orders = new();
    private readonly Database database;

    public TransactionTests()
    {
        Directory.SetCurrentDirectory(folder.FullName);
        database = new(Path.Combine(folder.FullName, "shop.db"));
    }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(before);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_order_and_its_receipt_commit_as_one()
    {
        await database.AskAsync("CREATE TABLE orders (id INTEGER PRIMARY KEY, paid INTEGER NOT NULL)");
        var sent = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using AsyncMQHost mq = AsyncMQHost.Create(mq =>
        {
            mq.UseSqlite("shop.db", options => options.SharesFile = true);
            mq.AddHandler<SendReceipt, SendReceiptHandler>().AddWorker("default");
            mq.Services.AddSingleton(sent);
        });
        await mq.StartAsync();

        await AddOrderAsync(mq.Client, order: 7);

        Assert.Equal(7, await sent.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(1, await database.AskAsync("SELECT count(*) FROM orders"));
    }

    [Fact]
    public async Task A_payment_and_the_end_of_its_job_commit_as_one()
    {
        await database.AskAsync("CREATE TABLE orders (id INTEGER PRIMARY KEY, paid INTEGER NOT NULL)");
        await database.AskAsync("INSERT INTO orders VALUES (7, 0)");
        await using AsyncMQHost host = AsyncMQHost.Create(mq =>
        {
            mq.UseSqlite("shop.db", options => options.SharesFile = true).AddHandler<Capture, CaptureHandler>().AddWorker("default");
            mq.Services.AddSingleton(database).AddSingleton<IOrders>(orders);
        });
        await host.StartAsync();

        JobHandle capture = await host.Client.AddAsync(new Capture(7));
        await capture.WaitAsync();

        Assert.Equal(1, await database.AskAsync("SELECT paid FROM orders"));
    }

    [Fact]
    public async Task A_data_source_of_the_applications_is_the_stores_too()
    {
        await using NpgsqlDataSource dataSource = NpgsqlDataSource.Create("Host=localhost;Database=app");
        await using AsyncMQHost host = AsyncMQHost.Create(mq =>
        {
            mq.UsePostgres(dataSource);                                                // the data source whose connections have the application's transactions
        });
        Assert.NotNull(host.Client);
    }

    private async Task AddOrderAsync(IJobClient client, int order)
    {
        await using DbConnection connection = await database.OpenAsync(default);

        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        await orders.InsertAsync(transaction, order);                              // whatever the application writes
        await client.Within(transaction).AddAsync(new SendReceipt(order));         // there if and only if the transaction commits
        await transaction.CommitAsync();
    }
}
