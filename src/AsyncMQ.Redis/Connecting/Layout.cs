using System.Globalization;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Connecting;

/// <summary>The layout of the keys, recorded with the installation. Minors only add; a newer major is refused.</summary>
internal static class Layout
{
    public const string Field = "layout";
    private const int Major = 1;
    private const int Minor = 0;

    /// <summary>Records the layout where there is none, and says why an installation cannot be used.</summary>
    public static async Task EnsureAsync(IDatabase database, RedisKey root, string description)
    {
        try
        {
            // Looked at first: a server whose memory is full refuses to write, and workers must be able to start on it, to drain it.
            string? layout = await database.HashGetAsync(root, Field).ConfigureAwait(false);
            if (layout is null)
            {
                await database.HashSetAsync(root, Field, $"{Major}.{Minor}", When.NotExists).ConfigureAwait(false);
                layout = (string?)await database.HashGetAsync(root, Field).ConfigureAwait(false) ?? "";
            }

            if (layout.Split('.') is not [var first, _] || !int.TryParse(first, CultureInfo.InvariantCulture, out int major))
                throw new StoreRejectedException($"{description} has a record of its layout that says '{layout}': it is damaged, or the key is another program's.");
            if (major > Major)
            {
                throw new StoreRejectedException(
                    $"{description} has layout {layout}, written by a newer AsyncMQ.Redis; this one knows layouts up to {Major}.x. Update the package.");
            }
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
}
