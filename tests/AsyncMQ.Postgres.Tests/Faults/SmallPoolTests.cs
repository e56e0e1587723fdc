using System.Diagnostics;
using AsyncMQ.Conformance.Driving;
using Npgsql;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Postgres.Tests.Faults;

/// <summary>Few connections, and many who want one: all wait, and none is told of it. Survey K-06.</summary>
public sealed class SmallPoolTests
{
    private const int Callers = 150;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3, true, true)]
    [InlineData(3, true, false)]
    [InlineData(2, false, true)]
    [InlineData(2, false, false)]
    public async Task Hundreds_of_calls_at_once_wait_longer_than_a_connection_may_take_and_none_fails(int connections, bool listens, bool isOwn)
    {
        RunningServer server = await PostgresServer.RequireAsync();
        string text = $"{server.ConnectionString()};Maximum Pool Size={connections};Timeout={Timeout.TotalSeconds:0};No Reset On Close=true";
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(text);
        string schema = NewSchema();
        await using var store = new PostgresJobStore(new() { ConnectionString = text, DataSource = isOwn ? null : source, Schema = schema, Listens = listens });
        await store.StartAsync(Cancellation);
        using IDisposable watch = store.Watch(static _ => { });
        Worker worker = await (await StoreDriver.OpenAsync(store)).OpenWorker();
        Assert.True(worker.Renew().Alive);

        HeldInstallation held = await HeldInstallation.HoldAsync(server, schema);
        Task[] calls = [.. Enumerable.Range(0, Callers).Select(caller => Task.Run(() => WorkAsync(store, caller), Cancellation))];
        long started = Stopwatch.GetTimestamp();
        await Wait.UntilAsync("connections were waited for longer than they may take", () => Stopwatch.GetElapsedTime(started) > 2 * Timeout);
        await held.DisposeAsync();
        await Task.WhenAll(calls).WaitAsync(Wait.Patience, Cancellation);

        Assert.True(worker.Renew().Alive);
        Assert.Equal(Callers, (await store.CountAsync(DefaultQueue, Cancellation)).ByState[(int)JobState.Completed]);
        Assert.Empty(await store.AuditAsync(Cancellation));
    }

    [Theory]
    [InlineData(1, true, "needs 3")]
    [InlineData(2, true, "Listens = false")]
    [InlineData(1, false, "needs 2")]
    public async Task A_pool_that_can_never_be_enough_is_told_at_the_start(int connections, bool listens, string told)
    {
        RunningServer server = await PostgresServer.RequireAsync();
        await using var store = new PostgresJobStore(new()
        {
            ConnectionString = $"{server.ConnectionString()};Maximum Pool Size={connections}",
            Schema = NewSchema(),
            Listens = listens,
        });

        StoreRejectedException error = await Assert.ThrowsAsync<StoreRejectedException>(() => store.StartAsync(Cancellation));

        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.Contains("Maximum Pool Size", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_application_has_all_connections_a_step_says_so_and_is_done_once_when_they_are_given_back()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        await using NpgsqlDataSource source = NpgsqlDataSource.Create($"{server.ConnectionString()};Maximum Pool Size=3;Timeout={Timeout.TotalSeconds:0}");
        await using var store = new PostgresJobStore(new() { DataSource = source, Schema = NewSchema() });
        await store.StartAsync(Cancellation);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        var step = new AddStep(driver.Steps.Next(StepCounter.Adds), [new([Job("a")])]);

        NpgsqlConnection[] taken = [.. Enumerable.Range(0, 3).Select(_ => source.OpenConnection())];
        StoreException error = await Assert.ThrowsAsync<StoreException>(async () => await store.AddAsync(step, Cancellation));
        foreach (NpgsqlConnection connection in taken)
            await connection.DisposeAsync();

        Assert.Contains("pool", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(AddOutcome.Created, (await store.AddAsync(step, Cancellation)).Groups[0].Jobs[0].Outcome);
        Assert.Equal(1, (await driver.Counts()).ByState[(int)JobState.Waiting]);
    }

    [Fact]
    public async Task Who_goes_away_before_a_connection_comes_free_has_sent_nothing()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        string schema = NewSchema();
        await using var store = new PostgresJobStore(new() { ConnectionString = $"{server.ConnectionString()};Maximum Pool Size=2", Schema = schema, Listens = false });
        await store.StartAsync(Cancellation);
        StoreDriver driver = await StoreDriver.OpenAsync(store), other = await StoreDriver.OpenAsync(store);

        HeldInstallation held = await HeldInstallation.HoldAsync(server, schema);
        Task<AddedJob> first = driver.Add(Job("first"));
        using var leaving = new CancellationTokenSource();
        ValueTask<AddReply> second = store.AddAsync(new(other.Steps.Next(StepCounter.Adds), [new([Job("second")])]), leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await second);
        await held.DisposeAsync();

        Assert.Equal(AddOutcome.Created, (await first).Outcome);
        Assert.Equal(["first"], await driver.Page(JobState.Waiting));
    }

    [Fact]
    public async Task A_host_with_three_connections_adds_and_works_off_hundreds_of_jobs_at_once()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        string schema = NewSchema();
        string text = $"{server.ConnectionString()};Maximum Pool Size=3;Timeout={Timeout.TotalSeconds:0}";
        await using var load = new FaultLoad(builder => builder.UsePostgres(text, options => options.Schema = schema));
        await load.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => load.Jobs.GetStatsAsync(Cancellation)));
        await load.GoesOnAsync("after hundreds of looks");

        await load.FinishAsync();
        await using var store = new PostgresJobStore(new() { ConnectionString = server.ConnectionString(), Schema = schema });
        await load.VerifyAsync(store);
        Assert.Empty(load.Refusals);
    }

    // One of many processes: adds a job, takes one, ends it, and looks.
    private static async Task WorkAsync(PostgresJobStore store, int caller)
    {
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.Add(Job($"job-{caller}"));
        Worker worker = await driver.OpenWorker($"worker-{caller}");
        Task<QueueCounts> look = driver.Counts();
        Assert.Equal(SettleOutcome.Applied, await worker.Complete(await worker.ClaimOne()));
        Assert.NotNull((await look).ByState);
        await worker.Close();
    }

    private static string NewSchema() => $"asyncmq_{Guid.NewGuid():N}";
}
