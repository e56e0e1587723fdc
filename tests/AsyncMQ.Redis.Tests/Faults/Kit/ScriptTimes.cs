using System.Globalization;
using System.Reflection;
using AsyncMQ.Redis.Scripting;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests.Faults.Kit;

/// <summary>How long a server's scripts took, for the report. It is the time on the wall: what else the machine did meanwhile is in it.</summary>
internal static class ScriptTimes
{
    private const string More = "... "; // the server keeps some arguments of each command, and says how many more there were: "... (9 more arguments)"

    private static readonly Dictionary<string, string> Names = typeof(Scripts).GetFields(BindingFlags.Static | BindingFlags.Public)
        .Select(static field => (Script)field.GetValue(null)!).ToDictionary(static script => Convert.ToHexStringLower(script.Hash), static script => script.Name);

    /// <summary>The longest since its start, in words.</summary>
    public static async Task<string> TellAsync(OwnServer server)
    {
        var entries = (RedisResult[])(await server.OrderAsync("SLOWLOG", "GET", "1000"))!;
        (string What, double Took)[] scripts = [.. entries.Select(static entry => (What(entry[3]), (long)entry[2] / 1_000.0)).Where(static script => script.Item1.Length > 0).OrderByDescending(static script => script.Item2)];
        string longest = string.Join(", ", scripts.Take(5).Select(static script => string.Create(CultureInfo.InvariantCulture, $"{script.Took:0.0} ms {script.What}")));
        (long calls, double milliseconds) = await TotalAsync(server);
        return string.Create(CultureInfo.InvariantCulture, $"{calls} scripts in {milliseconds:0} ms; {scripts.Length} of 2 ms and more{(longest.Length > 0 ? ": " : "")}{longest}");
    }

    /// <summary>All scripts since its start, or since its figures were reset.</summary>
    public static async Task<(long Calls, double Milliseconds)> TotalAsync(OwnServer server)
    {
        string info = (string)(await server.OrderAsync("INFO", "commandstats"))!;
        (long Calls, double Milliseconds) total = default;
        foreach (string line in info.Split("\r\n").Where(static line => line.StartsWith("cmdstat_eval", StringComparison.Ordinal)))
        {
            string[] figures = line.Split(':')[1].Split(',');
            total.Calls += long.Parse(figures[0].Split('=')[1], CultureInfo.InvariantCulture);
            total.Milliseconds += long.Parse(figures[1].Split('=')[1], CultureInfo.InvariantCulture) / 1_000.0;
        }

        return total;
    }

    // Which script, and of how many arguments.
    private static string What(RedisResult command)
    {
        var words = (string[])command!;
        if (!words[0].StartsWith("EVAL", StringComparison.OrdinalIgnoreCase))
            return "";
        string name = Names.GetValueOrDefault(words[1], "by its text");
        return words[^1].StartsWith(More, StringComparison.Ordinal) ? $"{name} {words[^1][More.Length..]}" : $"{name} ({words.Length} arguments)";
    }
}
