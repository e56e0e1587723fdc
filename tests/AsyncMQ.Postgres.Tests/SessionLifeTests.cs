using System.Diagnostics;
using Npgsql;

namespace AsyncMQ.Postgres.Tests;

/// <summary>Sessions: opened once, renewed, listed, and gone for good when they end.</summary>
public sealed class SessionLifeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_is_listed_with_what_it_said_until_it_is_closed()
    {
        await using PostgresJobStore store = await StartAsync();
        SessionInfo info = Worker() with { Host = "machine", ProcessId = 7, Version = "1.2", Concurrency = 16, Names = ["mail", "größe"], Queues = ["a", "b"], IsQuiet = true };

        await store.OpenAsync(info, Cancellation);
        await store.OpenAsync(info, Cancellation);

        SessionRecord session = Assert.Single(await store.SessionsAsync(Cancellation));
        Assert.Equal(info with { Names = [], Queues = [] }, session.Info with { Names = [], Queues = [] });
        Assert.Equal<string>([.. info.Names, .. info.Queues], [.. session.Info.Names, .. session.Info.Queues]);
        Assert.True(session.IsQuiet);
        Assert.Equal(session.OpenedAt + info.Lease, session.LeaseUntil);
        await store.CloseAsync(info.Id, Cancellation);
        await store.CloseAsync(info.Id, Cancellation);
        Assert.Empty(await store.SessionsAsync(Cancellation));
    }

    [Fact]
    public async Task A_session_that_was_closed_is_not_opened_again_nor_renewed()
    {
        await using PostgresJobStore store = await StartAsync();
        SessionInfo info = Worker();
        await store.OpenAsync(info, Cancellation);
        await store.CloseAsync(info.Id, Cancellation);

        await Assert.ThrowsAsync<SessionLostException>(() => store.OpenAsync(info, Cancellation));
        Assert.False(store.Renew(new(info.Id, 0)).Alive);
        Assert.False(store.Renew(new(new(Guid.NewGuid()), 0)).Alive);
    }

    [Fact]
    public async Task A_renewal_moves_the_lease_by_the_stores_clock()
    {
        await using PostgresJobStore store = await StartAsync();
        SessionInfo info = Worker();
        await store.OpenAsync(info, Cancellation);
        await store.SetClockOffsetAsync(TimeSpan.FromHours(1), Cancellation);

        Assert.True(store.Renew(new(info.Id, 3)).Alive);

        SessionRecord session = Assert.Single(await store.SessionsAsync(Cancellation));
        Assert.InRange(session.RenewedAt - session.OpenedAt, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        Assert.Equal(session.RenewedAt + info.Lease, session.LeaseUntil);
    }

    [Fact]
    public async Task A_caller_that_has_gone_already_opens_nothing()
    {
        await using PostgresJobStore store = await StartAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => store.OpenAsync(Worker(), new CancellationToken(canceled: true)));

        Assert.Empty(await store.SessionsAsync(Cancellation));
    }

    [Fact]
    public async Task A_renewal_of_a_server_that_is_not_there_fails_as_a_store_does()
    {
        await using var store = new PostgresJobStore(new() { ConnectionString = "Host=127.0.0.1;Port=1;Username=me;Timeout=2" });

        Assert.Throws<StoreException>(() => store.Renew(new(new(Guid.NewGuid()), 0)));
    }

    [Fact]
    public async Task Producers_are_no_workers()
    {
        await using PostgresJobStore store = await StartAsync();
        await store.OpenAsync(Worker() with { Lease = null }, Cancellation);

        Assert.Empty(await store.SessionsAsync(Cancellation));
    }

    [Fact]
    public async Task A_renewal_needs_no_connection_that_others_wait_for()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(server.ConnectionString() + ";Maximum Pool Size=2;Timeout=60");
        await using var store = new PostgresJobStore(new() { DataSource = source, Schema = Guid.NewGuid().ToString("N")[..20], Listens = false });
        await store.StartAsync(Cancellation);
        SessionInfo info = Worker();
        await store.OpenAsync(info, Cancellation);
        Assert.True(store.Renew(new(info.Id, 0)).Alive);

        await using NpgsqlConnection last = await source.OpenConnectionAsync(Cancellation);

        Assert.True(store.Renew(new(info.Id, 0)).Alive);
    }

    [Theory]
    [InlineData("repeatable read")]
    [InlineData("serializable")]
    public async Task A_role_whose_transactions_are_stricter_works_as_any_other(string isolation)
    {
        RunningServer server = await PostgresServer.RequireAsync();
        string options = $"-c default_transaction_isolation={isolation.Replace(" ", "\\ ", StringComparison.Ordinal)}";
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.ConnectionString()) { Options = options });
        await using var store = new PostgresJobStore(new() { DataSource = source, Schema = Guid.NewGuid().ToString("N")[..20] });
        await store.StartAsync(Cancellation);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => store.OpenAsync(Worker(), Cancellation)));

        IReadOnlyList<SessionRecord> sessions = await store.SessionsAsync(Cancellation);
        Assert.Equal(40, sessions.Count);
        await Task.WhenAll(sessions.Select(session => store.CloseAsync(session.Info.Id, Cancellation)));
        Assert.Empty(await store.SessionsAsync(Cancellation));
        Assert.False(store.Renew(new(sessions[0].Info.Id, 0)).Alive);
    }

    [Fact]
    public async Task Nothing_that_was_answered_is_lost_when_the_server_is_killed()
    {
        await using PostgresServerOfOwn server = await PostgresServerOfOwn.StartAsync();
        string schema = "asyncmq";
        List<SessionId> answered = [];
        await using (var store = new PostgresJobStore(new() { ConnectionString = server.Running.ConnectionString(), Schema = schema }))
        {
            await store.StartAsync(Cancellation);
            Task[] openers = [.. Enumerable.Range(0, 8).Select(_ => OpenUntilItFailsAsync(store, answered))];
            await UntilAsync(() => Count(answered) > 200);
            await server.KillAsync();
            await Task.WhenAll(openers);
        }

        await server.StartAgainAsync();

        await using var anew = new PostgresJobStore(new() { ConnectionString = server.Running.ConnectionString(), Schema = schema });
        await anew.StartAsync(Cancellation);
        HashSet<SessionId> kept = [.. (await anew.SessionsAsync(Cancellation)).Select(session => session.Info.Id)];
        Assert.Superset(answered.ToHashSet(), kept);
    }

    private static async Task OpenUntilItFailsAsync(PostgresJobStore store, List<SessionId> answered)
    {
        while (true)
        {
            SessionInfo info = Worker();
            try
            {
                await store.OpenAsync(info, CancellationToken.None);
            }
            catch (StoreException)
            {
                return;
            }

            lock (answered)
                answered.Add(info.Id);
        }
    }

    private static int Count(List<SessionId> answered)
    {
        lock (answered)
            return answered.Count;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (long started = Stopwatch.GetTimestamp(); !condition() && Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1);)
            await Task.Delay(10, Cancellation);
        Assert.True(condition());
    }

    private static SessionInfo Worker() => new() { Id = new(Guid.NewGuid()), Name = "worker", Lease = TimeSpan.FromSeconds(15) };

    private static async Task<PostgresJobStore> StartAsync()
    {
        var store = new PostgresJobStore(new() { DataSource = (await PostgresServer.RequireAsync()).Source, Schema = Guid.NewGuid().ToString("N")[..20] });
        await store.StartAsync(Cancellation);
        return store;
    }
}
