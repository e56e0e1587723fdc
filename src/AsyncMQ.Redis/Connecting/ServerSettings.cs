using AsyncMQ.Redis.Scripting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Connecting;

/// <summary>Warns, once, of settings of the server with which jobs can be lost; one that does not tell is left alone.</summary>
internal sealed class ServerSettings(ScriptRunner scripts, ILogger logger)
{
    private const string KeepsKeys = "noeviction";
    private bool isChecked;

    public async Task CheckAsync(IDatabase database, string store, CancellationToken cancellationToken)
    {
        if (isChecked)
            return;
        isChecked = true;

        try
        {
            if (await scripts.RunAsync(database, Scripts.Settings, [], cancellationToken).ConfigureAwait(false) is not [var policy, var appends])
                return;
            if ((string?)policy is { Length: > 0 } and not KeepsKeys)
                Log.Evicts(logger, store, (string?)policy);
            if ((string?)appends is "0")
                Log.IsNotDurable(logger, store);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A warning is not worth a start: whatever is wrong, somebody else will meet it.
        }
    }
}
