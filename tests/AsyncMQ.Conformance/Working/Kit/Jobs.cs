namespace AsyncMQ.Conformance.Working;

/// <summary>A job type with a result.</summary>
[Job("sum", Queue = "sums")]
public sealed record Sum(int Left, int Right) : IJob<int>;

public sealed class SumHandler : IJobHandler<Sum, int>
{
    public Task<int> HandleAsync(Sum job, JobContext context, CancellationToken cancellationToken) => Task.FromResult(job.Left + job.Right);
}

/// <summary>A job type without a result.</summary>
[Job("greet")]
public sealed record Greet(string Name) : IJob;

/// <summary>Keeps whom it greeted.</summary>
public sealed class GreetHandler(Greeted greeted) : IJobHandler<Greet>
{
    public Task HandleAsync(Greet job, JobContext context, CancellationToken cancellationToken)
    {
        greeted.Names.Enqueue(job.Name);
        return Task.CompletedTask;
    }
}

public sealed class Greeted
{
    public System.Collections.Concurrent.ConcurrentQueue<string> Names { get; } = new();
}

/// <summary>A job type with a policy of its own.</summary>
[Job("stubborn", Retries = 1)]
public sealed record Stubborn : IJob;

public sealed class StubbornHandler : IJobHandler<Stubborn>
{
    public Task HandleAsync(Stubborn job, JobContext context, CancellationToken cancellationToken) => throw new InvalidOperationException("no");
}
