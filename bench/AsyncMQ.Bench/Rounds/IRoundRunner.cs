using AsyncMQ.Bench.Measures;

namespace AsyncMQ.Bench.Rounds;

/// <summary>Runs single rounds of one system, here or in another process; warms up before the first of each measurement.</summary>
internal interface IRoundRunner : IAsyncDisposable
{
    /// <summary>The system's name, for figures.</summary>
    string System { get; }

    /// <summary>The system's store, for figures.</summary>
    string Store { get; }

    /// <summary>One round.</summary>
    /// <returns>One value per measure, in order.</returns>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    Task<double[]> RunAsync(IMeasurement measurement);
}
