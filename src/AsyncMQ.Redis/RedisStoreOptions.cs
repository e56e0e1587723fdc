using StackExchange.Redis;

namespace AsyncMQ.Redis;

/// <summary>Which server the Redis store uses, and under which name.</summary>
public sealed class RedisStoreOptions
{
    /// <summary>The server, as StackExchange.Redis writes it: <c>localhost:6379</c>, or with options behind it. Not used with a <see cref="Connection"/>.</summary>
    public string Configuration { get; set; } = "localhost:6379";

    /// <summary>A connection of the application's own, which the store uses and leaves open; null: the store makes one.</summary>
    public IConnectionMultiplexer? Connection { get; set; }

    /// <summary>
    /// A second connection, on which leases are renewed, so that a renewal never waits behind other work; null: the store makes one like the first.
    /// </summary>
    public IConnectionMultiplexer? LeaseConnection { get; set; }

    /// <summary>The installation's name: several on one server never meet. All keys begin with it, in braces. <c>asyncmq</c> by default.</summary>
    /// <exception cref="ArgumentException">The name is empty, longer than 128 characters, or has braces, white space or control characters.</exception>
    public string Name { get; set => field = RequireName(value); } = "asyncmq";

    // Braces would end the tag by which a cluster keeps the keys together.
    private static string RequireName(string name) =>
        name is { Length: > 0 and <= 128 } && !name.Any(static letter => letter is '{' or '}' || char.IsWhiteSpace(letter) || char.IsControl(letter))
            ? name
            : throw new ArgumentException(
                $"An installation's name must be 1 to 128 characters without braces, white space and control characters, but was '{name}'.", nameof(name));
}
