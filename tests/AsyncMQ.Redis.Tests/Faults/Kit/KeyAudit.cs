using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests.Faults.Kit;

/// <summary>Looks at an installation's keys past the store: none may be there that nothing leads to.</summary>
internal static class KeyAudit
{
    // What stands for the whole installation; what belongs to a queue; what to a job of it.
    private static readonly string[] Single =
    [
        "", "queues", "tombs", "windows", "firing", "sessions", "producers", "ended", "dead", "numbers", "ready", "parking", "events", "subscribers",
        "wishes", "interests", "flows", "effects", "unended", "forgetting",
    ];

    private static readonly string[] OfQueue =
    [
        "queue", "jobs", "body", "extra", "waiting", "lanes", "parked", "delayed", "ttl", "active", "batches", "ended4", "ended5", "ended6", "ended7", "tombs", "damaged",
        "dedup", "schedules", "scheduleIds", "history", "figuresm", "figuresh", "figurem", "figureh", "log",
        "children", "keyed", "keyedParked", "keys", "keyNames", "behind", "turns", "plainTurns", "opening",
    ];

    /// <summary>The strays, in words.</summary>
    public static async Task<IReadOnlyList<string>> FindStraysAsync(IConnectionMultiplexer connection, string name)
    {
        IDatabase database = connection.GetDatabase();
        string prefix = $"{{{name}}}:";
        List<string> strays = [];
        HashSet<string> flows = [.. (await database.SortedSetRangeByRankAsync(prefix + "flows")).Select(static id => (string)id!)];
        HashSet<string> queues = await MembersAsync(database, prefix + "queues");
        Dictionary<string, string> numbers = (await database.HashGetAllAsync(prefix + "numbers")).ToDictionary(static entry => (string)entry.Name!, static entry => (string)entry.Value!);
        string[] keys = [.. connection.GetServers()[0].Keys(pattern: EscapedPrefix(name)).Select(static key => (string)key!)];
        foreach (string key in keys)
        {
            string rest = key[prefix.Length..];
            string kind = rest.Split(':')[0], of = rest.Length > kind.Length ? rest[(kind.Length + 1)..].Split('\0')[0] : "";
            bool belongs = kind switch
            {
                _ when of.Length == 0 => Single.Contains(kind),
                "session" => await IsListedAsync(database, prefix, of),
                "claims" or "mail" or "works" => numbers.ContainsKey(of),
                "flow" or "flowJobs" => flows.Contains(of),
                "dependents" => true, // of a handle: the store's own audit follows them
                _ => OfQueue.Contains(kind) && queues.Contains(of),
            };
            if (!belongs)
                strays.Add($"{key} belongs to nothing");
        }

        foreach (string queue in queues)
        {
            HashSet<string> jobs = [.. (await database.HashKeysAsync($"{prefix}jobs:{queue}")).Select(static id => (string)id!)];
            strays.AddRange((await database.HashKeysAsync($"{prefix}body:{queue}")).Select(static id => (string)id!).Where(id => !jobs.Contains(id)).Select(id => $"{id} has a body but no record"));
            strays.AddRange((await database.HashKeysAsync($"{prefix}extra:{queue}")).Select(static id => ((string)id!)[1..]).Where(id => !jobs.Contains(id)).Select(id => $"{id} has something beside a record, but no record"));
        }

        foreach ((string number, string session) in numbers)
        {
            if (!await database.KeyExistsAsync($"{prefix}session:{session}"))
                strays.Add($"number {number} is of session {session}, which is gone");
        }

        return strays;
    }

    private static string EscapedPrefix(string name) => $"{{{name}}}:*";

    private static async Task<HashSet<string>> MembersAsync(IDatabase database, string key) => [.. (await database.SetMembersAsync(key)).Select(static member => (string)member!)];

    private static async Task<bool> IsListedAsync(IDatabase database, string prefix, string session)
    {
        foreach (string list in (string[])["sessions", "producers", "ended", "dead"])
        {
            if (await database.SortedSetScoreAsync(prefix + list, session) is not null)
                return true;
        }

        return false;
    }
}
