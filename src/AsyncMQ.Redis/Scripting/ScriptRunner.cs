using System.Collections.Concurrent;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Scripting;

/// <summary>Runs scripts on the server, by their hash; by their text when it does not know them: after a restart, or when somebody flushed its cache.</summary>
/// <param name="root">The key of the installation's own record, from which the scripts build all others.</param>
/// <param name="rewrite">What is made of each script's text before it is run; null: nothing.</param>
internal sealed class ScriptRunner(RedisKey root, Func<string, string>? rewrite = null)
{
    private const string Unknown = "NOSCRIPT";

    /// <summary>Errors of a server that wrote nothing, and will not do so at once either.</summary>
    private static readonly string[] Rejections = ["OOM", "READONLY", "MISCONF", "NOPERM", "NOAUTH", "WRONGPASS"];

    private readonly RedisKey[] keys = [root];
    private readonly ConcurrentDictionary<Script, Script> rewritten = [];

    /// <summary>Runs a script. A cancelled caller goes away; the script does not.</summary>
    public async ValueTask<RedisResult[]> RunAsync(IDatabase database, Script script, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        script = Edit(script);
        try
        {
            Task<RedisResult> running = RunAsync(database, script, arguments);
            return (RedisResult[])(cancellationToken.CanBeCanceled
                ? await running.WaitAsync(cancellationToken).ConfigureAwait(false)
                : await running.ConfigureAwait(false))!;
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            throw Told(error, script);
        }
    }

    /// <summary>Runs a script, and blocks the calling thread meanwhile: for the lease keeper.</summary>
    public RedisResult[] Run(IDatabase database, Script script, RedisValue[] arguments)
    {
        script = Edit(script);
        try
        {
            try
            {
                return (RedisResult[])database.ScriptEvaluate(script.Hash, keys, arguments)!;
            }
            catch (RedisServerException error) when (IsUnknown(error))
            {
                return (RedisResult[])database.Execute("EVAL", ByText(script, arguments))!;
            }
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            throw Told(error, script);
        }
    }

    private async Task<RedisResult> RunAsync(IDatabase database, Script script, RedisValue[] arguments)
    {
        try
        {
            return await database.ScriptEvaluateAsync(script.Hash, keys, arguments).ConfigureAwait(false);
        }
        catch (RedisServerException error) when (IsUnknown(error))
        {
            // Nothing of it was done. The text makes it known again, for whoever comes next.
            return await database.ExecuteAsync("EVAL", ByText(script, arguments)).ConfigureAwait(false);
        }
    }

    private Script Edit(Script script) =>
        rewrite is null ? script : rewritten.GetOrAdd(script, static (plain, rewrite) => plain.Rewritten(rewrite), rewrite);

    private object[] ByText(Script script, RedisValue[] arguments) =>
        [script.Text, 1, keys[0], .. arguments.Select(static argument => (object)argument)];

    private static bool IsUnknown(RedisServerException error) => error.Message.StartsWith(Unknown, StringComparison.Ordinal);

    private static StoreException Told(Exception error, Script script) =>
        error is RedisServerException && Array.Exists(Rejections, word => error.Message.StartsWith(word, StringComparison.Ordinal))
            ? new StoreRejectedException($"Redis refused {script.Name}: {error.Message}", error)
            : new StoreException($"Redis did not answer {script.Name}: {error.Message}", error);
}
