using System.Globalization;
using System.Text;

namespace AsyncMQ.Simulation.Planning;

/// <summary>All rules that anybody in the world has asked for, known again by the marker that they carry.</summary>
internal sealed class Rulebook
{
    private readonly List<Rule> rules = [];

    public Rule Add(Func<int, Rule> make)
    {
        Rule rule = make(rules.Count + 1);
        rules.Add(rule);
        return rule;
    }

    /// <summary>The rule whose marker stands somewhere in these bytes; null: none does.</summary>
    public Rule? Find(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> text = bytes.Span, name = "rule-"u8;
        int at = text.IndexOf(name);
        if (at < 0)
            return null;
        ReadOnlySpan<byte> number = text[(at + name.Length)..];
        int end = number.IndexOf((byte)';');
        return end > 0 && int.TryParse(Encoding.ASCII.GetString(number[..end]), NumberStyles.None, CultureInfo.InvariantCulture, out int found) && found <= rules.Count
            ? rules[found - 1]
            : null;
    }
}
