using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <content>Limits and keys.</content>
internal sealed partial class JobQueue
{
    private const int MostKeys = 1_000;

    public Task SetLimitsAsync(QueueLimits? limits, CancellationToken cancellationToken = default) =>
        ChangeQueueAsync(new QueueCommand.SetLimits(limits), cancellationToken);

    public Task SetKeyLimitsAsync(string key, KeyLimits? limits, CancellationToken cancellationToken = default) =>
        ChangeQueueAsync(new QueueCommand.SetKeyLimits(Names.RequireKey(key), limits), cancellationToken);

    public Task HoldAsync(TimeSpan time, CancellationToken cancellationToken = default) =>
        ChangeQueueAsync(new QueueCommand.Hold(null, RequireHold(time)), cancellationToken);

    public Task HoldKeyAsync(string key, TimeSpan time, CancellationToken cancellationToken = default) =>
        ChangeQueueAsync(new QueueCommand.Hold(Names.RequireKey(key), RequireHold(time)), cancellationToken);

    public async Task<QueueLimitsInfo> GetLimitsAsync(CancellationToken cancellationToken = default)
    {
        IReadOnlyList<QueueRecord> queues = await parts.ReadAsync((store, token) => store.QueuesAsync(token), cancellationToken).ConfigureAwait(false);
        QueueRecord? record = queues.FirstOrDefault(queue => queue.Name == name);
        return new() { Limits = record?.Limits, HeldUntil = record?.HeldUntil, NextPermit = record?.NextPermit };
    }

    public async Task<JobKeyInfo?> GetKeyAsync(string key, CancellationToken cancellationToken = default)
    {
        Names.RequireKey(key);
        return await parts.ReadAsync((store, token) => store.FindKeyAsync(name, key, token), cancellationToken).ConfigureAwait(false) is { } record
            ? Read(record)
            : null;
    }

    public async Task<IReadOnlyList<JobKeyInfo>> GetKeysAsync(string? after = null, int take = 100, CancellationToken cancellationToken = default)
    {
        if (take is < 1 or > MostKeys)
            throw new ArgumentOutOfRangeException(nameof(take), take, $"Take must be 1 to {MostKeys}, but was {take}.");
        return [.. (await parts.ReadAsync((store, token) => store.KeysAsync(name, after, take, token), cancellationToken).ConfigureAwait(false)).Select(Read)];
    }

    private static TimeSpan RequireHold(TimeSpan time) => Times.RequireDelay(time, "The time of a hold")!.Value;

    private static JobKeyInfo Read(KeyRecord record) => new()
    {
        Key = record.Key,
        Limits = record.Limits,
        Waiting = record.Waiting,
        Active = record.Active,
        HeldUntil = record.HeldUntil,
        NextPermit = record.NextPermit,
        Head = record.Head,
    };
}
