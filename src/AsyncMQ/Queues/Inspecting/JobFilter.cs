using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>The filters of a query, checked against every record: written once, for all stores.</summary>
internal sealed class JobFilter
{
    private readonly JobQuery query;
    private readonly RecordReader reader;
    private readonly Glob? name;
    private readonly Glob? id;

    public JobFilter(JobQuery query, RecordReader reader)
    {
        this.query = query;
        this.reader = reader;
        name = query.Name is null ? null : new Glob(query.Name);
        id = query.Id is null ? null : new Glob(query.Id);
        IsEmpty = name is null && id is null && query is { Tag: null, Text: null, AddedFrom: null, AddedTo: null, IsPrioritized: false };
        Hint = name is { IsExact: true } || query.AddedFrom is not null || query.AddedTo is not null
            ? new(name is { IsExact: true } ? query.Name : null, query.AddedFrom, query.AddedTo)
            : null;
    }

    /// <summary>True when every job matches.</summary>
    public bool IsEmpty { get; }

    /// <summary>The one job that can match, when the id says so.</summary>
    public string? OnlyId => id is { IsExact: true } ? query.Id : null;

    /// <summary>What the store may leave out by itself.</summary>
    public PageHint? Hint { get; }

    public bool Matches(JobRecord record) =>
        IsEmpty
        || ((name?.Matches(record.Name) ?? true)
            && (id?.Matches(record.Ref.Id) ?? true)
            && (query.AddedFrom is not { } from || record.AddedAt >= from)
            && (query.AddedTo is not { } to || record.AddedAt < to)
            && (!query.IsPrioritized || record.Priority != JobOptions.None.Priority)
            && (query.Text is null || HasText(record, query.Text))
            && (query.Tag is null || JobInfoReader.ReadEnvelope(record.Envelope).Tags?.Contains(query.Tag) == true));

    private bool HasText(JobRecord record, string text) =>
        record.Ref.Id.Contains(text, StringComparison.OrdinalIgnoreCase)
        || record.Name.Contains(text, StringComparison.OrdinalIgnoreCase)
        || (reader.ErrorOf(record) is { } error
            && (error.Message.Contains(text, StringComparison.OrdinalIgnoreCase) || error.Type.Contains(text, StringComparison.OrdinalIgnoreCase)));
}

/// <summary>A pattern in which <c>*</c> stands for any text and everything else for itself. At worst pattern times text, both short.</summary>
internal sealed class Glob(string pattern)
{
    public bool IsExact { get; } = !pattern.Contains('*', StringComparison.Ordinal);

    public bool Matches(string text)
    {
        if (IsExact)
            return text == pattern;

        int p = 0, t = 0, star = -1, mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = t;
            }
            else if (p < pattern.Length && pattern[p] == text[t])
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++mark;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }
}
