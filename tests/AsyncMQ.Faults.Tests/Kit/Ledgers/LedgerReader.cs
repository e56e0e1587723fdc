using System.Text;

namespace AsyncMQ.Faults.Kit;

/// <summary>Reads a ledger while others write it.</summary>
internal sealed class LedgerReader(string path)
{
    private readonly List<LedgerLine> lines = [];
    private readonly List<byte> unread = [];
    private long position;

    /// <summary>Everything read so far, in the order of the file. Torn lines are left out.</summary>
    public IReadOnlyList<LedgerLine> Lines => lines;

    /// <summary>How many lines a kill has torn.</summary>
    public int Torn { get; private set; }

    /// <summary>Reads a ledger to its end.</summary>
    public static IReadOnlyList<LedgerLine> ReadAll(string path) => new LedgerReader(path).Read();

    /// <summary>Reads what has come since.</summary>
    public IReadOnlyList<LedgerLine> Read()
    {
        if (!File.Exists(path))
            return lines;

        using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        {
            file.Position = position;
            byte[] buffer = new byte[64 * 1024];
            for (int count; (count = file.Read(buffer)) > 0; position += count)
                unread.AddRange(buffer.AsSpan(0, count));
        }

        // A line is whole when its semicolon is there; without one it is torn, but only once another line has begun.
        string text = Encoding.UTF8.GetString([.. unread]);
        int from = 0;
        for (int end; from < text.Length; from = end + 1)
        {
            end = text.IndexOf('\n', from);
            if (end < 0 && !text.EndsWith(';'))
                break;
            end = end < 0 ? text.Length : end;
            Take(text[from..end]);
        }

        from = Math.Min(from, text.Length);
        unread.RemoveRange(0, Encoding.UTF8.GetByteCount(text.AsSpan(0, from)));
        return lines;
    }

    private void Take(string text)
    {
        if (text.Length == 0)
            return;
        if (LedgerLine.Parse(text) is { } line)
            lines.Add(line);
        else
            Torn++;
    }
}
