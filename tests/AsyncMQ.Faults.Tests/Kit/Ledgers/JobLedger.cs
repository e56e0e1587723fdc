using System.Diagnostics;
using System.Text;

namespace AsyncMQ.Faults.Kit;

/// <summary>
/// What happened, written where no kill can take it back: a file that all processes append to, each line (or batch of lines) with a single write. The
/// order of the file is an order of events: what a process writes after it has learnt something comes after what taught it.
/// </summary>
internal sealed class JobLedger(string path) : IDisposable
{
    private readonly int file = UnixCalls.OpenForAppending(path);

    /// <summary>Writes about a job.</summary>
    public void Write(LedgerPhase phase, string id, int attempt, string token) =>
        Write([new(id, attempt, phase, Environment.ProcessId, token, Stopwatch.GetTimestamp())]);

    /// <summary>Writes about a process.</summary>
    public void WriteProcess(LedgerPhase phase, int pid) => Write([new(LedgerLine.None, 0, phase, pid, LedgerLine.None, Stopwatch.GetTimestamp())]);

    /// <summary>Writes several lines at once.</summary>
    public void Write(IReadOnlyCollection<LedgerLine> lines)
    {
        // A kill may tear a write where it crosses a page. The line break comes first, so that the next line is not glued to the stump; the semicolon last.
        var text = new StringBuilder();
        foreach (LedgerLine line in lines)
            text.Append('\n').Append(line.ToString());
        if (text.Length > 0)
            UnixCalls.Write(file, Encoding.UTF8.GetBytes(text.ToString()));
    }

    public void Dispose() => UnixCalls.Close(file);
}
