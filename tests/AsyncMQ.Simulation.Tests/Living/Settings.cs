using System.Globalization;
using AsyncMQ.Simulation.Machine;

namespace AsyncMQ.Simulation.Living;

/// <summary>What a world is like: drawn from its seed.</summary>
internal sealed record Settings
{
    public required int Processes { get; init; }

    public required TimeSpan Lease { get; init; }

    public required TimeSpan Poll { get; init; }

    public required int Concurrency { get; init; }

    public required int MaxStalls { get; init; }

    public required TimeSpan Shutdown { get; init; }

    /// <summary>The mean time between what users do.</summary>
    public required TimeSpan Quiet { get; init; }

    /// <summary>The mean time between what befalls a process.</summary>
    public required TimeSpan Peace { get; init; }

    /// <summary>False: nobody adds or changes anything; the processes only keep time.</summary>
    public bool HasPeople { get; init; } = true;

    /// <summary>How often the store is looked at.</summary>
    public TimeSpan Looks { get; init; } = TimeSpan.FromMinutes(10);

    public TimeSpan LongestOutage { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Worlds in which years pass: little happens in them but that schedules come due, and whatever may befall those who fire them.</summary>
    public static Settings OfYears(Chance chance) => new()
    {
        Processes = 8,
        Lease = TimeSpan.FromHours(1),
        Poll = TimeSpan.FromHours(1),
        Concurrency = 4,
        MaxStalls = 1_000,
        Shutdown = TimeSpan.FromSeconds(2),
        Quiet = TimeSpan.FromDays(1),
        Peace = TimeSpan.FromDays(chance.Of(5, 20)),
        HasPeople = false,
        Looks = TimeSpan.FromDays(1),
        LongestOutage = TimeSpan.FromDays(3),
    };

    public static Settings Draw(Chance chance) => new()
    {
        Processes = chance.Of(1, 2, 2, 3, 3, 4),
        Lease = TimeSpan.FromSeconds(chance.Of(5, 15, 60, 60, 60, 120, 300)),
        Poll = TimeSpan.FromSeconds(chance.Of(5, 5, 30, 60, 60)),
        Concurrency = chance.Of(1, 2, 4, 8),
        MaxStalls = chance.Below(4),
        Shutdown = TimeSpan.FromSeconds(chance.Of(0, 2, 30)),
        Quiet = TimeSpan.FromMinutes(chance.Of(4, 10, 30)),
        Peace = TimeSpan.FromMinutes(chance.Of(5, 30, 120)),
    };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Processes} processes, lease {Lease}, poll {Poll}, {Concurrency} slots, {MaxStalls} stalls");
}
