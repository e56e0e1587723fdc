using AsyncMQ.Simulation.Planning;

namespace AsyncMQ.Simulation.Witnessing;

/// <summary>One schedule from its creation to its removal, as the witness saw it.</summary>
internal sealed class ScheduleLife(string queue, string id, long createdAt)
{
    public string Queue => queue;

    public string Id => id;

    /// <summary>When it was created, by the store's clock.</summary>
    public long CreatedAt => createdAt;

    public required Rule Rule { get; set; }

    public long Revision { get; set; }

    /// <summary>When it fires next; null: never.</summary>
    public long? Next { get; set; }

    /// <summary>From when on the next time was known, by the world's clock.</summary>
    public long KnownSince { get; set; }

    public bool IsPaused { get; set; }

    /// <summary>How many jobs its ticks have added.</summary>
    public long Runs { get; set; }

    public string? LastJobId { get; set; }

    /// <summary>Which times have fired.</summary>
    public HashSet<long> Fired { get; } = [];

    /// <summary>All times that have fired, in the order in which they did.</summary>
    public List<long> Times { get; } = [];

    public override string ToString() => $"schedule {queue}/{id} ({Rule}, next {Words(Next)}{(IsPaused ? ", paused" : "")}, runs {Runs})";

    public static string Words(long? time) => time is { } ticks ? new DateTime(ticks, DateTimeKind.Utc).ToString("O", System.Globalization.CultureInfo.InvariantCulture) : "never";
}
