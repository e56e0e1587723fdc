using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AsyncMQ.Simulation.Planning;

/// <summary>All rules that anybody in the world has asked for, known again by the marker that their jobs carry.</summary>
internal sealed class Rulebook
{
    private readonly List<Rule> rules = [];

    public Rule Add(Func<int, Rule> make)
    {
        Rule rule = make(rules.Count + 1);
        rules.Add(rule);
        return rule;
    }

    /// <summary>The rule of a job with these arguments; null: none.</summary>
    public Rule? Find(ReadOnlyMemory<byte> payload)
    {
        ReadOnlySpan<byte> name = "rule-"u8;
        int at = payload.Span.IndexOf(name);
        if (at < 0)
            return null;
        ReadOnlySpan<byte> number = payload.Span[(at + name.Length)..];
        int end = number.IndexOf((byte)';');
        return end > 0 && int.TryParse(Encoding.ASCII.GetString(number[..end]), NumberStyles.None, CultureInfo.InvariantCulture, out int found) && found <= rules.Count
            ? rules[found - 1]
            : null;
    }

    /// <summary>What stands in a definition that the runtime made: the rule of its job's arguments, and since when its intervals are counted.</summary>
    public (Rule? Rule, long Created) Read(ReadOnlyMemory<byte> definition)
    {
        using JsonDocument document = JsonDocument.Parse(definition);
        return (Find(document.RootElement.GetProperty("p").GetBytesFromBase64()), DateTime.UnixEpoch.Ticks + (document.RootElement.GetProperty("t").GetInt64() * TimeSpan.TicksPerMillisecond));
    }
}
