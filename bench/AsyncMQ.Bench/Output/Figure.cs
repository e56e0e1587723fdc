namespace AsyncMQ.Bench.Output;

/// <summary>One line of the report.</summary>
internal sealed record Figure(string System, string Store, string Measure, double Value, string Unit);
