using AsyncMQ.Bench.Contenders;

namespace AsyncMQ.Bench.Measures;

/// <summary>One kind of work, and the figures it yields.</summary>
internal interface IMeasurement
{
    IReadOnlyList<Measure> Measures { get; }

    /// <summary>True for one that takes long: run only when one of its measures is named.</summary>
    bool IsOnDemand => false;

    /// <param name="bed">Where to run it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>One value per measure, in order.</returns>
    Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken);
}

/// <summary>A system and the work to give it.</summary>
internal sealed record TestBed(ContenderKind Kind, Workload Load)
{
    /// <summary>What all of the bed's handlers call.</summary>
    public JobSink Sink { get; } = new();

    /// <summary>The system with an empty queue.</summary>
    public IContender Open() => Kind.Open(Load, Sink);

    /// <summary>The same, where it can be looked at.</summary>
    public IInspectedContender OpenInspected() =>
        Open() as IInspectedContender ?? throw new InvalidOperationException($"{Kind.System} cannot be looked at: this is measured of AsyncMQ alone.");
}
