namespace AsyncMQ;

/// <summary>The worker that starts or has stopped.</summary>
public sealed class WorkerHookContext
{
    /// <summary>Its name: <see cref="WorkerOptions.Name"/>, or its queues.</summary>
    public required string Name { get; init; }

    /// <summary>Its queues, in the order given.</summary>
    public required IReadOnlyList<string> Queues { get; init; }

    /// <summary>How many handlers it runs at once.</summary>
    public required int Concurrency { get; init; }

    /// <summary>The services of the host; a hook that needs a scope makes one.</summary>
    public required IServiceProvider Services { get; init; }
}
