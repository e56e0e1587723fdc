using System.Globalization;
using AsyncMQ.Storage;
using Npgsql;

namespace AsyncMQ.Postgres.Connecting;

/// <summary>What an error of the server means to the core: whether anything was written, and whether it is worth trying again.</summary>
internal static class PostgresErrors
{
    // What functions of the store raise: the first two are raised by enter.
    private const string StaleStep = "AM001";
    private const string SessionLost = "AM002";
    private const string WrongIsolation = "AM003";

    /// <summary>An error in the words of the core.</summary>
    /// <param name="error">What the driver threw.</param>
    /// <param name="doing">What was asked for, for people.</param>
    public static StoreException Told(Exception error, string doing) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.DuplicatePreparedStatement } refused => new StoreRejectedException(
            $"PostgreSQL refused {doing}: {refused.MessageText} ({refused.SqlState}). A pooler gives each transaction to another connection of the server, and does not carry "
            + "prepared statements with it: set Max Auto Prepare=0 and No Reset On Close=true in the connection string, and Listens = false.",
            error),
        PostgresException refused when IsRejection(refused.SqlState) => new StoreRejectedException($"PostgreSQL refused {doing}: {refused.MessageText} ({refused.SqlState}).", error),
        _ => new StoreException($"PostgreSQL did not do {doing}: {error.Message}", error),
    };

    /// <summary>What a step was refused for by its name; null: something else happened.</summary>
    public static StoreException? OfStep(StoreException error, StepId step) => error.InnerException switch
    {
        // In the hint: Npgsql hides the detail of an error.
        PostgresException { SqlState: StaleStep } refused => new StaleStepException(step, long.Parse(refused.Hint!, CultureInfo.InvariantCulture)),
        PostgresException { SqlState: SessionLost } => new SessionLostException(step.Session),
        _ => null,
    };

    /// <summary>True when a transaction lost against another one and nothing of it was done: it may be sent again at once.</summary>
    public static bool IsCollision(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected };

    /// <summary>True when the step was refused because its transaction is stricter than it can be.</summary>
    public static bool IsTooStrict(Exception error) => error is PostgresException { SqlState: WrongIsolation };

    /// <summary>True when the server had ended the connection while nothing was under way on it, and that was read only now: it may be sent again at once.</summary>
    public static bool WasIdle(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.IdleSessionTimeout };

    /// <summary>No room, no right, no table: nothing was written, and trying again at once does not help.</summary>
    private static bool IsRejection(string state) =>
        state is WrongIsolation or PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory or PostgresErrorCodes.ReadOnlySqlTransaction
            || state.StartsWith("42", StringComparison.Ordinal) || state.StartsWith("28", StringComparison.Ordinal) || state.StartsWith("3D", StringComparison.Ordinal);
}
