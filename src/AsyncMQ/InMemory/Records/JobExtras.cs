using System.Text;
using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>What only some jobs have: made when first needed.</summary>
internal sealed class JobExtras
{
    private const int MostAttempts = 64;
    private const int MostLines = 1_000;
    private const int MostLogBytes = 64 * 1024;

    private List<AttemptRecord>? attempts;
    private Queue<JobLogLine>? lines;
    private int logBytes;

    public TimeSpan TimeToLive { get; set; }

    public long ExpiresAt { get; set; } = long.MaxValue;

    public Deduplication? Deduplication { get; set; }

    public JobLinks? Links { get; private set; }

    public ReadOnlyMemory<byte> Result { get; set; }

    public ReadOnlyMemory<byte> Error { get; set; }

    public ReadOnlyMemory<byte> Progress { get; set; }

    public IReadOnlyList<AttemptRecord> Attempts => attempts is null ? [] : [.. attempts];

    public IReadOnlyList<JobLogLine> Lines => lines is null ? [] : [.. lines];

    public JobLinks NeedLinks() => Links ??= new();

    public void Record(AttemptRecord attempt)
    {
        attempts ??= [];
        if (attempts.Count == MostAttempts)
            attempts.RemoveAt(0);
        attempts.Add(attempt);
    }

    public void Append(JobLogLine line)
    {
        lines ??= new();
        lines.Enqueue(line);
        logBytes += Encoding.UTF8.GetByteCount(line.Text);

        // The newest line stays, however long it is: better one long line than none.
        while (lines.Count > MostLines || (logBytes > MostLogBytes && lines.Count > 1))
            logBytes -= Encoding.UTF8.GetByteCount(lines.Dequeue().Text);
    }
}
