using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Records;

/// <summary>A session's row in memory.</summary>
internal sealed class SessionEntry(long key, SessionInfo info, long nameId)
{
    public long Key { get; } = key;

    public SessionInfo Info { get; } = info;

    /// <summary>The number of its name, for the jobs it claims.</summary>
    public long NameId { get; } = nameId;

    /// <summary>The <see cref="Ledger.Generation"/> in which this is true.</summary>
    public long Generation { get; set; }

    public bool IsAlive { get; set; }

    /// <summary>It claims nothing; null: a process of an earlier minor opened it, which knows no such thing.</summary>
    public bool? IsQuiet { get; set; }

    /// <summary>When it was last seen, as stored.</summary>
    public long Used { get; set; }

    /// <summary>The last step of each lane used in this generation.</summary>
    public Dictionary<int, long> Lanes { get; } = [];

    /// <summary>The job names that it has handlers for.</summary>
    public HashSet<string> KnownNames { get; } = new(info.Names, StringComparer.Ordinal);

    /// <summary>The queues it works, for sessions with so many that they are told of ready ones; null for others.</summary>
    public HashSet<string>? ManyQueues { get; } =
        info.Queues.Count > 64 ? new(info.Queues, StringComparer.Ordinal) : null;

    /// <summary>Where the last look for ready queues ended.</summary>
    public long ReadyAfter { get; set; }
}
