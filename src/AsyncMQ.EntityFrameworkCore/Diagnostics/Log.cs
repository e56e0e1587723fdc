using Microsoft.Extensions.Logging;

namespace AsyncMQ.EntityFrameworkCore;

/// <summary>Everything that the outbox logs. A store or a database that is away is told once, not once per try.</summary>
internal static partial class Log
{
    [LoggerMessage(80, LogLevel.Warning, "The outbox of {Context} cannot be moved to {Store} now; its rows stay, trying again")]
    public static partial void Away(ILogger logger, string context, string store, Exception exception);

    [LoggerMessage(81, LogLevel.Information, "The outbox of {Context} is moved to {Store} again")]
    public static partial void Back(ILogger logger, string context, string store);

    [LoggerMessage(82, LogLevel.Error, "Row {Row} of the outbox of {Context} was refused, and is kept with its error: {Error}")]
    public static partial void Refused(ILogger logger, long row, string context, string error);
}
