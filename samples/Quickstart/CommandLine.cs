using System.Globalization;

namespace Quickstart;

/// <summary>What the user asked for.</summary>
internal sealed record CommandLine(string Root, StoreChoice Store, int Concurrency, double FailRate, bool Reset)
{
    public const string Usage = """
        Usage: dotnet run --project samples/Quickstart [-- [PATH] [options]]

        Measures every file under PATH (default: this repository) as one job each.

          --store STORE      where the jobs live: sqlite (the default: quickstart.db in the working directory), memory,
                             or a server, redis://localhost:6379 or postgres://postgres@localhost/postgres
          --concurrency N    how many files at once (default 16)
          --fail-rate P      fail attempts by chance, 0 to 1, to watch retries (default 0)
          --reset            forget what earlier runs did, and begin anew
        """;

    /// <exception cref="ArgumentException">An argument is wrong; the message says which.</exception>
    public static CommandLine Parse(string[] args)
    {
        string? root = null;
        var line = new CommandLine("", StoreChoice.Sqlite, 16, 0, false);
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--store":
                    line = line with { Store = StoreChoice.Parse(Value(args, ref i)) };
                    break;
                case "--concurrency":
                    line = line with
                    {
                        Concurrency = int.TryParse(Value(args, ref i), NumberStyles.None, CultureInfo.InvariantCulture, out int slots) && slots is >= 1 and <= 10_000
                            ? slots
                            : throw new ArgumentException($"--concurrency must be 1 to 10000, but was '{args[i]}'."),
                    };
                    break;
                case "--fail-rate":
                    line = line with
                    {
                        FailRate = double.TryParse(Value(args, ref i), NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && rate is >= 0 and <= 1
                            ? rate
                            : throw new ArgumentException($"--fail-rate must be 0 to 1, but was '{args[i]}'."),
                    };
                    break;
                case "--reset":
                    line = line with { Reset = true };
                    break;
                case ['-', ..]:
                    throw new ArgumentException($"Option '{args[i]}' is not known.");
                default:
                    root = root is null ? args[i] : throw new ArgumentException($"One PATH, please: '{root}' or '{args[i]}'.");
                    break;
            }
        }

        root = Path.GetFullPath(root ?? RepositoryRoot());
        return Directory.Exists(root) ? line with { Root = root } : throw new ArgumentException($"There is no folder {root}.");
    }

    private static string Value(string[] args, ref int i) =>
        ++i < args.Length ? args[i] : throw new ArgumentException($"Option '{args[i - 1]}' needs a value.");

    private static string RepositoryRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AsyncMQ.slnx")))
                return folder.FullName;
        }

        return Directory.GetCurrentDirectory();
    }
}
