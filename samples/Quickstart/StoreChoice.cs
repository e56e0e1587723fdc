using AsyncMQ;

namespace Quickstart;

/// <summary>Where the jobs live: in memory, in the file quickstart.db, or on a Redis server that copies on any number of machines share.</summary>
internal sealed record StoreChoice(string Text)
{
    private const string RedisScheme = "redis://";

    public static StoreChoice Sqlite { get; } = new("sqlite");

    public static string Database { get; } = Path.GetFullPath("quickstart.db");

    public string Description => Text switch { "memory" => "in memory", "sqlite" => Database, _ => Text };

    private string? RedisServer => Text.StartsWith(RedisScheme, StringComparison.Ordinal) ? Text[RedisScheme.Length..] : null;

    /// <exception cref="ArgumentException">There is no such store.</exception>
    public static StoreChoice Parse(string text)
    {
        var choice = new StoreChoice(text);
        return text is "sqlite" or "memory" || !string.IsNullOrWhiteSpace(choice.RedisServer)
            ? choice
            : throw new ArgumentException($"--store must be sqlite, memory or redis://HOST:PORT, but was '{text}'.");
    }

    public void Use(AsyncMQBuilder mq)
    {
        if (RedisServer is { } server)
            mq.UseRedis(server);
        else if (Text == "memory")
            mq.UseInMemory();
        else
            mq.UseSqlite(Database);
    }
}
