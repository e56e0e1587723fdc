namespace AsyncMQ.Bench.Measures;

/// <summary>A figure that a measurement yields.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Ratio">The name of its comparison with a peer; null: not compared.</param>
/// <param name="LessIsBetter">True for costs, false for rates.</param>
internal sealed record Measure(string Name, string Unit, string? Ratio, bool LessIsBetter = false)
{
    /// <summary>How many times as good as the peer's: over 1, AsyncMQ is better.</summary>
    public double Compare(double own, double peer) => LessIsBetter ? peer / own : own / peer;
}
