using System.Diagnostics;
using System.Globalization;
using AsyncMQ.Conformance.Driving;

namespace AsyncMQ.Postgres.Tests.Faults.Deadlocks;

/// <summary>Everything that a store can do, by chance, on 32 connections of two processes, while tables are vacuumed and other processes start: no step waits for another one that waits for it.</summary>
/// <remarks><c>ASYNCMQ_SOAK_MINUTES</c> goes on for so long instead of a few seconds; <c>ASYNCMQ_FIRST_SEED</c> is the first caller's seed. A seed repeats what
/// callers do, not the moments at which they meet.</remarks>
[Collection(nameof(FaultTests))]
public sealed class DeadlockTests
{
    private const int Callers = 16;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(6);

    [Theory]
    [InlineData("read committed")]
    [InlineData("serializable")]
    public async Task Whatever_is_done_at_once_nothing_deadlocks_and_nobody_is_told_of_a_collision(string isolation)
    {
        await using PostgresServerOfOwn server = await PostgresServerOfOwn.StartAsync();
        await server.Running.ExecuteAsync($"ALTER ROLE postgres SET default_transaction_isolation = '{isolation}'");
        await using PostgresJobStore one = await OpenAsync(server), other = await OpenAsync(server);
        int seed = Number("ASYNCMQ_FIRST_SEED") ?? Environment.TickCount & 0xFFFFFF;
        TimeSpan length = Number("ASYNCMQ_SOAK_MINUTES") is { } minutes ? TimeSpan.FromMinutes(minutes) : Length;
        long started = Stopwatch.GetTimestamp();
        bool IsOver() => Stopwatch.GetElapsedTime(started) > length;
        int done = 0;

        RandomSteps[] callers = await Task.WhenAll(Enumerable.Range(0, 2 * Callers).Select(caller => RandomSteps.OpenAsync(caller % 2 == 0 ? one : other, seed + caller)));
        await Task.WhenAll([.. callers.Select(caller => WhileAsync(caller.DoAsync)), WhileAsync(PassTimeAsync), WhileAsync(VacuumAsync), WhileAsync(StartAsync), WhileAsync(AuditAsync)]);

        TestContext.Current.TestOutputHelper?.WriteLine($"{done} calls from seed {seed}");
        Assert.Empty(await one.AuditAsync(CancellationToken.None));
        Assert.True(done > 2 * Callers);

        // Numbers of a session reach the statistics within seconds, or when it ends.
        await one.DisposeAsync();
        await other.DisposeAsync();
        await Wait.UntilAsync("all that was done is counted", async () => await StatisticAsync("xact_commit") > done);
        Assert.Equal(0, await StatisticAsync("deadlocks"));

        async Task WhileAsync(Func<Task> act)
        {
            await Task.Yield();
            while (!IsOver())
            {
                await act();
                Interlocked.Increment(ref done);
            }
        }

        async Task PassTimeAsync()
        {
            TimeSpan passed = 10 * Stopwatch.GetElapsedTime(started);
            await one.SetClockOffsetAsync(passed, CancellationToken.None);
            await Task.Delay(100);
        }

        async Task VacuumAsync()
        {
            await server.Running.ExecuteAsync("VACUUM (ANALYZE)");
            await Task.Delay(500);
        }

        async Task StartAsync()
        {
            await using PostgresJobStore another = await OpenAsync(server);
            await StoreDriver.OpenAsync(another);
            await Task.Delay(200);
        }

        async Task AuditAsync()
        {
            Assert.Empty(await other.AuditAsync(CancellationToken.None));
            await Task.Delay(500);
        }

        Task<long> StatisticAsync(string column) => server.Running.QueryAsync<long>($"SELECT {column} FROM pg_stat_database WHERE datname = 'postgres'");
    }

    private static async Task<PostgresJobStore> OpenAsync(PostgresServerOfOwn server)
    {
        var store = new PostgresJobStore(new() { ConnectionString = server.Running.ConnectionString() });
        await store.StartAsync(CancellationToken.None);
        return store;
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : null;
}
