namespace AsyncMQ.Conformance;

/// <summary>Texts that break the rules of names and ids, each with what the refusal must say. Source: reliability survey S-1 to S-17.</summary>
internal static class BadTexts
{
    /// <summary>Bad as any name, id, tag or header.</summary>
    public static IEnumerable<(string What, string Text, string Says)> Everywhere =>
    [
        ("empty", "", "must not be empty"),
        ("with NUL", "a\0b", "U+0000 at position 1"),
        ("with a newline", "a\r\nb", "U+000D at position 1"),
        ("with an escape sequence", "\e[2J", "U+001B at position 0"),
        ("with a lone high surrogate", "a\ud800", "lone surrogate (U+D800) at position 1"),
        ("with a lone low surrogate", "\udc00a", "lone surrogate (U+DC00) at position 0"),
        ("with surrogates the wrong way round", "\udc00\ud800", "lone surrogate (U+DC00)"),
        ("with a right-to-left override", "a\u202eb", "U+202E"),
        ("with a zero-width space", "a\u200bb", "U+200B"),
        ("with a byte order mark", "\ufeffa", "U+FEFF"),
        ("with a line separator", "a\u2028b", "U+2028"),
        ("with a tag character", "a\U000E0041", "U+E0041"),
        ("of a megabyte", new string('x', 1 << 20), "bytes of UTF-8, but has 1048576 characters"),
    ];

    /// <summary>Bad as a queue, job name, tag or header: as everywhere, and white space and length.</summary>
    public static IEnumerable<(string What, string Text, string Says)> Names =>
    [
        .. Everywhere,
        ("of a space", " ", "white space"),
        ("with a space inside", "a b", "must not contain white space, but was 'a b'. Use '-'"),
        ("with a no-break space", "a\u00a0b", "white space"),
        ("with a space at its end", "a ", "white space"),
        ("of 129 characters", new string('x', 129), "at most 128 bytes"),
        ("of 129 bytes in 43 characters", new string('漢', 43), "has 129"),
    ];

    /// <summary>Bad as a deduplication id.</summary>
    public static IEnumerable<(string What, string Text, string Says)> Ids =>
    [
        .. Everywhere,
        ("of a space", " ", "white space"),
        ("with a space at its beginning", " a", "must not begin or end with white space"),
        ("with a space at its end", "a ", "must not begin or end with white space"),
        ("of 256 characters", new string('x', 256), "at most 255 bytes"),
        ("of 256 bytes in 128 characters", new string('ä', 128), "has 256"),
    ];

    /// <summary>Bad as a custom job id. Source: reference behaviour K-01.</summary>
    public static IEnumerable<(string What, string Text, string Says)> JobIds =>
    [
        .. Ids,
        ("of digits", "123", "is all digits; generated ids may look like that. Use a prefix, for example 'job-123'"),
        ("of one digit", "0", "all digits"),
        ("of superscript digits", "²³", "all digits"),
        ("of Arabic digits", "٣٤", "all digits"),
        ("of mathematical digits", "\U0001D7D8\U0001D7D9", "all digits"),
        ("with a colon", "a:b", "contains ':'"),
        ("with an at sign before", "@a", "begins with '@'"),
    ];
}
