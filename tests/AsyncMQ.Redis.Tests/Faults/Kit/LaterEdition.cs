using AsyncMQ.Redis.Connecting;

namespace AsyncMQ.Redis.Tests.Faults.Kit;

/// <summary>
/// A minor after this one, as far as minors may go: its scripts have other texts, write more into the records of the installation, the queues and the
/// sessions, and tell of things in the news that this minor knows nothing of.
/// </summary>
internal static class LaterEdition
{
    /// <summary>The field that only it writes.</summary>
    public const string Field = "later";

    private const string Plain = "local call = redis.call\n";

    // One name, as before: a function may take sixty from outside, and some take them all.
    private const string Call = """
        local call = (function(plain)
          local root = KEYS[1]
          local function isRecord(key)
            return key == root or string.sub(key, 1, #root + 6) == root .. 'queue:' or string.sub(key, 1, #root + 8) == root .. 'session:'
          end
          return function(command, ...)
            local key, value = ...
            if command == 'HSET' and isRecord(key) then plain('HSET', key, 'later', 'of 1.1') end
            if command == 'PUBLISH' then return plain('PUBLISH', key, 'Xof 1.1\n' .. value) end
            return plain(command, ...)
          end
        end)(redis.call)

        """;

    public static Edition Minor { get; } = new(Edition.Current.Major, Edition.Current.Minor + 1, static text => text.Replace(Plain, Call, StringComparison.Ordinal));

    /// <summary>A major after this one.</summary>
    public static Edition Major { get; } = new(Edition.Current.Major + 1, 0);
}
