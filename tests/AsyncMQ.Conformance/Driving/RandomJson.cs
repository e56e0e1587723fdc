using System.Globalization;
using System.Text;

namespace AsyncMQ.Conformance.Driving;

/// <summary>Random JSON texts in every spelling that the format allows: odd white space, escapes, numbers that no .NET type holds.</summary>
public sealed class RandomJson(int seed)
{
    private static readonly string[] Numbers =
        ["0", "-0", "1.0", "1.10", "1e5", "1E+05", "-1e-400", "1e400", "123456789012345678901234567890", "0.1000000000000000055511151231257827", "9007199254740993"];

    private static readonly string[] Texts =
        ["", "a", "\\u0041", "\\ud83d\\ude00", "😀", "ä", "\\/", "/", "\\\"", "\\\\", "\\n", "\u2028", "<script>", "\\ud800", "$type", "\u0000x".Replace("\u0000", "\\u0000", StringComparison.Ordinal)];

    private readonly Random random = new(seed);

    /// <summary>An array or an object.</summary>
    public string Next()
    {
        var text = new StringBuilder();
        if (random.Next(2) == 0)
            WriteArray(text, 4);
        else
            WriteObject(text, 4);
        return text.ToString();
    }

    private void WriteValue(StringBuilder text, int depth)
    {
        switch (random.Next(depth > 0 ? 8 : 6))
        {
            case 0:
                text.Append("null");
                break;
            case 1:
                text.Append(random.Next(2) == 0 ? "true" : "false");
                break;
            case 2:
                text.Append(Numbers[random.Next(Numbers.Length)]);
                break;
            case 3:
                text.Append(random.NextInt64(long.MinValue, long.MaxValue).ToString(CultureInfo.InvariantCulture));
                break;
            case 4 or 5:
                text.Append('"').Append(Texts[random.Next(Texts.Length)]).Append('"');
                break;
            case 6:
                WriteArray(text, depth - 1);
                break;
            default:
                WriteObject(text, depth - 1);
                break;
        }
    }

    private void WriteArray(StringBuilder text, int depth)
    {
        text.Append('[');
        WriteItems(text, _ => WriteValue(text, depth));
        text.Append(']');
    }

    private void WriteObject(StringBuilder text, int depth)
    {
        text.Append('{');
        WriteItems(text, i =>
        {
            text.Append(CultureInfo.InvariantCulture, $"\"k{i}{(random.Next(3) == 0 ? "\\u00e4" : "")}\"");
            Space(text);
            text.Append(':');
            Space(text);
            WriteValue(text, depth);
        });
        text.Append('}');
    }

    private void WriteItems(StringBuilder text, Action<int> write)
    {
        int count = random.Next(4);
        Space(text);
        for (int i = 0; i < count; i++)
        {
            if (i > 0)
                text.Append(',');
            Space(text);
            write(i);
            Space(text);
        }
    }

    private void Space(StringBuilder text) => text.Append(random.Next(8) switch { 0 => " ", 1 => "\n\t", 2 => "\r\n", _ => "" });
}
