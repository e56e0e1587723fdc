using System.Globalization;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Connecting;

/// <summary>
/// The layout of the keys, recorded with the installation. Minors only add, and live side by side; a newer major is refused, and waits itself until no live
/// session has an older one.
/// </summary>
internal static class Layout
{
    public const string Field = "layout";
    private const int NamesTold = 5;

    /// <summary>Records the layout where there is none or an earlier one, and says why an installation cannot be used.</summary>
    public static async Task EnsureAsync(IDatabase database, ScriptRunner scripts, RedisKey root, Edition edition, string description)
    {
        // Looked at first: so a start writes nothing where there is nothing to change.
        string? recorded = await ReadAsync(database, root, description).ConfigureAwait(false);
        if (recorded is null || Parse(recorded, description) is var (major, minor) && (major < edition.Major || (major == edition.Major && minor < edition.Minor)))
            recorded = await RaiseAsync(database, scripts, edition, description).ConfigureAwait(false);

        if (Parse(recorded, description).Major > edition.Major)
            throw Newer(recorded, edition, description);
    }

    /// <summary>Somebody has brought the installation to a newer major since this process started.</summary>
    public static StoreRejectedException Newer(string recorded, Edition edition, string description) => new(
        $"{description} has layout {recorded}, written by a newer AsyncMQ.Redis; this one knows layouts up to {edition.Major}.x. Update the package.");

    private static async Task<string?> ReadAsync(IDatabase database, RedisKey root, string description)
    {
        try
        {
            return await database.HashGetAsync(root, Field).ConfigureAwait(false);
        }
        catch (RedisServerException error)
        {
            throw new StoreRejectedException($"{description} cannot be used: {error.Message}", error);
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            throw new StoreException($"{description} did not answer: {error.Message}", error);
        }
    }

    private static async Task<string> RaiseAsync(IDatabase database, ScriptRunner scripts, Edition edition, string description)
    {
        RedisResult[] reply = await scripts.RunAsync(database, Scripts.RaiseLayout, [edition.Major, edition.Minor], CancellationToken.None).ConfigureAwait(false);
        if (reply.Number(0) == 0)
            return reply.Text(1);

        string[] names = [.. reply.Skip(2).Select(static name => (string)name!)];
        string more = names.Length > NamesTold ? $" and {names.Length - NamesTold} more" : "";
        throw new StoreRejectedException(
            $"{description} has layout {reply.Text(1)}, and processes of that version use it: {string.Join(", ", names.Take(NamesTold))}{more}. "
            + $"This one writes layout {edition.Layout}, which they cannot read; stop them first.");
    }

    private static (int Major, int Minor) Parse(string layout, string description) =>
        layout.Split('.') is [var first, var second]
        && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int major)
        && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out int minor)
            ? (major, minor)
            : throw new StoreRejectedException($"{description} has a record of its layout that says '{layout}': it is damaged, or the key is another program's.");
}
