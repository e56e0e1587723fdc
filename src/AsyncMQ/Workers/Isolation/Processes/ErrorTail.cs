using System.Text;

namespace AsyncMQ.Workers;

/// <summary>Passes a child's standard error on to this process's, and keeps the last of it: it tells why a process died.</summary>
internal sealed class ErrorTail
{
    private const int MostBytes = 4_096;
    private const int MostLines = 20;
    private readonly Lock gate = new();
    private readonly List<byte> kept = new(MostBytes);

    /// <summary>Copies until the other end is closed. Bytes, not lines: a line may have no end.</summary>
    public async Task CopyAsync(Stream from)
    {
        byte[] buffer = new byte[MostBytes];
        try
        {
            Stream own = Console.OpenStandardError();
            await using (own.ConfigureAwait(false))
            {
                for (int read; (read = await from.ReadAsync(buffer).ConfigureAwait(false)) > 0;)
                {
                    Keep(buffer.AsSpan(0, read));
                    await own.WriteAsync(buffer.AsMemory(0, read)).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Nobody reads ours any more, or the child is gone.
        }
    }

    /// <summary>The last lines; null: it said nothing.</summary>
    public string? Read()
    {
        lock (gate)
        {
            string text = Encoding.UTF8.GetString([.. kept]).Trim();
            string[] lines = text.Split('\n');
            return text.Length == 0 ? null : string.Join('\n', lines.TakeLast(MostLines));
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            kept.AddRange(bytes);
            if (kept.Count > MostBytes)
                kept.RemoveRange(0, kept.Count - MostBytes);
        }
    }
}
