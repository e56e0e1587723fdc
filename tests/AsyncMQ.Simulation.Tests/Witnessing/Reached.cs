namespace AsyncMQ.Simulation.Witnessing;

/// <summary>How often it came to what worlds are made for: a simulation in which nothing of it happens proves nothing.</summary>
internal sealed record Reached
{
    /// <summary>Flows that were added.</summary>
    public long Flows { get; init; }

    /// <summary>Jobs that waited for others when they were added.</summary>
    public long Held { get; init; }

    /// <summary>Jobs that were released.</summary>
    public long Released { get; init; }

    /// <summary>Jobs that failed by what they depend on.</summary>
    public long Doomed { get; init; }

    /// <summary>Due times that were fired.</summary>
    public long Fired { get; init; }

    /// <summary>Due times that were missed.</summary>
    public long Missed { get; init; }

    /// <summary>Due times at which the last job had not ended.</summary>
    public long Overlapped { get; init; }

    public static Reached operator +(Reached left, Reached right) => new()
    {
        Flows = left.Flows + right.Flows,
        Held = left.Held + right.Held,
        Released = left.Released + right.Released,
        Doomed = left.Doomed + right.Doomed,
        Fired = left.Fired + right.Fired,
        Missed = left.Missed + right.Missed,
        Overlapped = left.Overlapped + right.Overlapped,
    };

    /// <summary>True when there was something of everything.</summary>
    public bool IsAll => Flows > 0 && Held > 0 && Released > 0 && Doomed > 0 && Fired > 0 && Missed > 0 && Overlapped > 0;

    public override string ToString() =>
        $"{Flows} flows, {Held} held, {Released} released, {Doomed} doomed, {Fired} fired, {Missed} missed, {Overlapped} overlapped";
}
