using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Looks at keys.</content>
internal sealed partial class InMemoryJobStore
{
    public ValueTask<KeyRecord?> FindKeyAsync(string queue, string key, CancellationToken cancellationToken) =>
        Run((queue, key), static (store, ask) => store.FindKey(ask.queue, ask.key), cancellationToken);

    public ValueTask<IReadOnlyList<KeyRecord>> KeysAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        Run((queue, after, take), static (store, ask) => store.ListKeys(ask.queue, ask.after, ask.take), cancellationToken);

    private KeyRecord? FindKey(string queueName, string name) =>
        queues.TryGetValue(queueName, out StoredQueue? queue) && queue.HasKeys && queue.Keys.Find(name) is { } key ? ToRecord(queue, key) : null;

    private IReadOnlyList<KeyRecord> ListKeys(string queueName, string? after, int take)
    {
        if (!queues.TryGetValue(queueName, out StoredQueue? queue) || !queue.HasKeys)
            return [];

        return [.. queue.Keys.All
            .Where(key => after is null || string.CompareOrdinal(key.Name, after) > 0)
            .OrderBy(static key => key.Name, StringComparer.Ordinal)
            .Select(key => ToRecord(queue, key))
            .OfType<KeyRecord>()
            .Take(take)];
    }

    // Null: there is nothing to remember any more, only nobody has noticed yet.
    private KeyRecord? ToRecord(StoredQueue queue, StoredKey key)
    {
        KeyLimits? limits = queue.Keys.LimitsOf(key);
        if (key.ForgottenAt(limits, now) <= now)
            return null;

        return new()
        {
            Queue = queue.Name,
            Key = key.Name,
            Limits = key.Own,
            Waiting = key.Waiting,
            Active = key.Active,
            HeldUntil = Coming(key.HeldUntil),
            NextPermit = LimitRules.NextPermit(limits?.Rate, key.Window, now) is { } permit ? ToTime(permit) : null,
            Head = key.Head?.Id,
        };
    }

    /// <summary>A time that is to come; null for one that is over, or never.</summary>
    private DateTimeOffset? Coming(long time) => time > now && time < long.MaxValue ? ToTime(time) : null;
}
