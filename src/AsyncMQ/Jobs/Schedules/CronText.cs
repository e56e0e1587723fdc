using Cronos;

namespace AsyncMQ.Jobs;

/// <summary>Reads cron expressions, and says of a wrong one which field is wrong and what would be right.</summary>
internal static class CronText
{
    private const int Longest = 1_000;
    private const int MostShown = 100;
    private const string Macros = "@every_second, @every_minute, @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually";

    private static readonly (string Name, string Takes)[] Fields =
    [
        ("second", "0-59"),
        ("minute", "0-59"),
        ("hour", "0-23"),
        ("day-of-month", "1-31, L (the last), 15W (the weekday nearest)"),
        ("month", "1-12 or JAN-DEC"),
        ("day-of-week", "0-7 or SUN-SAT (0 and 7 are Sunday), FRI#2 (the second), FRIL (the last)"),
    ];

    /// <summary>The expression, trimmed.</summary>
    /// <exception cref="ArgumentException">It is empty, too long, or has line breaks.</exception>
    public static string Require(string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        if (expression.Length > Longest)
            throw new ArgumentException($"A cron expression has at most 1 000 characters, but got {expression.Length}.", nameof(expression));
        return expression.Trim();
    }

    /// <exception cref="ArgumentException">The expression is wrong.</exception>
    public static CronExpression Parse(string expression)
    {
        if (expression.StartsWith('@'))
            return Read(expression, CronFormat.Standard) ?? throw new ArgumentException($"Cron macro '{Shown(expression)}' is unknown. There are {Macros}.", nameof(expression));

        string[] fields = expression.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (5 or 6))
        {
            throw new ArgumentException(
                $"A cron expression has 5 fields (minute, hour, day-of-month, month, day-of-week), or 6 with seconds in front, but '{Shown(expression)}' has {fields.Length}.",
                nameof(expression));
        }

        return Read(expression, fields.Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard) ?? throw WrongField(expression, fields);
    }

    /// <summary>True when it stands for something that happens again and again, rather than for fixed times of a day.</summary>
    public static bool Repeats(string expression)
    {
        if (expression.StartsWith('@'))
            return expression.StartsWith("@every", StringComparison.OrdinalIgnoreCase) || expression.StartsWith("@hourly", StringComparison.OrdinalIgnoreCase);

        string[] fields = expression.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return fields.Take(fields.Length - 3).Any(static field => field.AsSpan().ContainsAny('*', '-', '/'));
    }

    /// <summary>A text fit for a message: short, and without characters that would spoil a log.</summary>
    public static string Shown(string text) =>
        string.Create(Math.Min(text.Length, MostShown), text, static (shown, text) =>
        {
            for (int i = 0; i < shown.Length; i++)
                shown[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) || text[i] > '\u2000' ? '?' : text[i];
        }) + (text.Length > MostShown ? "…" : "");

    private static CronExpression? Read(string expression, CronFormat format)
    {
        try
        {
            return CronExpression.Parse(expression, format);
        }
        catch (Exception e) when (e is CronFormatException or MissingSeedException)
        {
            return null;
        }
    }

    // Each field alone among fields that are right: the one that is wrong shows itself, whatever the parser stumbled on.
    private static ArgumentException WrongField(string expression, string[] fields)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            int field = Fields.Length - fields.Length + i;
            string[] alone = ["*", "*", "*", "*", "*", "*"];
            alone[field] = fields[i];
            if (Read(string.Join(' ', alone), CronFormat.IncludeSeconds) is null)
            {
                return new ArgumentException(
                    $"The {Fields[field].Name} field of cron expression '{Shown(expression)}' is '{Shown(fields[i])}'. "
                    + $"It takes *, {Fields[field].Takes}, lists (1,2), ranges (1-5) and steps (*/2); there is no H: use Jitter.", nameof(expression));
            }
        }

        return new ArgumentException($"Cron expression '{Shown(expression)}' cannot be read.", nameof(expression));
    }
}
