using System.Globalization;
using AsyncMQ.Bench.Contenders;
using AsyncMQ.Bench.Measures;
using AsyncMQ.Bench.Stores;

namespace AsyncMQ.Bench;

/// <summary>What the user asked for.</summary>
internal sealed record CommandLine
{
    public static string Usage { get; } = $"""
        Usage: dotnet run -c Release --project bench/AsyncMQ.Bench -- STORE [options]

        Measures AsyncMQ on STORE: {string.Join(", ", StoreKind.All.Select(store => store.Name))}.

          --jobs N                     jobs per measurement, 1 to 10000000 (default: some seconds' worth, by store)
          --concurrency C              handlers at once, 1 to 10000 (default 16)
          --payload BYTES              length of the one text argument, 0 to 1000000; 0: no argument (default 0)
          --peer NAME                  measure this system too, in turn: {string.Join(", ", ContenderKind.Peers)}
          --synchronous full|normal    when a commit of the sqlite store counts as done (default full)
          --measure NAME...            only these: {string.Join(", ", Measurements.All.SelectMany(one => one.Measures).Select(one => one.Name))}
          --json                       one JSON object a line instead of a table
          --help                       this text
        """;

    public string Store { get; private init; } = "";

    public int? Jobs { get; private init; }

    public int Concurrency { get; private init; } = 16;

    public int PayloadBytes { get; private init; }

    public string? Peer { get; private init; }

    /// <summary>Null: not said.</summary>
    public string? Synchronous { get; private init; }

    /// <summary>Empty: all.</summary>
    public IReadOnlyList<string> Measures { get; private init; } = [];

    public bool IsJson { get; private init; }

    public bool IsHelp { get; private init; }

    /// <summary>Set in a child process, by its parent: the system to measure there.</summary>
    public string? Contender { get; private init; }

    /// <summary>Set in a child process, by its parent: the file to be a worker on.</summary>
    public string? WorkOn { get; private init; }

    /// <exception cref="ArgumentException">An argument is wrong; the message says which.</exception>
    public static CommandLine Parse(string[] args)
    {
        var line = new CommandLine();
        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out string? argument))
        {
            line = argument switch
            {
                "--jobs" => line with { Jobs = Number(argument, rest, 1, 10_000_000) },
                "--concurrency" => line with { Concurrency = Number(argument, rest, 1, 10_000) },
                "--payload" => line with { PayloadBytes = Number(argument, rest, 0, 1_000_000) },
                "--peer" => line with { Peer = OneOf(argument, rest, ContenderKind.Peers) },
                "--synchronous" => line with { Synchronous = OneOf(argument, rest, ["full", "normal"]) },
                "--measure" => line with { Measures = [.. line.Measures, .. MeasureNames(rest)] },
                "--contender" => line with { Contender = OneOf(argument, rest, [ContenderKind.Own, .. ContenderKind.Peers]) },
                "--work-on" => line with { WorkOn = Value(argument, rest) },
                "--json" => line with { IsJson = true },
                "--help" or "-h" => line with { IsHelp = true },
                ['-', ..] => throw new ArgumentException($"Option '{argument}' is not known."),
                _ => line.Store.Length == 0 ? line with { Store = argument } : throw new ArgumentException($"One STORE, please: '{line.Store}' or '{argument}'."),
            };
        }

        if (!line.IsHelp)
            line.Validate();
        return line;
    }

    private void Validate()
    {
        string known = string.Join(", ", StoreKind.All.Select(store => store.Name));
        if (Store.Length == 0)
            throw new ArgumentException($"Give a STORE: {known}.");
        StoreKind kind = StoreKind.All.FirstOrDefault(store => store.Name == Store) ?? throw new ArgumentException($"Store '{Store}' is not known; there are: {known}.");
        if (Synchronous is not null && !kind.HasSynchronous)
            throw new ArgumentException($"--synchronous is for the sqlite store, not for '{Store}'.");
    }

    private static string Value(string option, Queue<string> rest) =>
        rest.TryDequeue(out string? value) ? value : throw new ArgumentException($"Option '{option}' needs a value.");

    private static int Number(string option, Queue<string> rest, int least, int most)
    {
        string value = Value(option, rest);
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw new ArgumentException($"{option} must be {least} to {most}, but was '{value}'.");
    }

    private static string OneOf(string option, Queue<string> rest, IReadOnlyList<string> choices)
    {
        string value = Value(option, rest);
        return choices.Contains(value) ? value : throw new ArgumentException($"{option} must be one of {string.Join(", ", choices)}, but was '{value}'.");
    }

    private static List<string> MeasureNames(Queue<string> rest)
    {
        List<string> names = [];
        string[] known = [.. Measurements.All.SelectMany(one => one.Measures).Select(measure => measure.Name)];
        do
            names.Add(OneOf("--measure", rest, known));
        while (rest.TryPeek(out string? next) && !next.StartsWith('-'));
        return names;
    }
}
