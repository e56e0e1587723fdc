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
    private const int PartSize = sizeof(long) + sizeof(int);

    // Parts in which permits were spent, by their ends; ends rise, and no part is empty. At most so many as a window has, while its length stays.
    private readonly List<(long End, int Spent)> parts = [];
    private long spent;

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
        long counted = Left(limit, now) > 0 ? 0 : spent;
        for (int i = 0; counted >= limit.Permits; i++)
        {
            counted -= parts[i].Spent;
            if (counted < limit.Permits)
                return parts[i].End + limit.Window.Ticks;
        }

        return now;
    }

    /// <summary>When everything spent up to now is forgotten, so that there is nothing to remember.</summary>
    /// <param name="limit">The limit.</param>
    public long EmptyAt(RateLimit limit) => parts.Count == 0 ? 0 : parts[^1].End + limit.Window.Ticks;

    /// <summary>Spends a permit.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="now">The store's time.</param>
    public void Spend(RateLimit limit, long now)
    {
        Forget(limit, now);
        long end = PartEnd(limit, now);
        if (parts.Count > 0 && parts[^1].End == end)
            parts[^1] = (end, parts[^1].Spent + 1);
        else
            parts.Add((end, 1));
        spent++;
    }

    /// <summary>Gives the latest permit back that was spent.</summary>
    public void Return()
    {
        if (parts.Count == 0)
            return;
        (long end, int count) = parts[^1];
        spent--;
        if (count == 1)
            parts.RemoveAt(parts.Count - 1);
        else
            parts[^1] = (end, count - 1);
    }

    /// <summary>As bytes, for a store that keeps them.</summary>
    public byte[] Pack()
    {
        var bytes = new byte[parts.Count * PartSize];
        Span<byte> rest = bytes;
        foreach ((long end, int count) in parts)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, end);
            BinaryPrimitives.WriteInt32LittleEndian(rest[sizeof(long)..], count);
            rest = rest[PartSize..];
        }

        return bytes;
    }

    /// <summary>What <see cref="Pack"/> made. Of bytes that are damaged it takes what makes sense.</summary>
    /// <param name="bytes">The bytes.</param>
    public static RateWindow Unpack(ReadOnlySpan<byte> bytes)
    {
        var window = new RateWindow();
        for (; bytes.Length >= PartSize; bytes = bytes[PartSize..])
        {
            long end = BinaryPrimitives.ReadInt64LittleEndian(bytes);
            int count = BinaryPrimitives.ReadInt32LittleEndian(bytes[sizeof(long)..]);
            if (count <= 0 || (window.parts.Count > 0 && end <= window.parts[^1].End))
                continue;
            window.parts.Add((end, count));
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
        if (parts.Count == 0)
            return;

        // The clock was put back, or the window cut: nobody waits longer than the window says.
        long end = PartEnd(limit, now);
        if (parts[^1].End > end)
        {
            parts.Clear();
            parts.Add((end, (int)spent));
        }

        int over = 0;
        for (; over < parts.Count && parts[over].End + limit.Window.Ticks <= now; over++)
            spent -= parts[over].Spent;
        parts.RemoveRange(0, over);
    }
}
