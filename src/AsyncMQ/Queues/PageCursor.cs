using System.Buffers.Text;
using System.Globalization;
using System.Text;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>Where a page ended: which of the query's states, and the place in it. Opaque to users.</summary>
internal readonly record struct PageCursor(int State, PageKey? Key)
{
    /// <exception cref="ArgumentException">The text is not a cursor of a query with so many states.</exception>
    public static PageCursor Parse(string? text, int states)
    {
        if (text is null)
            return new(0, null);

        byte[] bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        string[] parts = text.Length <= 128 && Base64Url.IsValid(text) && Base64Url.TryDecodeFromChars(text, bytes, out int written)
            ? Encoding.ASCII.GetString(bytes, 0, written).Split('.')
            : [];
        if (parts.Length is 1 or 3 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int state) && state < states)
        {
            if (parts.Length == 1)
                return new(state, null);
            if (long.TryParse(parts[1], CultureInfo.InvariantCulture, out long rank) && long.TryParse(parts[2], CultureInfo.InvariantCulture, out long sequence))
                return new(state, new PageKey(rank, sequence));
        }

        throw new ArgumentException(
            $"'{(text.Length > 64 ? text[..64] : text)}' is not a cursor of this query. Pass JobPage.Next of a page with the same states.", nameof(text));
    }

    public override string ToString() => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(
        Key is { } key ? string.Create(CultureInfo.InvariantCulture, $"{State}.{key.Rank}.{key.Sequence}") : State.ToString(CultureInfo.InvariantCulture)));
}
