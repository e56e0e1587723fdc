using System.Collections.Concurrent;
using AsyncMQ.Postgres.Migrating;
using AsyncMQ.Storage;
using Npgsql;

namespace AsyncMQ.Postgres.Connecting;

/// <summary>
/// Calls the functions of the installation. Each is one transaction on the server, so nothing of ours is ever open between two round trips. A step commits
/// without waiting for the disk, while the others wait for it; a second command of the same round trip then waits for the disk, and with it for all that
/// was written before: when that has answered, the step is done for good. Behind a pooler its commit waits.
/// </summary>
internal sealed class StepRunner(PostgresConnections connections, string schema)
{
    private const int MostTries = 5;

    /// <summary>A transaction that writes to the log, however little: its commit waits until the log is on the disk. One that writes nothing would not wait.</summary>
    private const string Flush = "SELECT pg_logical_emit_message(true, '', '')";

    /// <summary>Takes back, for the transaction that it is in, that the commit does not wait.</summary>
    private const string WaitForDisk = "SELECT set_config('synchronous_commit', 'on', true)";

    private readonly ConcurrentDictionary<string, string> calls = new(StringComparer.Ordinal);
    private readonly string prefix = MigrationScript.Quote(schema) + ".";

    /// <summary>Transactions of this role are stricter than steps can be, so steps say what theirs are.</summary>
    private volatile bool isStrict;

