using AsyncMQ.Simulation.Machine;

namespace AsyncMQ.Simulation.Wires;

/// <summary>How bad the lines to the store are, per mille of calls. Some kinds of fault are not met at all under some seeds, so that others stand out.</summary>
internal sealed class Weather
{
    /// <summary>Calls answered at once, as by a store in the process.</summary>
    public int Direct { get; private init; }

    /// <summary>Calls that take from a tenth of a second to seconds.</summary>
    public int Slow { get; private init; }

    /// <summary>Calls that come to the store after their caller gave them up.</summary>
    public int Late { get; private init; }

    public int LostRequests { get; private init; }

    public int LostReplies { get; private init; }

    /// <summary>Calls refused before they took effect.</summary>
    public int Refused { get; private init; }

    /// <summary>Calls that took effect and were answered with an error.</summary>
    public int Broken { get; private init; }

    public int LostSignals { get; init; }

    public int LateSignals { get; private init; }

    public int DoubledSignals { get; private init; }

    public static Weather Calm(Chance chance) => new() { Direct = chance.Of(0, 250, 1_000), Slow = 5 };

    public static Weather Rough(Chance chance) => new()
    {
        Direct = chance.Of(0, 0, 250, 600),
        Slow = Rate(chance, 100),
        Late = Rate(chance, 4),
        LostRequests = Rate(chance, 10),
        LostReplies = Rate(chance, 15),
        Refused = Rate(chance, 15),
        Broken = Rate(chance, 15),
        LostSignals = chance.Of(0, 50, 500, 1_000),
        LateSignals = Rate(chance, 300),
        DoubledSignals = Rate(chance, 200),
    };

    private static int Rate(Chance chance, int most) => chance.Is(333) ? 0 : 1 + chance.Below(most);
}
