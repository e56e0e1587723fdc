namespace Reports;

/// <summary>What the user asked for.</summary>
internal sealed record CommandLine(string Folder, bool Once)
{
    public const string Usage = """
        Usage: dotnet run --project samples/Reports [-- [FOLDER] [--once]]

        Counts every CSV file in FOLDER (default: reports; made with some files when there are none) as one job each, and writes
        FOLDER/report.md from their results: every minute, until Ctrl-C.

          --once   write one report and end
        """;

    /// <exception cref="ArgumentException">An argument is wrong; the message says which.</exception>
    public static CommandLine Parse(string[] args)
    {
        string? folder = null;
        bool once = false;
        foreach (string arg in args)
        {
            if (arg == "--once")
                once = true;
            else if (arg.StartsWith('-'))
                throw new ArgumentException($"Option '{arg}' is not known.");
            else
                folder = folder is null ? arg : throw new ArgumentException($"One FOLDER, please: '{folder}' or '{arg}'.");
        }

        folder = Path.GetFullPath(folder ?? "reports");
        return File.Exists(folder) ? throw new ArgumentException($"{folder} is a file. Give a folder.") : new(folder, once);
    }
}
