using System.Buffers.Text;
using System.Globalization;
using System.Text;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>Where a page ended. Opaque to users; bears the query's states and direction, so that it is not taken for a place in another query.</summary>
/// <param name="State">Which of the query's states.</param>
/// <param name="Key">The place in it; null: its beginning.</param>
/// <param name="Skip">How many matching jobs are still to skip.</param>
internal readonly record struct PageCursor(int State, PageKey? Key, int Skip)
{
    private const int LongestText = 128;

    /// <summary>Where a page of the query begins.</summary>
    /// <exception cref="ArgumentException">The query goes on behind a text that is not a cursor of it.</exception>
    public static PageCursor Of(JobQuery query) => query.After is null
        ? new(0, null, query.Skip)
        : Parse(query.After, query) ?? throw new ArgumentException(
            $"'{(query.After.Length > 64 ? query.After[..64] : query.After)}' is not a cursor of this query. "
            + "Pass JobPage.Next of a page with the same states in the same order and direction.",
            nameof(query));

    public string ToText(JobQuery query)
    {
        string place = Key is { } key ? string.Create(CultureInfo.InvariantCulture, $"{key.Rank}.{key.Sequence}") : ".";
        return Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Walk(query)}.{State}.{Skip}.{place}")));
    }

    private static PageCursor? Parse(string text, JobQuery query)
    {
        if (text.Length > LongestText || !Base64Url.IsValid(text))
            return null;

        string[] parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('.');
        if (parts.Length != 5
            || parts[0] != Walk(query)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int state) || state >= query.States.Count
            || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int skip))
        {
            return null;
        }

        if (parts is [_, _, _, "", ""])
            return new(state, null, skip);
        return long.TryParse(parts[3], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long rank)
            && long.TryParse(parts[4], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long sequence)
            ? new(state, new PageKey(rank, sequence), skip)
            : null;
    }

    private static string Walk(JobQuery query) => string.Concat(query.States.Select(state => (char)('0' + (int)state))) + (query.Descending ? "d" : "");
}
