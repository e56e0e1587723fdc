using System.Data.Common;
using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Postgres.Producing;
using AsyncMQ.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AsyncMQ.Postgres.Transacting;

/// <summary>Calls functions of the installation inside transactions of the user's.</summary>
internal sealed class Transactions(StepRunner steps, PostgresConnections connections, PostgresStoreOptions options)
{
    // What the functions raise.
    private const string OtherInstallation = "AM004";
    private const string ClaimLost = "AM005";
    private const string AlreadyCompleted = "AM006";

    private const string Deferring = "defer_jobs";

    private Guid? installation;

    public async ValueTask DeferAsync(DbTransaction transaction, AddGroup group, CancellationToken cancellationToken)
    {
        NpgsqlTransaction ours = Require(transaction);
        Arguments arguments = Pack(await InstallationAsync(cancellationToken).ConfigureAwait(false), group);
        await CallAsync(ours, Deferring, arguments, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same, and blocks the calling thread meanwhile.</summary>
    public void Defer(DbTransaction transaction, AddGroup group)
    {
        NpgsqlTransaction ours = Require(transaction);
        Arguments arguments = Pack(installation ??= Installation(), group);
        try
        {
            using NpgsqlCommand command = CommandOf(ours, Deferring, arguments);
            command.ExecuteNonQuery();
        }
        catch (Exception error) when (Told(error, Deferring, transaction) is { } told)
        {
            throw told;
        }
    }

    public async ValueTask<CompletionOutcome> CompleteAsync(DbTransaction transaction, Completion completion, CancellationToken cancellationToken)
    {
        NpgsqlTransaction ours = Require(transaction);
        ClaimToken token = completion.Token;
        Arguments arguments = new Arguments().Add(await InstallationAsync(cancellationToken).ConfigureAwait(false))
            .Add(token.Session.Value).Add(token.Lane).Add(token.Sequence).Add(completion.Handle).Add(completion.Result);
        try
        {
            await CallAsync(ours, "complete_in", arguments, cancellationToken).ConfigureAwait(false);
            return CompletionOutcome.Written;
        }
        catch (StoreException error) when (error.InnerException is PostgresException { SqlState: ClaimLost })
        {
            return CompletionOutcome.Lost;
        }
        catch (StoreException error) when (error.InnerException is PostgresException { SqlState: AlreadyCompleted })
        {
            return CompletionOutcome.AlreadyCompleted;
        }
    }

    private async Task CallAsync(NpgsqlTransaction transaction, string function, Arguments arguments, CancellationToken cancellationToken)
    {
        try
        {
            NpgsqlCommand command = CommandOf(transaction, function, arguments);
            await using var disposing = command.ConfigureAwait(false);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (Told(error, function, transaction) is { } told)
        {
            throw told;
        }
    }

    private NpgsqlCommand CommandOf(NpgsqlTransaction transaction, string function, Arguments arguments)
    {
        var command = new NpgsqlCommand(steps.CallOf(function, arguments), transaction.Connection, transaction);
        arguments.AddTo(command.Parameters, isFirst: true);
        return command;
    }

    /// <summary>An error in the words of the core; null: it goes on as it is.</summary>
    private Exception? Told(Exception error, string function, DbTransaction transaction) => error switch
    {
        InvalidOperationException => new ArgumentException(
            $"The transaction cannot be used: {error.Message}. It was committed, rolled back or disposed of, or its connection is busy.", nameof(transaction), error),
        PostgresException { SqlState: OtherInstallation or PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.InvalidSchemaName } => new ArgumentException(
            $"The transaction is on another database than the store's: its schema '{options.Schema}' is not this installation. Begin it on a connection to the same database.",
            nameof(transaction),
            error),
        NpgsqlException or TimeoutException => PostgresErrors.Told(error, function),
        _ => null,
    };

    private static Arguments Pack(Guid installation, AddGroup group)
    {
        var columns = new JobColumns(group.Jobs);
        Arguments arguments = new Arguments().Add(installation).Add(columns.ArePlain && group.Flow is null);
        return columns.AddTo(arguments.Add(group.Flow?.Id).Add(group.Flow?.Stamp).Add(group.Flow?.Extends));
    }

    private Guid Installation()
    {
        try
        {
            using NpgsqlConnection connection = connections.Source.OpenConnection();
            return steps.Step(connection, "get_installation", new(), static reader => reader.Read() ? reader.GetGuid(0) : Guid.Empty);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException)
        {
            throw PostgresErrors.Told(error, Deferring);
        }
    }

    private async ValueTask<Guid> InstallationAsync(CancellationToken cancellationToken) =>
        installation ??= await steps.LookAsync("get_installation", new(), ReadGuidAsync, cancellationToken).ConfigureAwait(false);

    private static NpgsqlTransaction Require(DbTransaction transaction) => transaction as NpgsqlTransaction ?? throw new ArgumentException(
        $"The transaction is a {transaction.GetType().FullName}, but the store is PostgreSQL: begin it on an NpgsqlConnection to the store's database.", nameof(transaction));

    private static async ValueTask<Guid> ReadGuidAsync(NpgsqlDataReader reader)
    {
        await reader.ReadAsync().ConfigureAwait(false);
        return reader.GetGuid(0);
    }
}
