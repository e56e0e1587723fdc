namespace AsyncMQ.Postgres.Tests.Faults;

/// <summary>A role with an installation of its name, on which an administrator sets what its sessions begin with.</summary>
internal sealed class LimitedRole : IAsyncDisposable
{
    private LimitedRole(RunningServer server, string name) => (Server, Name) = (server, name);

    public RunningServer Server { get; }

    /// <summary>Also that of its schema.</summary>
    public string Name { get; }

    /// <summary>Makes one, and its tables, too, unless it is to make them itself.</summary>
    public static async Task<LimitedRole> MakeAsync(bool isMade = true)
    {
        RunningServer server = await PostgresServer.RequireAsync();
        var role = new LimitedRole(server, $"limited_{Guid.NewGuid():N}");
        await server.ExecuteAsync($"CREATE ROLE {role.Name} LOGIN; CREATE SCHEMA {role.Name} AUTHORIZATION {role.Name}");
        if (isMade)
        {
            await using PostgresJobStore store = await role.OpenAsync();
        }

        return role;
    }

    /// <summary>For its sessions from now on.</summary>
    public Task SetAsync(string setting) => Server.ExecuteAsync($"ALTER ROLE {Name} SET {setting}");

    public Task EndConnectionsAsync() => Server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{Name}'");

    public Task<long> ConnectionsAsync() => Server.QueryAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE usename = '{Name}'");

    /// <summary>A started store.</summary>
    public async Task<PostgresJobStore> OpenAsync()
    {
        var store = new PostgresJobStore(new() { ConnectionString = Server.ConnectionString(Name), Schema = Name });
        try
        {
            await store.StartAsync(TestContext.Current.CancellationToken);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public FaultLoad Load() => new(builder => builder.UsePostgres(Server.ConnectionString(Name), options => options.Schema = Name));

    /// <summary>Ends a load: nobody was refused, every job ran once.</summary>
    public async Task VerifyAsync(FaultLoad load)
    {
        await load.FinishAsync();
        await using var store = new PostgresJobStore(new() { ConnectionString = Server.ConnectionString(), Schema = Name });
        await load.VerifyAsync(store);
        Assert.Empty(load.Refusals);
    }

    public async ValueTask DisposeAsync()
    {
        await EndConnectionsAsync();
        await Server.ExecuteAsync($"DROP SCHEMA IF EXISTS {Name} CASCADE; DROP ROLE {Name}");
    }
}
