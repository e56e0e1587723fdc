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

            await WalkAsync(queue.Name, ["batches"], cancellationToken).ConfigureAwait(false);
            await WalkAsync(queue.Name, ["ttl"], cancellationToken).ConfigureAwait(false);
            await CompareKeysAsync(queue.Name, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Keys count the jobs that there are.</summary>
    private async Task CompareKeysAsync(string queue, CancellationToken cancellationToken)
    {
        List<RedisResult> jobs = await WalkKeysAsync(queue, "jobs", cancellationToken).ConfigureAwait(false);
        Dictionary<string, long> counted = jobs.CountBy(static job => (string)job!).ToDictionary(static pair => pair.Key, static pair => (long)pair.Value, StringComparer.Ordinal);
        await WalkKeysAsync(queue, "behind", cancellationToken).ConfigureAwait(false);
        await WalkKeysAsync(queue, "here", cancellationToken).ConfigureAwait(false);
        List<RedisResult> keys = await WalkKeysAsync(queue, "keys", cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < keys.Count; i += 3)
        {
            string name = (string)keys[i]!;
            counted.Remove("W" + name, out long waiting);
            counted.Remove("A" + name, out long active);
            if ((waiting, active) != ((long)keys[i + 1], (long)keys[i + 2]))
                faults.Add($"Key {name} of queue {queue} counts {(long)keys[i + 1]} waiting and {(long)keys[i + 2]} active jobs, but has {waiting} and {active}.");
        }

        faults.AddRange(counted.Keys.Select(name => $"Key {name[1..]} of queue {queue} has jobs that wait or run, but no record."));
    }

    private async Task<List<RedisResult>> WalkKeysAsync(string queue, string what, CancellationToken cancellationToken)
    {
        var entries = new List<RedisResult>();
        long next = 0;
        do
        {
            RedisResult[] reply = await look(Scripts.AuditKeys, [queue, what, next], cancellationToken).ConfigureAwait(false);
            next = reply.Number(0);
            int count = 2 + (int)reply.Number(1);
            entries.AddRange(reply[2..count]);
            faults.AddRange(reply[count..].Select(static fault => (string)fault!));
        }
        while (next != 0);

        return entries;
    }

    private async Task<IEnumerable<string>> KeysOf(JobState state, string queue, CancellationToken cancellationToken)
    {
        string prefix = root.ToString();
        switch (state)
        {
            case JobState.Waiting:
                RedisResult[] lanes = await look(Scripts.Lanes, [queue], cancellationToken).ConfigureAwait(false);
                return
                [
                    prefix + "waiting:" + queue, prefix + "keyed:" + queue,
                    .. lanes.Select(lane => $"{prefix}parked:{queue}\0{lane}"), .. lanes.Select(lane => $"{prefix}keyedParked:{queue}\0{lane}"),
                ];
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
