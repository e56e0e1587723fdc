using AsyncMQ.Conformance.Driving;
using AsyncMQ.Conformance.Working;
using Microsoft.Data.Sqlite;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>What is particular to transactions of the user's on one file: its lock, its paths, files beside it, and what SQLite itself ends.</summary>
public sealed class UserTransactionTests : IAsyncLifetime
{
    private readonly string path = SqliteStores.NewPath();
    private IJobStore? opened;
    private StoreDriver? driver;

    private IJobStore Store => opened!;

    private StoreDriver Driver => driver!;

    private ITransactionalStore Transactional => (ITransactionalStore)Store;

    public async ValueTask InitializeAsync()
    {
        opened = await SqliteStores.OpenAsync(path);
        driver = await StoreDriver.OpenAsync(opened);
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    [Fact]
    public async Task A_connection_by_another_path_is_one_on_the_same_file()
    {
        string link = SqliteStores.NewPath();
        Directory.CreateSymbolicLink(link, Path.GetDirectoryName(path)!);
        await using SqliteConnection connection = await SqliteStores.ConnectAsync(Path.Combine(link, Path.GetFileName(path)));
        await Defer(connection, "a");

        Assert.Equal(JobState.Waiting, await Driver.StateOf("a"));
    }

    [Fact]
    public async Task A_file_of_another_installation_is_refused_though_all_its_tables_are_there()
    {
        string other = SqliteStores.NewPath();
        await using IJobStore elsewhere = await SqliteStores.OpenAsync(other);
        await using SqliteConnection connection = await SqliteStores.ConnectAsync(other);

        await Assert.ThrowsAsync<ArgumentException>(() => Defer(connection, "a"));

        await using SqliteTransaction transaction = connection.BeginTransaction();
        ClaimedJob job = await Claimed();
        await Assert.ThrowsAsync<ArgumentException>(() => Complete(transaction, job).AsTask());
        await transaction.CommitAsync();
        Assert.Equal(0L, LayoutTests.Ask(other, "SELECT count(*) FROM job_inbox"));
    }

    [Fact]
    public async Task A_file_that_is_only_attached_is_refused()
    {
        await using SqliteConnection connection = await SqliteStores.ConnectAsync(SqliteStores.NewPath());
        Execute(connection, $"ATTACH '{path}' AS jobs");

        await Assert.ThrowsAsync<ArgumentException>(() => Defer(connection, "a"));

        Assert.Null(await Driver.Find("a"));
    }

    [Fact]
    public async Task A_transaction_that_sqlite_has_ended_is_refused()
    {
        await using SqliteConnection connection = await SqliteStores.ConnectAsync(path);
        await using SqliteTransaction transaction = connection.BeginTransaction();
        Execute(connection, "ROLLBACK", transaction);

        await Assert.ThrowsAsync<ArgumentException>(() => Transactional.DeferAsync(transaction, new([Job("a")]), default).AsTask());

        Assert.Null(await Driver.Find("a"));
    }

    [Fact]
    public async Task A_transaction_whose_view_is_outdated_has_to_be_rolled_back()
    {
        await using SqliteConnection connection = await SqliteStores.ConnectAsync(path);
        await using (SqliteTransaction transaction = connection.BeginTransaction(deferred: true))
        {
            Execute(connection, "SELECT count(*) FROM job", transaction);
            await Driver.Add(Job("meanwhile"));
            connection.DefaultTimeout = 1;

            StoreException error = await Assert.ThrowsAsync<StoreException>(() => Transactional.DeferAsync(transaction, new([Job("a")]), default).AsTask());
            Assert.Contains("Roll it back", error.Message, StringComparison.Ordinal);
        }

        await Defer(connection, "a");
        Assert.Equal(["meanwhile", "a"], await Driver.Page(JobState.Waiting));
    }

    [Fact]
    public async Task A_look_from_inside_another_transaction_does_not_wait_for_ever_for_what_was_not_taken_in()
    {
        await Driver.Add(Job("there"));
        await using SqliteConnection connection = await SqliteStores.ConnectAsync(path);
        await Defer(connection, "a");
        await using (SqliteTransaction transaction = connection.BeginTransaction())
        {
            await Transactional.DeferAsync(transaction, new([Job("b")]), default);

            Assert.Equal(JobState.Waiting, await Driver.StateOf("there"));
        }

        Assert.Equal(["there", "a"], await Driver.Page(JobState.Waiting));
    }

    [Fact]
    public async Task The_first_use_of_a_store_may_be_inside_a_transaction()
    {
        await using SqliteConnection connection = await SqliteStores.ConnectAsync(path);
        await using (var late = new SqliteJobStore(SqliteStores.Options(path) with { BusyTimeout = TimeSpan.FromHours(1) }, TimeProvider.System))
        {
            await using SqliteTransaction transaction = connection.BeginTransaction();
            await late.StartAsync(default).WaitAsync(TimeSpan.FromSeconds(30));
            await late.DeferAsync(transaction, new([Job("a")]), default);
            await transaction.CommitAsync();
        }

        Assert.Equal(JobState.Waiting, await Driver.StateOf("a"));
    }

    [Fact]
    public async Task What_a_savepoint_takes_back_was_not_added()
    {
        await using SqliteConnection connection = await SqliteStores.ConnectAsync(path);
        await using (SqliteTransaction transaction = connection.BeginTransaction())
        {
            await Transactional.DeferAsync(transaction, new([Job("a")]), default);
            await transaction.SaveAsync("here");
            await Transactional.DeferAsync(transaction, new([Job("b")]), default);
            await transaction.RollbackAsync("here");
            await Transactional.DeferAsync(transaction, new([Job("c")]), default);
            await transaction.CommitAsync();
        }

        Assert.Equal(["a", "c"], await Driver.Page(JobState.Waiting));
        Assert.Empty(await Store.AuditAsync(default));
    }

    [Theory]
    [InlineData("x'7B'")]
    [InlineData("x''")]
    [InlineData("replace(data, '\"format\":1', '\"format\":9')")]
    [InlineData("replace(data, '\"stamp\":', '\"runAt\":9000000000000000000,\"stamp\":')")]
    public async Task A_group_that_cannot_be_read_is_put_aside_and_told_by_the_audit(string data)
    {
        await using SqliteConnection connection = await SqliteStores.ConnectAsync(path);
        await Defer(connection, "a");
        Execute(connection, $"UPDATE job_inbox SET data = CAST({data} AS BLOB)");
        await Defer(connection, "b");

        Assert.Equal(["b"], await Driver.Page(JobState.Waiting));
        Assert.Contains("put aside", Assert.Single(await Store.AuditAsync(default)), StringComparison.Ordinal);
        Worker worker = await Driver.OpenWorker();
        Assert.Null((await worker.Exchange(new() { Step = default, Claims = [new("other", 1)], Slots = 1 })).NextWork);
    }

    [Fact]
    public async Task A_group_that_breaks_the_rules_holds_up_nobody()
    {
        await using SqliteConnection connection = await SqliteStores.ConnectAsync(path);
        await using (SqliteTransaction transaction = connection.BeginTransaction())
        {
            await Transactional.DeferAsync(transaction, new[] { Job("x"), Job("x").DependsOn("x", "x"), Job("y").DependsOn("z"), Job("z") }.InFlow("f"), default);
            await Transactional.DeferAsync(transaction, new([Job("s").DependsOn("s")]), default);
            await Transactional.DeferAsync(transaction, new([]), default);
            await Transactional.DeferAsync(transaction, new([Job("") with { Name = "" }]), default);
            await transaction.CommitAsync();
        }

        await Defer(connection, "b");
        Assert.Contains("b", await Driver.Page(JobState.Waiting));
        Assert.Equal(0L, LayoutTests.Ask(path, "SELECT count(*) FROM job_inbox WHERE number > 0"));
    }

    [Fact]
    public async Task A_group_that_the_file_refuses_fails_one_step_and_is_put_aside_by_the_next()
    {
        LayoutTests.Execute(path, "CREATE TRIGGER refusal BEFORE INSERT ON job WHEN new.id = 'refused' BEGIN SELECT RAISE(ABORT, 'no'); END");
        await using SqliteConnection connection = await SqliteStores.ConnectAsync(path);
        await Defer(connection, "refused");
        await Defer(connection, "b");

        await Assert.ThrowsAsync<StoreException>(() => Driver.Add(Job("c")));
        await Driver.Add(Job("d"));

        Assert.Equal(["b", "d"], await Driver.Page(JobState.Waiting));
        Assert.Contains("put aside", Assert.Single(await Store.AuditAsync(default)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_worker_of_an_earlier_minor_a_job_is_not_completed_within_a_transaction()
    {
        Worker earlier = await Driver.OpenWorker("earlier");
        ClaimedJob job = await Claimed();
        LayoutTests.Execute(path, "UPDATE session SET layout = NULL WHERE name = 'earlier'");
        await using SqliteConnection connection = await SqliteStores.ConnectAsync(path);
        await using (SqliteTransaction transaction = connection.BeginTransaction())
        {
            StoreRejectedException error = await Assert.ThrowsAsync<StoreRejectedException>(() => Complete(transaction, job).AsTask());
            Assert.Contains("earlier version", error.Message, StringComparison.Ordinal);
        }

        await earlier.Close();
        await using SqliteTransaction again = connection.BeginTransaction();
        Assert.Equal(CompletionOutcome.Written, await Complete(again, job));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("k")]
    public async Task A_completed_job_that_a_process_of_an_earlier_minor_put_back_is_given_to_nobody(string? key)
    {
        NewJob draft = key is null ? Job("a") : Job("a").WithKey(key);
        ClaimedJob job = await Claimed(draft);
        await using SqliteConnection connection = await SqliteStores.ConnectAsync(path);
        await using (SqliteTransaction transaction = connection.BeginTransaction())
        {
            Assert.Equal(CompletionOutcome.Written, await Complete(transaction, job, "result"));
            await transaction.CommitAsync();
        }

        // As `jobs/save` of layout 1.2 did; a trigger tells the key.
        LayoutTests.Execute(path, """
            UPDATE queue SET waiting = waiting + 1, active = active - 1;
            UPDATE job SET state = 0, stalls = stalls, parked = 0, attempt = attempt - 1 WHERE id = 'a';
            """);
        await Driver.Add(Job("b"));
        Worker worker = await Driver.OpenWorker();

        Assert.Equal(["b"], (await worker.Claim(5)).Ids());
        JobRecord record = await Driver.Get("a");
        Assert.Equal((JobState.Completed, "result"), (record.State, record.Result.Text()));
        Assert.Empty(await Store.AuditAsync(default));
    }

    [Fact]
    public async Task A_worker_of_the_same_process_runs_what_was_committed_without_being_asked()
    {
        var ran = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using AsyncMQHost mq = await Driver.Start(mq => mq
            .AddHandler("work", (context, _) => Task.FromResult(ran.TrySetResult(context.Id)))
            .AddWorker(worker => worker.Queue(DefaultQueue)));
        await using SqliteConnection connection = await SqliteStores.ConnectAsync(path);
        await Defer(connection, "a");

        Assert.Equal("a", await ran.Task.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private async Task Defer(SqliteConnection connection, string id)
    {
        await using SqliteTransaction transaction = connection.BeginTransaction();
        await Transactional.DeferAsync(transaction, new([Job(id)]), default);
        await transaction.CommitAsync();
    }

    private ValueTask<CompletionOutcome> Complete(SqliteTransaction transaction, ClaimedJob job, string result = "") =>
        Transactional.CompleteAsync(transaction, new(job.Ref, job.Handle, job.Token, Bytes(result)), default);

    private async Task<ClaimedJob> Claimed(NewJob? job = null)
    {
        await Driver.Add(job ?? Job("claimed"));
        return await (await Driver.OpenWorker()).ClaimOne();
    }

    private static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }
}
