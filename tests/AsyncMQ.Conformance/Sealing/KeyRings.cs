using System.Text;

namespace AsyncMQ.Conformance.Sealing;

/// <summary>Keys, and payloads that nobody may find in a store.</summary>
public static class KeyRings
{
    /// <summary>Stands in every payload of these tests.</summary>
    public const string Secret = "s3cr3t-0f-4nn";

    public static byte[] Of(byte seed) => [.. Enumerable.Range(0, 32).Select(i => (byte)(seed + i))];

    /// <summary>Encrypts with the first, reads with all.</summary>
    public static AsyncMQBuilder Encrypted(this AsyncMQBuilder mq, params byte[] seeds) => mq.EncryptPayloads(keys =>
    {
        foreach (byte seed in seeds)
            keys.Add($"key-{seed}", Of(seed));
        keys.Current = $"key-{seeds[0]}";
    });

    /// <summary>All that the store keeps of a job's payloads, as text.</summary>
    public static string StoredText(this JobRecord record) => string.Join('\n',
    [
        Text(record.Payload), Text(record.Result), Text(record.Error), Text(record.Progress),
        .. record.Attempts.Select(attempt => Text(attempt.Error)), .. record.Logs.Select(line => line.Text),
    ]);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.Latin1.GetString(bytes.Span);
}
