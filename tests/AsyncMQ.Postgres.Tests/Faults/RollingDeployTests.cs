using System.Globalization;
using AsyncMQ.Postgres.Migrating;
using Npgsql;

namespace AsyncMQ.Postgres.Tests.Faults;

/// <summary>Later minors are made under load, as the first process of a rolling deploy does, and processes of the earlier one go on, and start, beside them.</summary>
[Collection(nameof(FaultTests))]
public sealed class RollingDeployTests
{
    private const int Later = 5;

    [Fact]
    public async Task Processes_of_an_earlier_minor_work_and_start_while_later_ones_are_made()
    {
        PostgresServerOfOwn server = await PostgresServerOfOwn.StartAsync();
        await using var underFault = new PostgresUnderFault(server);
        await using var load = new FaultLoad(builder => underFault.Use(builder));
        await load.StartAsync();

        for (int minor = MigrationScript.Minor + 1; minor <= MigrationScript.Minor + Later; minor++)
        {
            await MakeAsync(server.Running, minor);
            await load.GoesOnAsync($"after the layout became 1.{minor}");

            // One that starts now finds a later minor than its own, and leaves it as it is.
            await using IJobStore starting = await underFault.OpenStoreAsync();
            Assert.True((await starting.CountAsync(load.Jobs.Name, TestContext.Current.CancellationToken)).ByState.Sum() > 0);
            Assert.Equal(minor, await server.Running.QueryAsync<int>("SELECT layout_minor FROM asyncmq.meta"));
        }

        await load.FinishAsync();
        Assert.Empty(load.Refusals);
        await underFault.VerifyAsync(load);
    }

    // As a start does: a change of tables, and looks at them under way, may lock each other out.
    private static async Task MakeAsync(RunningServer server, int minor)
    {
        while (true)
        {
            try
            {
                await server.ExecuteAsync(LaterMinor(minor));
                return;
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.DeadlockDetected)
            {
                TestContext.Current.TestOutputHelper?.WriteLine("once more, after a deadlock");
            }
        }
    }

    /// <summary>A minor that adds a table and columns, and replaces every function by one that does the same: in one transaction, as a migration is.</summary>
    private static string LaterMinor(int minor) => string.Create(CultureInfo.InvariantCulture, $"""
        BEGIN;
        {MigrationScript.Build("asyncmq", MigrationScript.Minor)}
        CREATE TABLE asyncmq.later{minor} (id int PRIMARY KEY);
        ALTER TABLE asyncmq.queue ADD COLUMN later{minor} int NOT NULL DEFAULT 1;
        ALTER TABLE asyncmq.session ADD COLUMN later{minor} text;
        ALTER TABLE asyncmq.job ADD COLUMN later{minor} text;
        UPDATE asyncmq.meta SET layout_minor = {minor};
        COMMIT;
        """);
}
