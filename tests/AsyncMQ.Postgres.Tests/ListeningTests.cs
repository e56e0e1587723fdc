using System.Collections.Concurrent;

namespace AsyncMQ.Postgres.Tests;

/// <summary>News: heard from the return of the call on, by every process, and again after the server was away.</summary>
public sealed class ListeningTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_watches_hears_of_what_another_process_changes()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        string schema = Guid.NewGuid().ToString("N")[..20];
        await using PostgresJobStore one = await StartAsync(server, schema);
        await using PostgresJobStore other = await StartAsync(server, schema);
        var heard = new BlockingCollection<StoreSignal>();
        using IDisposable watch = one.Watch(heard.Add);

        await other.SetClockOffsetAsync(TimeSpan.FromHours(1), Cancellation);

        Assert.Equal(StoreSignalKind.Changed, Next(heard).Kind);
    }

    [Fact]
    public async Task Installations_of_one_database_do_not_hear_each_other()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        await using PostgresJobStore one = await StartAsync(server, Guid.NewGuid().ToString("N")[..20]);
        await using PostgresJobStore other = await StartAsync(server, Guid.NewGuid().ToString("N")[..20]);
        var heard = new BlockingCollection<StoreSignal>();
        using IDisposable watch = one.Watch(heard.Add);

        await other.SetClockOffsetAsync(TimeSpan.FromHours(1), Cancellation);
        await one.SetClockOffsetAsync(TimeSpan.FromHours(2), Cancellation);

        Next(heard);
        Assert.False(heard.TryTake(out _, TimeSpan.FromMilliseconds(300)));
    }

    [Fact]
    public async Task Who_watches_hears_again_when_the_server_is_back_and_is_told_to_look_anew()
    {
        await using PostgresServerOfOwn server = await PostgresServerOfOwn.StartAsync();
        await using PostgresJobStore store = await StartAsync(server.Running, "asyncmq");
        var heard = new BlockingCollection<StoreSignal>();
        using IDisposable watch = store.Watch(heard.Add);

        await server.KillAsync();
        await server.StartAgainAsync();

        Assert.Equal(StoreSignalKind.Changed, Next(heard).Kind);
        await using PostgresJobStore other = await StartAsync(server.Running, "asyncmq");
        await other.SetClockOffsetAsync(TimeSpan.FromHours(1), Cancellation);
        Next(heard);
    }

    [Fact]
    public async Task Behind_a_pooler_nobody_listens_and_nothing_fails()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        string schema = Guid.NewGuid().ToString("N")[..20];
        await using var store = new PostgresJobStore(new() { ConnectionString = server.ConnectionString() + $";Application Name={schema};Pooling=false", Schema = schema, Listens = false });
        await store.StartAsync(Cancellation);

        using IDisposable watch = store.Watch(_ => { });

        Assert.Equal(0L, await server.QueryAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{schema}'"));
    }

    private static StoreSignal Next(BlockingCollection<StoreSignal> heard)
    {
        Assert.True(heard.TryTake(out StoreSignal signal, TimeSpan.FromSeconds(60)));
        return signal;
    }

    private static async Task<PostgresJobStore> StartAsync(RunningServer server, string schema)
    {
        var store = new PostgresJobStore(new() { ConnectionString = server.ConnectionString(), Schema = schema });
        await store.StartAsync(Cancellation);
        return store;
    }
}
