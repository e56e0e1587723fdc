using Npgsql;

namespace AsyncMQ.Postgres.Connecting;

/// <summary>The two ways in which people write down a database: Npgsql's own, and the URL that other tools and hosts give.</summary>
internal static class ConnectionText
{
    private static readonly string[] Schemes = ["postgres", "postgresql"];

    /// <summary>What a connection string says.</summary>
    /// <param name="text">For example <c>Host=localhost;Database=app</c> or <c>postgres://app:secret@localhost/app?sslmode=require</c>.</param>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && Schemes.Contains(url.Scheme) ? Read(url) : new(text);

    private static NpgsqlConnectionStringBuilder Read(Uri url)
    {
        var said = new NpgsqlConnectionStringBuilder { Host = url.Host.Length > 0 ? url.Host.Trim('[', ']') : "localhost" };
        if (url.Port > 0)
            said.Port = url.Port;
        string[] user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            said.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            said.Password = Uri.UnescapeDataString(user[1]);
        if (url.AbsolutePath.Trim('/') is { Length: > 0 } database)
            said.Database = Uri.UnescapeDataString(database);
        foreach (string option in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = option.Split('=', 2);
            said[Uri.UnescapeDataString(parts[0])] = Uri.UnescapeDataString(parts.Length > 1 ? parts[1] : "");
        }

        return said;
    }
}
