using System.Diagnostics;
using System.Globalization;
using AsyncMQ.Conformance.Driving;
using Npgsql;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Postgres.Tests;

/// <summary>
/// A snapshot that somebody holds (a transaction left open, a backup) keeps dead rows from being removed. Steps must not walk over them, and when it is gone the
/// space must come back.
/// </summary>
public sealed class BloatTests
{
    private const int Batch = 64;
    private const int Parts = 5;

    /// <summary>How many jobs the trees of the indexes grow with before anything is measured: each has its levels then, and gets one more with hundreds of times as many rows.</summary>
    private const int RunIn = 30_000;

    private const long Least = 1 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_held_snapshot_makes_no_step_slower_and_the_space_comes_back_when_it_is_gone()
    {
        TimeSpan? soak = double.TryParse(Environment.GetEnvironmentVariable("ASYNCMQ_SOAK_MINUTES"), CultureInfo.InvariantCulture, out double minutes)
            ? TimeSpan.FromMinutes(minutes)
            : null;
        TimeSpan part = soak / Parts ?? TimeSpan.FromSeconds(8);
        await using PostgresServerOfOwn server = await PostgresServerOfOwn.StartAsync();
        await using var store = new PostgresJobStore(new() { ConnectionString = server.Running.ConnectionString() });
        await store.StartAsync(Cancellation);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        Worker worker = await driver.OpenWorker();
        await WorkAsync(driver, worker, TimeSpan.FromSeconds(1));
        long atFirst = await FootprintAsync(server.Running);

        List<Figures> parts = [];
        await using (var holding = new NpgsqlConnection(server.Running.ConnectionString()))
        {
            await holding.OpenAsync(Cancellation);
            await using NpgsqlTransaction held = await holding.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Cancellation);
            await new NpgsqlCommand("SELECT txid_current()", holding, held).ExecuteScalarAsync(Cancellation);
            for (int jobs = 0; jobs < RunIn;)
                jobs += await WorkAsync(driver, worker, TimeSpan.FromSeconds(1));
            for (int i = 0; i < Parts; i++)
                parts.Add(await MeasureAsync(server.Running, driver, worker, part));
        }

        foreach (Figures figures in parts)
            Say($"{figures.JobsPerSecond:0} jobs/s, {figures.PagesPerJob:0.0} pages a job, {figures.WalPerJob:0} bytes of log a job, {figures.DeadRows} dead rows, {figures.Footprint >> 20} MiB");

        // How often a page is looked at does not depend on how busy the machine is. That speed is the same is said by the soak, on a quiet one.
        Assert.True(parts[^1].PagesPerJob < 1.2 * parts[0].PagesPerJob, $"{parts[^1].PagesPerJob:0.0} pages a job at the end, {parts[0].PagesPerJob:0.0} at the start.");
        if (soak is not null)
            Assert.True(parts[^1].JobsPerSecond > 0.8 * parts[0].JobsPerSecond, $"{parts[^1].JobsPerSecond:0} jobs/s at the end, {parts[0].JobsPerSecond:0} at the start.");

        while ((await driver.Maintain(new() { Count = 0, FailedCount = 0 })).More)
        {
        }