    /// <summary>Finds out how strict the transactions of this role are. Who sets that later is heeded, too: a step is refused for it once.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            NpgsqlCommand command = connections.Source.CreateCommand("SHOW default_transaction_isolation");
            await using var disposing = command.ConfigureAwait(false);
            isStrict = (string?)await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) != "read committed";
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.Told(error, "the start");
        }
    }

    /// <summary>Does a step, and reads its answer. A cancelled caller goes away; the step does not.</summary>
    /// <param name="function">The function.</param>
    /// <param name="arguments">What it takes, in order.</param>
    /// <param name="read">Reads the rows that it gave.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    public ValueTask<T> StepAsync<T>(string function, Arguments arguments, Func<NpgsqlDataReader, ValueTask<T>> read, CancellationToken cancellationToken) =>
        RunAsync(function, arguments, read, CallKind.Step, cancellationToken);

    /// <summary>Does a step that has a name.</summary>
    /// <exception cref="StaleStepException">A later step of its lane was done.</exception>
    /// <exception cref="SessionLostException">Its session is lost.</exception>
    public async ValueTask<T> StepAsync<T>(
        StepId step, string function, Arguments arguments, Func<NpgsqlDataReader, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(function, arguments, read, CallKind.Step, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException error) when (PostgresErrors.OfStep(error, step) is { } told)
        {
            throw told;
        }
    }

    /// <summary>Looks, and changes nothing.</summary>
    public ValueTask<T> LookAsync<T>(string function, Arguments arguments, Func<NpgsqlDataReader, ValueTask<T>> read, CancellationToken cancellationToken) =>
        RunAsync(function, arguments, read, CallKind.Look, cancellationToken);

    /// <summary>Looks at what there are of jobs, once what committed transactions have added is taken in: a command before it, which mostly finds nothing.</summary>
    public ValueTask<T> LookAtJobsAsync<T>(string function, Arguments arguments, Func<NpgsqlDataReader, ValueTask<T>> read, CancellationToken cancellationToken) =>
        RunAsync(function, arguments, read, CallKind.LookAtJobs, cancellationToken);

    /// <summary>
    /// Does a step, and blocks the calling thread meanwhile: for the lease keeper, on a connection of its own. Nobody waits until it is on the disk: a crash that
    /// takes a renewal back was a time without any, after which nobody is declared dead at once. So it is one command: several wait for the thread pool, which
    /// handlers may fill.
    /// </summary>
    public T Step<T>(NpgsqlConnection connection, string function, Arguments arguments, Func<NpgsqlDataReader, T> read)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                using NpgsqlTransaction? transaction = isStrict ? connection.BeginTransaction(System.Data.IsolationLevel.ReadCommitted) : null;
                using NpgsqlCommand command = new(CallOf(function, arguments), connection);
                arguments.AddTo(command.Parameters, isFirst: tries == 1);
                T answer;
                using (NpgsqlDataReader reader = command.ExecuteReader())
                    answer = read(reader);
                transaction?.Commit();
                return answer;
            }
            catch (NpgsqlException error) when (tries < MostTries && MayGoOn(error))
            {
                // Nothing was done: once more.
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException)
            {
                throw PostgresErrors.Told(error, function);
            }
        }
    }

    private async ValueTask<T> RunAsync<T>(
        string function, Arguments arguments, Func<NpgsqlDataReader, ValueTask<T>> read, CallKind kind, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await connections.TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        Task<T> running = RunInTurnAsync(function, arguments, read, kind);
        return cancellationToken.CanBeCanceled ? await running.WaitAsync(cancellationToken).ConfigureAwait(false) : await running.ConfigureAwait(false);
    }

    private async Task<T> RunInTurnAsync<T>(string function, Arguments arguments, Func<NpgsqlDataReader, ValueTask<T>> read, CallKind kind)
    {
        try
        {
            return await RunAsync(function, arguments, read, kind).ConfigureAwait(false);
        }
        finally
        {
            connections.EndTurn();
        }
    }

    private async Task<T> RunAsync<T>(string function, Arguments arguments, Func<NpgsqlDataReader, ValueTask<T>> read, CallKind kind)
    {
        int ended = 0;
        for (int tries = 1; ; tries++)
        {
            try
            {
                NpgsqlBatchCommand call = Call(function, arguments, isFirst: tries == 1);
                Task<T> sent = connections.ArePooled ? SendApartAsync(call, read, kind) : SendTogetherAsync(call, read, kind);
                return await sent.ConfigureAwait(false);
            }
            catch (NpgsqlException error) when (PostgresErrors.WasIdle(error) && ended < connections.Most)
            {
                // Others in the pool may have been ended with it: each is met at most once.
                ended++;
            }
            catch (NpgsqlException error) when (tries < MostTries + ended && MayGoOn(error))
            {
                // Nothing was done: once more.
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException)
            {
                throw PostgresErrors.Told(error, function);
            }
        }
    }

    // True when it may be sent again at once.
    private bool MayGoOn(NpgsqlException error)
    {
        if (PostgresErrors.IsTooStrict(error))
        {
            isStrict = true;
            return true;
        }

        return PostgresErrors.IsCollision(error);
    }

    private NpgsqlBatchCommand Call(string function, Arguments arguments, bool isFirst)
    {
        var call = new NpgsqlBatchCommand(CallOf(function, arguments));
        arguments.AddTo(call.Parameters, isFirst);
        return call;
    }

    // One round trip. Each command is a transaction of its own, or has one around it.
    private async Task<T> SendTogetherAsync<T>(NpgsqlBatchCommand call, Func<NpgsqlDataReader, ValueTask<T>> read, CallKind kind)
    {
        NpgsqlBatch batch = connections.Source.CreateBatch();
        await using var disposing = batch.ConfigureAwait(false);
        batch.EnableErrorBarriers = kind != CallKind.Look;
        if (kind == CallKind.LookAtJobs)
            AddStep(batch, new NpgsqlBatchCommand(TakeIn));
        if (kind == CallKind.Step)
        {
            AddStep(batch, call);
            batch.BatchCommands.Add(new(Flush));
        }
        else
        {
            batch.BatchCommands.Add(call);
        }

        return await ReadAsync(batch, read, isSecond: kind == CallKind.LookAtJobs).ConfigureAwait(false);
    }

    // A round trip for each transaction. When one is over, PgBouncer (1.18, for one) gives the server's connection to the next client, though a part of what follows
    // has gone there; the rest then goes elsewhere, and the part stays open, with its locks, until somebody else's end is taken for its own. So a step waits for the
    // disk by itself, with its lock: what came after it might be asked of another server, started since, which knows nothing of the step.
    private async Task<T> SendApartAsync<T>(NpgsqlBatchCommand call, Func<NpgsqlDataReader, ValueTask<T>> read, CallKind kind)
    {
        NpgsqlConnection connection = await connections.Source.OpenConnectionAsync().ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        if (connections.Resets)
            await ExecuteAsync(connection, "SELECT 1").ConfigureAwait(false); // the two are so short that they arrive as one
        if (kind == CallKind.LookAtJobs)
            await ExecuteAsync(connection, TakeIn).ConfigureAwait(false);
        NpgsqlBatch batch = connection.CreateBatch();
        await using var disposing = batch.ConfigureAwait(false);
        if (kind == CallKind.Step)
            AddStep(batch, call, new NpgsqlBatchCommand(WaitForDisk));
        else
            batch.BatchCommands.Add(call);
        return await ReadAsync(batch, read, isSecond: false).ConfigureAwait(false);
    }

    private async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        NpgsqlBatch batch = connection.CreateBatch();
        await using var disposing = batch.ConfigureAwait(false);
        AddStep(batch, new NpgsqlBatchCommand(sql));
        await batch.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private static async Task<T> ReadAsync<T>(NpgsqlBatch batch, Func<NpgsqlDataReader, ValueTask<T>> read, bool isSecond)
    {
        NpgsqlDataReader reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        if (isSecond)
            await reader.NextResultAsync().ConfigureAwait(false);
        T answer = await read(reader).ConfigureAwait(false);

        // An error of a later command shows only here: until then the answer must not be believed.
        while (await reader.NextResultAsync().ConfigureAwait(false))
        {
        }

        return answer;
    }

    private void AddStep(NpgsqlBatch batch, params ReadOnlySpan<NpgsqlBatchCommand> transaction)
    {
        bool says = isStrict;
        batch.EnableErrorBarriers |= says; // or the COMMIT would be passed over after an error
        if (says)
            batch.BatchCommands.Add(new("BEGIN ISOLATION LEVEL READ COMMITTED"));
        foreach (NpgsqlBatchCommand command in transaction)
            batch.BatchCommands.Add(command);
        if (says)
            batch.BatchCommands.Add(new("COMMIT"));
    }

    private string TakeIn => CallOf("take_in_committed", new());

    /// <summary>The SQL that calls a function of the installation.</summary>
    public string CallOf(string function, Arguments arguments) => calls.GetOrAdd(
        function,
        static (function, call) => $"SELECT * FROM {call.prefix}{function}({string.Join(", ", Enumerable.Range(1, call.Count).Select(static i => $"${i}"))})",
        (prefix, arguments.Count));

    private enum CallKind
    {
        /// <summary>It changes something.</summary>
        Step,

        /// <summary>It changes nothing.</summary>
        Look,

        /// <summary>It changes nothing, but that what waits to be taken in is taken in before.</summary>
        LookAtJobs,
    }
}
