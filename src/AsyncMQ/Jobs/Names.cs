using System.Globalization;
using System.Text;

namespace AsyncMQ.Jobs;

/// <summary>The rules for every name that a user chooses, written once: checked before anything is written.</summary>
internal static class Names
{
    public const int LongestId = 255;
    public const int LongestName = 128;
    public const int LongestRepeatableId = 200;

    /// <summary>A custom job id. Source: reference behaviour K-01; the length, control and edge rules are ours.</summary>
    public static string RequireJobId(string? id)
    {
        RequireText(id, "A job id", LongestId);
        if (id.Contains(':', StringComparison.Ordinal))
            throw new ArgumentException($"Job id '{id}' contains ':', which separates the parts of internal keys. Use '-' or '_' instead.", nameof(id));
        if (id[0] == '@')
            throw new ArgumentException($"Job id '{id}' begins with '@', which is kept for occurrences of schedules. Use another first character.", nameof(id));
        if (IsDigitsOnly(id))
            throw new ArgumentException($"Job id '{id}' is all digits; generated ids may look like that. Use a prefix, for example 'job-{id}'.", nameof(id));
        return id;
    }

    /// <summary>A deduplication id: a job id's rules, but <c>:</c> and digits are allowed.</summary>
    public static string RequireDeduplicationId(string? id)
    {
        RequireText(id, "A deduplication id", LongestId);
        return id;
    }

    /// <summary>A key of jobs: a deduplication id's rules.</summary>
    public static string RequireKey(string? key)
    {
        RequireText(key, "A key", LongestId);
        return key;
    }

    /// <summary>A flow's id: a job id's rules, but <c>:</c> is allowed.</summary>
    public static string RequireFlowId(string? id)
    {
        RequireText(id, "A flow id", LongestId);
        if (id[0] == '@')
            throw new ArgumentException($"Flow id '{id}' begins with '@', which is kept for the library's own. Use another first character.", nameof(id));
        if (IsDigitsOnly(id))
            throw new ArgumentException($"Flow id '{id}' is all digits; ids that people choose are not. Use a prefix, for example 'flow-{id}'.", nameof(id));
        return id;
    }

    /// <summary>A job to depend on: any that can exist, also under a generated id or as an occurrence of a schedule.</summary>
    public static JobRef RequireDependency(JobRef job)
    {
        if (job.Queue is null || job.Id is null)
            throw new ArgumentException("A dependency needs a queue and an id, as JobHandle.Ref has them, but one of them is null.", nameof(job));
        RequireName(job.Queue, "The queue of a dependency");
        RequireDependencyId(job.Id);
        return job;
    }

    /// <summary>The id of a job to depend on.</summary>
    public static string RequireDependencyId(string? id)
    {
        RequireText(id, "The id of a dependency", LongestId);
        return id;
    }

    /// <summary>A repeatable's id: a deduplication id's rules, but shorter, because its jobs' ids hold it, and not beginning with <c>@</c>.</summary>
    public static string RequireRepeatableId(string? id)
    {
        RequireText(id, "A repeatable's id", LongestRepeatableId);
        return id[0] == '@'
            ? throw new ArgumentException($"Repeatable id '{id}' begins with '@', as the ids of its jobs do. Use another first character.", nameof(id))
            : id;
    }

    /// <summary>A queue's name: 1 to 128 characters, no white space, no control characters.</summary>
    public static string RequireQueue(string? queue) => RequireName(queue, "A queue name");

    /// <summary>A job's name: 1 to 128 characters, no white space, no control characters.</summary>
    public static string RequireJobName(string? name) => RequireName(name, "A job name");

    /// <summary>The version of a program: text for people.</summary>
    public static string RequireVersion(string? version)
    {
        RequireText(version, "A version", LongestName);
        return version;
    }

    /// <summary>The id of a worker, as <see cref="WorkerInfo.Id"/> has it.</summary>
    public static Storage.SessionId RequireWorkerId(string? id)
    {
        ArgumentNullException.ThrowIfNull(id);

        // The parser would let white space around it pass.
        return id.Length == 32 && Guid.TryParseExact(id, "N", out Guid value)
            ? new(value)
            : throw new ArgumentException($"A worker id is 32 hexadecimal digits, as WorkerInfo.Id has it, but was '{Beginning(id)}'. Names of workers are not ids: several may share one.", nameof(id));
    }

    /// <summary>A header's name: the rules of a name.</summary>
    public static string RequireHeader(string? header) => RequireName(header, "A header name");

    /// <summary>A tag: the rules of a name.</summary>
    public static string RequireTag(string? tag) => RequireName(tag, "A tag");

    private static string RequireName(string? name, string what)
    {
        RequireText(name, what, LongestName);
        foreach (Rune rune in name.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
                throw new ArgumentException($"{what} must not contain white space, but was '{name}'. Use '-', '_' or '.' instead.", nameof(name));
        }

        return name;
    }

    private static void RequireText([System.Diagnostics.CodeAnalysis.NotNull] string? text, string what, int longest)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
            throw new ArgumentException($"{what} must not be empty. Leave it out (null) where it is optional.", nameof(text));
        if (text.Length > longest)
            throw new ArgumentException($"{what} must be at most {longest} bytes of UTF-8, but has {text.Length} characters: '{Beginning(text)}…'.", nameof(text));

        RequireCharacters(text, what);
        int bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > longest)
            throw new ArgumentException($"{what} must be at most {longest} bytes of UTF-8, but '{Beginning(text)}…' has {bytes}.", nameof(text));
        if (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]))
            throw new ArgumentException($"{what} must not begin or end with white space, but was '{text}'.", nameof(text));
    }

    private static void RequireCharacters(string text, string what)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                int codePoint = char.ConvertToUtf32(c, text[++i]);
                if (IsInvisible(CharUnicodeInfo.GetUnicodeCategory(codePoint)))
                    throw new ArgumentException($"{what} must not contain invisible characters, but has U+{codePoint:X4} at position {i - 1}.", nameof(text));
            }
            else if (char.IsSurrogate(c))
                throw new ArgumentException($"{what} must be well-formed text, but has a lone surrogate (U+{(int)c:X4}) at position {i}.", nameof(text));
            else if (char.IsControl(c))
                throw new ArgumentException($"{what} must not contain control characters, but has U+{(int)c:X4} at position {i}.", nameof(text));
            else if (IsInvisible(CharUnicodeInfo.GetUnicodeCategory(c)))
                throw new ArgumentException($"{what} must not contain invisible or direction-changing characters, but has U+{(int)c:X4} at position {i}.", nameof(text));
        }
    }

    // Two names that look the same on a dashboard must be the same.
    private static bool IsInvisible(UnicodeCategory category) =>
        category is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static bool IsDigitsOnly(string id)
    {
        for (int i = 0; i < id.Length; i += char.IsSurrogatePair(id, i) ? 2 : 1)
        {
            if (CharUnicodeInfo.GetDigitValue(id, i) < 0)
                return false;
        }

        return true;
    }

    /// <summary>The first characters of a text that was not checked yet, fit to be shown in a log.</summary>
    private static string Beginning(string text) =>
        string.Create(Math.Min(16, text.Length), text, static (span, text) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) || IsInvisible(char.GetUnicodeCategory(text[i])) ? '?' : text[i];
        });
}
