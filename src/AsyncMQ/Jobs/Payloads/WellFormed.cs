using System.Text;

namespace AsyncMQ.Jobs;

/// <summary>Text on its way to UTF-8. A lone surrogate has no UTF-8; left alone it would silently become another character.</summary>
internal static class WellFormed
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ArgumentException">The text has a lone surrogate.</exception>
    public static byte[] Encode(string text, string what)
    {
        try
        {
            return Strict.GetBytes(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException($"{what} must be well-formed text, but has a lone surrogate (U+{(int)e.CharUnknown:X4}) at position {e.Index}.", nameof(text));
        }
    }

    /// <summary>At most so many characters of a text: a longer one is cut, not in the middle of a surrogate pair, and ends with "…".</summary>
    public static string Cut(string text, int longest)
    {
        if (text.Length <= longest)
            return text;
        int end = char.IsHighSurrogate(text[longest - 2]) ? longest - 2 : longest - 1;
        return string.Concat(text.AsSpan(0, end), "…");
    }

    /// <exception cref="ArgumentException">The text has a lone surrogate.</exception>
    public static string Require(string text, string what)
    {
        if (text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            Encode(text, what);
        return text;
    }
}
