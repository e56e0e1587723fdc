using AsyncMQ.Postgres.Tests.Faults;
using Npgsql;

namespace AsyncMQ.Postgres.Tests.Pooled;

/// <summary>What is particular to a transaction pooler.</summary>
[Collection(nameof(FaultTests))]
public sealed class PoolerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Workers_and_producers_behind_it_lose_nothing_when_the_server_is_killed()
    {
        await using PostgresServerOfOwn server = await PostgresServerOfOwn.StartAsync();
        await using PgBouncer pooler = await PgBouncer.StartAsync(server.Running);
        await using var load = new FaultLoad(builder => builder.UsePostgres(server.Running.ConnectionString(port: pooler.Port), static options => options.Listens = false));
        await load.StartAsync();

        for (int round = 0; round < 3; round++)
        {
            await server.KillAsync();
            await server.StartAgainAsync();
            await load.GoesOnAsync($"after kill {round} of the server behind the pooler");
        }

        await load.FinishAsync();
        await using var store = new PostgresJobStore(new() { ConnectionString = server.Running.ConnectionString() });
        await load.VerifyAsync(store);
        Assert.Empty(load.Refusals);
    }

    [Fact]
    public async Task Steps_say_how_strict_they_are_behind_it_too()
    {
        await using PostgresServerOfOwn server = await PostgresServerOfOwn.StartAsync();
        await server.Running.ExecuteAsync("ALTER ROLE postgres SET default_transaction_isolation = 'serializable'");
        await using PgBouncer pooler = await PgBouncer.StartAsync(server.Running);
        await using var load = new FaultLoad(builder => builder.UsePostgres(server.Running.ConnectionString(port: pooler.Port), static options => options.Listens = false));

        await WorkAsync(load, server);
    }

    [Fact]
    public async Task A_data_source_of_the_application_serves_as_it_comes()
    {
        await using PostgresServerOfOwn server = await PostgresServerOfOwn.StartAsync();
        await using PgBouncer pooler = await PgBouncer.StartAsync(server.Running);
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(server.Running.ConnectionString(port: pooler.Port));
        await using var load = new FaultLoad(builder => builder.UsePostgres(source, static options => options.Listens = false));

        await WorkAsync(load, server);
    }

    [Fact]
    public async Task What_arrives_there_in_pieces_is_one_transaction_all_the_same()
    {
        await using PostgresServerOfOwn server = await PostgresServerOfOwn.StartAsync();
        await using PgBouncer pooler = await PgBouncer.StartAsync(server.Running);
        await using var network = new TcpProxy(pooler.Port) { PieceOfRequest = 500 };
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(server.Running.ConnectionString(port: network.Port));
        await using var load = new FaultLoad(builder => builder.UsePostgres(source, static options => options.Listens = false));

        await WorkAsync(load, server);
    }

    [Fact]
    public async Task A_data_source_that_prepares_behind_a_pooler_that_cannot_is_told_what_to_set()
    {
        await using PostgresServerOfOwn server = await PostgresServerOfOwn.StartAsync();
        await using PgBouncer pooler = await PgBouncer.StartAsync(server.Running);
        string text = $"{server.Running.ConnectionString(port: pooler.Port)};Maximum Pool Size=2";
        await using NpgsqlDataSource source = NpgsqlDataSource.Create($"{text};Max Auto Prepare=64;Auto Prepare Min Usages=2"), other = NpgsqlDataSource.Create(text);
        await using var store = new PostgresJobStore(new() { DataSource = source, Listens = false });
        await store.StartAsync(Cancellation);
        for (int i = 0; i < 5; i++)
            await store.GetTimeAsync(Cancellation);

        // Another client has the connection of the server that was used last, on which the look is prepared.
        await using NpgsqlConnection holder = await other.OpenConnectionAsync(Cancellation);
        await using NpgsqlTransaction held = await holder.BeginTransactionAsync(Cancellation);
        await using NpgsqlCommand begun = new("SELECT 1", holder, held);
        await begun.ExecuteNonQueryAsync(Cancellation);
        StoreRejectedException error = await Assert.ThrowsAsync<StoreRejectedException>(async () => await store.GetTimeAsync(Cancellation));

        Assert.Contains("Max Auto Prepare=0", error.Message, StringComparison.Ordinal);
    }

    private static async Task WorkAsync(FaultLoad load, PostgresServerOfOwn server)
    {
        await load.StartAsync();
        await load.FinishAsync();
        await using var store = new PostgresJobStore(new() { ConnectionString = server.Running.ConnectionString() });
        await load.VerifyAsync(store);
        Assert.Empty(load.Refusals);
    }
}
