using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace AsyncMQ.Simulation.Machine;

/// <summary>Everything that happened, in order: a hash of all of it, by which two runs are told apart, and the last lines in words.</summary>
internal sealed class Trace : IDisposable
{
    private const int Kept = 250;

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] buffer = new byte[1 << 16];
    private readonly Queue<string> lines = new();
    private int filled;
    private string? digest;

    /// <summary>How many errands were run.</summary>
    public long Events { get; private set; }

    public IEnumerable<string> LastLines => lines;

    /// <summary>The hash of all that was noted; nothing is noted after it.</summary>
    public string Digest => digest ??= End();

    /// <summary>Notes an errand.</summary>
    public void Note(long now, int process, ErrandKind kind)
    {
        Events++;
        Span<byte> record = Take(11);
        BinaryPrimitives.WriteInt64LittleEndian(record, now);
        BinaryPrimitives.WriteInt16LittleEndian(record[8..], (short)process);
        record[10] = (byte)kind;
    }

    /// <summary>Notes something in words.</summary>
    public void Say(long now, string text)
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"{new TimeSpan(now - SimulatedClock.Start.UtcTicks):d\\.hh\\:mm\\:ss\\.fff} {text}");
        for (int i = 0; i < line.Length; i += 1_000)
        {
            ReadOnlySpan<char> part = line.AsSpan(i, Math.Min(1_000, line.Length - i));
            System.Text.Encoding.UTF8.GetBytes(part, Take(System.Text.Encoding.UTF8.GetByteCount(part)));
        }

        if (lines.Count == Kept)
            lines.Dequeue();
        lines.Enqueue(line);
    }

    public void Dispose() => hash.Dispose();

    private Span<byte> Take(int size)
    {
        if (filled + size > buffer.Length)
            Flush();
        filled += size;
        return buffer.AsSpan(filled - size, size);
    }

    private void Flush()
    {
        hash.AppendData(buffer.AsSpan(0, filled));
        filled = 0;
    }

    private string End()
    {
        Flush();
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
