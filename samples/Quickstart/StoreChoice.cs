using AsyncMQ;

namespace Quickstart;

/// <summary>Where the jobs live: in memory, in the file quickstart.db, or on a Redis or PostgreSQL server that copies on any number of machines share.</summary>
internal sealed record StoreChoice(string Text)
{
    private const string RedisScheme = "redis://";
    private const string PostgresScheme = "postgres://";

    public static StoreChoice Sqlite { get; } = new("sqlite");

    public static string Database { get; } = Path.GetFullPath("quickstart.db");

    public string Description => Text switch { "memory" => "in memory", "sqlite" => Database, _ => WithoutSecrets(Text) };

    private bool IsPostgres => Text.StartsWith(PostgresScheme, StringComparison.Ordinal) && Text.Length > PostgresScheme.Length;

    private string? RedisServer => Text.StartsWith(RedisScheme, StringComparison.Ordinal) ? Text[RedisScheme.Length..] : null;

    /// <exception cref="ArgumentException">There is no such store.</exception>
    public static StoreChoice Parse(string text)
    {
        var choice = new StoreChoice(text);
        return text is "sqlite" or "memory" || choice.IsPostgres || !string.IsNullOrWhiteSpace(choice.RedisServer)
            ? choice
            : throw new ArgumentException($"--store must be sqlite, memory, redis://HOST:PORT or postgres://USER@HOST/DATABASE, but was '{text}'.");
    }

    public void Use(AsyncMQBuilder mq)
    {
        if (RedisServer is { } server)
            mq.UseRedis(server);
        else if (IsPostgres)
            mq.UsePostgres(Text);
        else if (Text == "memory")
            mq.UseInMemory();
        else
            mq.UseSqlite(Database);
    }

    // A URL may have a password in it.
    private static string WithoutSecrets(string url) =>
        url.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? $"{url[..(url.IndexOf("//", StringComparison.Ordinal) + 2)]}…{url[at..]}" : url;
}
