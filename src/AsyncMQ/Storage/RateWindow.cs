using System.Buffers.Binary;

namespace AsyncMQ.Storage;

/// <summary>
/// The permits that were spent lately: the one rule of rate limits, for stores whose step runs in .NET; others write the same in their language and prove
/// it in the conformance suite. A permit spent at a time counts from the end of that time's part, a 64th of the window, for a whole window: so no window,
/// however it is laid, has more than the limit, and a backlog uses 64 of 65. All times in ticks. Not thread-safe.
/// </summary>
public sealed class RateWindow
{
    private const int Parts = 64;

    // Parts in which permits were spent, by their ends.
    private readonly Queue<(long End, int Spent)> parts = new();
    private (long End, int Spent) last;
    private long spent;

    /// <summary>True when there is nothing to remember.</summary>
    public bool IsEmpty => spent == 0;

    /// <summary>How many permits are left now.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="now">The store's time.</param>
    public int Left(RateLimit limit, long now)
    {
        Forget(limit, now);
        return (int)Math.Max(0, limit.Permits - spent);
    }

    /// <summary>When the next permit is there: now, when one is left.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="now">The store's time.</param>
    public long NextPermit(RateLimit limit, long now)
    {
        if (Left(limit, now) > 0)
            return now;

        long counted = spent;
        foreach ((long end, int count) in parts)
        {
            counted -= count;
            if (counted < limit.Permits)
                return end + limit.Window.Ticks;
        }

        return last.End + limit.Window.Ticks;
    }

    /// <summary>When everything spent up to now is forgotten, so that there is nothing to remember.</summary>
    /// <param name="limit">The limit.</param>
    public long EmptyAt(RateLimit limit) => last.End + limit.Window.Ticks;

    /// <summary>Spends a permit.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="now">The store's time.</param>
    public void Spend(RateLimit limit, long now)
    {
        Forget(limit, now);
        long end = Math.Max(PartEnd(limit, now), last.End);
        if (last.Spent > 0 && end > last.End)
        {
            parts.Enqueue(last);
            last = default;
        }

        last = (end, last.Spent + 1);
        spent++;
    }

    /// <summary>Gives the latest permit back that was spent.</summary>
    public void Return()
    {
        if (last.Spent == 0)
            return;
        last.Spent--;
        spent--;
    }

    /// <summary>As bytes, for a store that keeps them.</summary>
    public byte[] Pack()
    {
        var bytes = new byte[(parts.Count + 1) * 12];
        Span<byte> rest = bytes;
        foreach ((long End, int Spent) part in parts.Append(last))
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, part.End);
            BinaryPrimitives.WriteInt32LittleEndian(rest[8..], part.Spent);
            rest = rest[12..];
        }

        return bytes;
    }

    /// <summary>What <see cref="Pack"/> made. Bytes that are damaged are read as far as they go.</summary>
    /// <param name="bytes">The bytes.</param>
    public static RateWindow Unpack(ReadOnlySpan<byte> bytes)
    {
        var window = new RateWindow();
        for (; bytes.Length >= 12; bytes = bytes[12..])
        {
            long end = BinaryPrimitives.ReadInt64LittleEndian(bytes);
            int count = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
            if (count <= 0 || end < window.last.End)
                continue;
            if (window.last.Spent > 0)
                window.parts.Enqueue(window.last);
            window.last = (end, count);
            window.spent += count;
        }

        return window;
    }

    private static long PartEnd(RateLimit limit, long now)
    {
        long part = Math.Max(1, limit.Window.Ticks / Parts);
        return ((now / part) + 1) * part;
    }

    private void Forget(RateLimit limit, long now)
    {
        // The clock was put back, or the window cut: nobody waits longer than the window says.
        long end = PartEnd(limit, now);
        if (last.End > end)
        {
            parts.Clear();
            last = (end, (int)Math.Min(spent, int.MaxValue));
            spent = last.Spent;
        }

        long over = now - limit.Window.Ticks;
        while (parts.TryPeek(out (long End, int Spent) oldest) && oldest.End <= over)
        {
            spent -= oldest.Spent;
            parts.Dequeue();
        }

        if (parts.Count == 0 && last.End <= over)
        {
            spent = 0;
            last.Spent = 0;
        }
    }
}
