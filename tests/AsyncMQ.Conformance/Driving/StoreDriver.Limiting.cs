namespace AsyncMQ.Conformance.Driving;

public sealed partial class StoreDriver
{
    public Task<QueueReply> Limit(QueueLimits? limits, string queue = DefaultQueue) => Do(new QueueCommand.SetLimits(limits), queue);

    /// <summary>Limits every key alike.</summary>
    public Task<QueueReply> LimitKeys(KeyLimits limits) => Limit(new() { PerKey = limits });

    public Task<QueueReply> LimitKey(string key, KeyLimits? limits) => Do(new QueueCommand.SetKeyLimits(key, limits));

    public Task<QueueReply> Hold(TimeSpan time, string? key = null) => Do(new QueueCommand.Hold(key, time));

    public async Task<KeyRecord?> FindKey(string key, string queue = DefaultQueue) => await Store.FindKeyAsync(queue, key, default);

    /// <summary>A key that must be there.</summary>
    public async Task<KeyRecord> GetKey(string key)
    {
        KeyRecord? record = await FindKey(key);
        Assert.True(record is not null, $"There is no key {key}.");
        return record;
    }

    public async Task<string[]> Keys(string? after = null, int take = 1_000) =>
        [.. (await Store.KeysAsync(DefaultQueue, after, take, default)).Select(key => key.Key)];

    /// <summary>A queue's own record, which must be there.</summary>
    public async Task<QueueRecord> Queue(string queue = DefaultQueue) =>
        Assert.Single(await Store.QueuesAsync(default), record => record.Name == queue);
}
