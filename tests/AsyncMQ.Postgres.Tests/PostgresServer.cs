namespace AsyncMQ.Postgres.Tests;

/// <summary>
/// One PostgreSQL server for the whole run. Without the program the tests are skipped on a person's machine, and fail where CI is set: there it must not be
/// missed.
/// </summary>
internal static class PostgresServer
{
    private static readonly Lazy<Task<PostgresServerOfOwn>> Shared = new(StartAsync);

    /// <summary>The server of the run.</summary>
    public static async Task<RunningServer> RequireAsync()
    {
        PostgresServerOfOwn.RequirePrograms();
        return (await Shared.Value).Running;
    }

    private static async Task<PostgresServerOfOwn> StartAsync()
    {
        PostgresServerOfOwn server = await PostgresServerOfOwn.StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Delete();
        return server;
    }
}
