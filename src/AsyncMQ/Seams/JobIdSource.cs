namespace AsyncMQ.Seams;

/// <summary>
/// Makes job ids: 26 lower-case characters, time first, so that ids of one process sort as they were made and land side by side in a store's index.
/// The random part starts anew each millisecond and counts up within it.
/// </summary>
internal sealed class JobIdSource(RuntimeSeams seams)
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private readonly Lock gate = new();
    private long lastMilliseconds;
    private UInt128 last;

    public string Next()
    {
        UInt128 value;
        long now = seams.Time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (gate)
        {
            if (now > lastMilliseconds)
            {
                lastMilliseconds = now;
                UInt128 random = new((ulong)seams.Random.NextInt64() & 0x3FFF, (ulong)seams.Random.NextInt64());
                last = ((UInt128)(ulong)now << 80) | random;
            }
            else
            {
                last++;
            }

            value = last;
        }

        return string.Create(26, value, static (text, rest) =>
        {
            for (int i = text.Length - 1; i >= 0; i--)
            {
                text[i] = Alphabet[(int)(rest & 31)];
                rest >>= 5;
            }
        });
    }
}
