using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Inspecting;

/// <summary>Runs a script that reads.</summary>
internal delegate ValueTask<RedisResult[]> Look(Script script, RedisValue[] arguments, CancellationToken cancellationToken);

/// <summary>
/// Checks the store's own state against the invariants, a thousand records at a time, so that no other is kept waiting. While others work, what moves
/// between two stretches may be told of wrongly: for a store at rest.
/// </summary>
internal sealed class Auditing(RedisKey root, Look look, IReadOnlyList<QueueRecord> queues)
{
    private readonly List<string> faults = [];

    public async Task<IReadOnlyList<string>> AuditAsync(CancellationToken cancellationToken)
    {
        foreach (QueueRecord queue in queues)
        {
            long records = await WalkAsync(queue.Name, ["records"], cancellationToken).ConfigureAwait(false);
            long indexed = 0;
            foreach (JobState state in Enum.GetValues<JobState>())
            {
                foreach (string key in await KeysOf(state, queue.Name, cancellationToken).ConfigureAwait(false))
                    indexed += await WalkAsync(queue.Name, ["index", (int)state, key], cancellationToken).ConfigureAwait(false);
            }

            await WalkAsync(queue.Name, ["ttl"], cancellationToken).ConfigureAwait(false);
            if (records != indexed)
                faults.Add($"Queue {queue.Name} has {records} records but {indexed} entries in its indexes.");
        }

        await new AuditingLinks(look, queues, faults).AuditAsync(cancellationToken).ConfigureAwait(false);
        foreach (RedisResult fault in await look(Scripts.AuditStore, [], cancellationToken).ConfigureAwait(false))
            faults.Add((string)fault!);
        return faults;
    }

    private async Task<long> WalkAsync(string queue, RedisValue[] what, CancellationToken cancellationToken)
    {
        long count = 0, next = 0;
        do
        {
            RedisResult[] reply = await look(Scripts.AuditQueue, [queue, .. what, next], cancellationToken).ConfigureAwait(false);
            next = reply.Number(0);
            count += reply.Number(1);
            for (int i = 2; i < reply.Length; i++)
                faults.Add(reply.Text(i));
        }
        while (next != 0);

        return count;
    }

    private async Task<IEnumerable<string>> KeysOf(JobState state, string queue, CancellationToken cancellationToken)
    {
        string prefix = root.ToString();
        switch (state)
        {
            case JobState.Waiting:
                RedisResult[] lanes = await look(Scripts.Lanes, [queue], cancellationToken).ConfigureAwait(false);
                return [prefix + "waiting:" + queue, .. lanes.Select(lane => $"{prefix}parked:{queue}\0{lane}")];
            case JobState.Delayed:
                return [prefix + "delayed:" + queue];
            case JobState.Active:
                return [prefix + "active:" + queue];
            case JobState.WaitingChildren:
                return [prefix + "children:" + queue];
            default:
                return [$"{prefix}ended{(int)state}:{queue}"];
        }
    }
}
