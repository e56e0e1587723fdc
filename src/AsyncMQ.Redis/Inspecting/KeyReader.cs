using AsyncMQ.Redis.Coding;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Redis.Tending;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Inspecting;

/// <summary>Reads keys from the answer of <c>Scripts/Looking/keys.lua</c>.</summary>
internal static class KeyReader
{
    private const int FieldsOfKey = 7;

    public static IReadOnlyList<KeyRecord> ReadAll(string queue, RedisResult[] reply)
    {
        long now = reply.Number(0);
        var keys = new KeyRecord[(reply.Length - 1) / FieldsOfKey];
        for (int i = 0, at = 1; i < keys.Length; i++, at += FieldsOfKey)
        {
            long heldUntil = reply.Number(at + 4), nextPermit = reply.Number(at + 5);
            string head = reply.Text(at + 6);
            keys[i] = new()
            {
                Queue = queue,
                Key = reply.Text(at),
                Waiting = reply.Number(at + 1),
                Active = (int)reply.Number(at + 2),
                Limits = LimitCodec.UnpackOfKey(reply.Bytes(at + 3)),
                HeldUntil = heldUntil > now ? Micros.ToTime(heldUntil) : null,
                NextPermit = nextPermit > now ? Micros.ToTime(nextPermit) : null,
                Head = head.Length == 0 ? null : head,
            };
        }

        return keys;
    }
}
