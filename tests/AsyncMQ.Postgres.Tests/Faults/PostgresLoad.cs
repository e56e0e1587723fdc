namespace AsyncMQ.Postgres.Tests.Faults;

/// <summary>A load on a server of the test's own, and what is to be looked at there when all is over.</summary>
internal static class PostgresLoad
{
    /// <summary>A load.</summary>
    /// <param name="connection">The server, or a way to it.</param>
    /// <param name="lease">How long the process may be silent.</param>
    public static FaultLoad On(string connection, TimeSpan? lease = null) => new(builder => builder.UsePostgres(connection), lease: lease);

    /// <summary>As <see cref="FaultLoad.VerifyAsync"/>.</summary>
    /// <param name="load">The load.</param>
    /// <param name="server">The server, past the faulty way.</param>
    public static async Task VerifyAsync(this FaultLoad load, RunningServer server)
    {
        await using var store = new PostgresJobStore(new() { ConnectionString = server.ConnectionString() });
        await store.StartAsync(TestContext.Current.CancellationToken);
        await load.VerifyAsync(store);
    }
}
