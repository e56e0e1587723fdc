using System.Globalization;
using Microsoft.Extensions.Logging;

namespace AsyncMQ.FaultWorker;

/// <summary>Logs to the console, a line each: that of the framework would be a seventh of what a start of this process costs.</summary>
internal sealed class LineLogging : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;

        string level = logLevel == LogLevel.Information ? "info" : logLevel.ToString();
        string line = string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {level}: [{eventId.Id}] {formatter(state, exception)} {exception}");
        Console.WriteLine(line.ReplaceLineEndings(" "));
    }

    public void Dispose()
    {
    }
}