        await GiveBackAsync(server.Running, store, 2 * atFirst);
        Assert.Empty(await store.AuditAsync(Cancellation));
    }

    [Fact]
    public async Task What_is_left_in_tables_is_there_when_their_space_was_given_back()
    {
        await using PostgresServerOfOwn server = await PostgresServerOfOwn.StartAsync();
        await using var store = new PostgresJobStore(new() { ConnectionString = server.Running.ConnectionString() });
        await store.StartAsync(Cancellation);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        byte[] payload = [.. Enumerable.Range(0, 400).Select(static i => (byte)i)];
        NewJob[] jobs = [.. Enumerable.Range(0, 20_000).Select(i => Job($"j{i}").WithPayload(payload))];
        foreach (NewJob[] group in jobs.Chunk(5_000))
            await driver.AddBulk(group);
        long full = await FootprintAsync(server.Running);
        await driver.Store.AdministerJobsAsync(new() { Step = driver.NextAdministration(), Command = JobCommand.Cancel, Expected = JobStateSet.All, Jobs = [jobs[0].Ref] }, Cancellation);
        foreach (NewJob[] chunk in jobs.Skip(10).Chunk(1_000))
            await driver.Store.AdministerJobsAsync(new() { Step = driver.NextAdministration(), Command = JobCommand.Remove, Expected = JobStateSet.All, Jobs = [.. chunk.Select(job => job.Ref)] }, Cancellation);

        await GiveBackAsync(server.Running, store, full / 4);

        Worker worker = await driver.OpenWorker();
        IReadOnlyList<ClaimedJob> claimed = await worker.Claim(20);
        Assert.Equal(Enumerable.Range(1, 9).Select(i => $"j{i}"), claimed.Ids());
        Assert.All(claimed, job => Assert.Equal(payload, job.Payload.ToArray()));
        Assert.Equal(JobState.Cancelled, (await driver.Find("j0"))!.State);
        Assert.Empty(await store.AuditAsync(Cancellation));
    }

    private static async Task<Figures> MeasureAsync(RunningServer server, StoreDriver driver, Worker worker, TimeSpan during)
    {
        long pages = await PagesAsync(server), started = Stopwatch.GetTimestamp();
        string log = await server.QueryAsync<string>("SELECT pg_current_wal_lsn()::text");
        int jobs = await WorkAsync(driver, worker, during);
        TimeSpan taken = Stopwatch.GetElapsedTime(started);
        return new(
            jobs / taken.TotalSeconds,
            (await PagesAsync(server) - pages) / (double)jobs,
            (double)await server.QueryAsync<decimal>($"SELECT pg_current_wal_lsn() - '{log}'::pg_lsn") / jobs,
            await server.QueryAsync<long>("SELECT sum(n_dead_tup)::bigint FROM pg_stat_all_tables WHERE schemaname = 'asyncmq'"),
            await FootprintAsync(server));
    }

    /// <summary>Adds, claims and completes, 64 at a time; what ended is kept by no count. Gives how many jobs there were.</summary>
    private static async Task<int> WorkAsync(StoreDriver driver, Worker worker, TimeSpan during)
    {
        long started = Stopwatch.GetTimestamp();
        int jobs = 0;
        IReadOnlyList<ClaimedJob> claimed = [];
        while (Stopwatch.GetElapsedTime(started) < during)
        {
            await driver.AddBulk(Batch(Enumerable.Range(0, Batch).Select(_ => Guid.NewGuid().ToString("N"))));
            ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(Batch) with { Settlements = [.. claimed.Select(job => Worker.Settlement(job, SettlementKind.Complete))] });
            claimed = reply.Claimed;
            jobs += claimed.Count;
            if (jobs % (Batch * 50) == 0)
            {
                Assert.True(worker.Renew(claimed.Count).Alive);
                await driver.Maintain(new() { Count = 1_000, FailedCount = 1_000 }, limit: 10_000);
            }
        }

        await worker.SettleAll([.. claimed.Select(job => Worker.Settlement(job, SettlementKind.Complete))]);
        return jobs;
    }

    private static async Task GiveBackAsync(RunningServer server, PostgresJobStore store, long most)
    {
        // VACUUM is to look each second for what there is to do, not each minute.
        await server.ExecuteAsync("ALTER SYSTEM SET autovacuum_naptime = '1s'");
        await server.QueryAsync<bool>("SELECT pg_reload_conf()");
        long before = await FootprintAsync(server), now = before;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        while (now > most)
        {
            Assert.False(patience.IsCancellationRequested, $"{now >> 10} KiB are left of {before >> 10}, not {most >> 10}.");
            await store.Repacking.RunAsync(Least, Cancellation);
            await Task.Delay(200, Cancellation);
            now = await FootprintAsync(server);
        }

        Say($"{before >> 10} KiB became {now >> 10}.");
    }

    private static Task<long> FootprintAsync(RunningServer server) =>
        server.QueryAsync<long>("SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class WHERE relnamespace = 'asyncmq'::regnamespace AND relkind = 'r'");

    private static Task<long> PagesAsync(RunningServer server) => server.QueryAsync<long>("""
        SELECT sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0) + coalesce(toast_blks_hit + toast_blks_read, 0))::bigint
        FROM pg_statio_all_tables WHERE schemaname = 'asyncmq'
        """);

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    private sealed record Figures(double JobsPerSecond, double PagesPerJob, double WalPerJob, long DeadRows, long Footprint);
}
