namespace AsyncMQ.Sqlite;

/// <summary>When a commit counts as done.</summary>
public enum SqliteSynchronous
{
    /// <summary>When it is on the disk: what was answered survives a power cut. The default.</summary>
    Full = 0,

    /// <summary>When the operating system has it: faster; survives the death of the process, and a power cut may take the last moments.</summary>
    Normal = 1,
}

/// <summary>Where and how the SQLite store keeps its jobs.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The database file. Relative paths start at the current directory; missing directories are created.</summary>
    /// <exception cref="ArgumentException">The path is empty, or a connection string, a URI or ':memory:' instead of a path.</exception>
    public required string Path
    {
        get;
        set => field = RequireFile(value);
    }

    /// <summary>
    /// Whether the file has, or will get, tables of others, such as the application's own, so that jobs can be added and completed inside its transactions.
    /// The store then makes its tables beside those, after a look whether their names are free, and does not set the file's application_id. Every process that
    /// uses the file must say the same. False by default: a file that has tables of others is refused. Either way the file uses a write-ahead log from then on.
    /// </summary>
    public bool SharesFile { get; set; }

    /// <summary>When a commit counts as done. <see cref="SqliteSynchronous.Full"/> by default.</summary>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;

    /// <summary>How long to wait while another process holds the file's write lock. 10 s by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, or longer than an hour.</exception>
    public TimeSpan BusyTimeout
    {
        get;
        set => field = value >= TimeSpan.Zero && value <= TimeSpan.FromHours(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"The busy timeout must be zero to one hour, but was {value}.");
    } = TimeSpan.FromSeconds(10);

    /// <summary>How often to look whether another process wrote, while somebody watches the store and it is idle. 20 ms by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is shorter than 1 ms, or longer than an hour.</exception>
    public TimeSpan PollInterval
    {
        get;
        set => field = value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromHours(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"The poll interval must be 1 ms to one hour, but was {value}.");
    } = TimeSpan.FromMilliseconds(20);

    /// <summary>How much memory the writing connection may use to cache pages, in MiB. 64 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1, or more than 65 536.</exception>
    public int CacheMebibytes
    {
        get;
        set => field = value is >= 1 and <= 65_536
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"The cache must be 1 to 65 536 MiB, but was {value}.");
    } = 64;

    // Each of these is a file's name, too, and what somebody meant who is used to other libraries.
    private static string RequireFile(string path)
    {
        if (string.IsNullOrWhiteSpace(path))
            throw new ArgumentException("The path of the SQLite store must not be empty. Give a file name, for example 'jobs.db'.", nameof(path));
        if (path.Contains(":memory:", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"The SQLite store keeps its jobs in a file, but the path was '{path}'. For jobs in memory call UseInMemory().", nameof(path));
        if (path.Contains("Data Source=", StringComparison.OrdinalIgnoreCase) || path.Contains("DataSource=", StringComparison.OrdinalIgnoreCase)
            || path.Contains("Filename=", StringComparison.OrdinalIgnoreCase) || path.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException("The SQLite store takes the path of a file, for example 'jobs.db', but got a connection string or a URI.", nameof(path));
        return path;
    }
}
