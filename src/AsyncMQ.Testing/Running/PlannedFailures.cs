namespace AsyncMQ.Testing.Running;

/// <summary>The attempts that a test wants to fail.</summary>
internal sealed class PlannedFailures
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string? Name, JobRef Job, int Attempt), Exception> planned = [];

    public void Add(string name, int attempt, Exception? exception) => Add((name, default, Require(attempt)), $"job '{name}'", exception);

    public void Add(JobRef job, int attempt, Exception? exception) => Add((null, job, Require(attempt)), $"job {job}", exception);

    public void ThrowIfPlanned(JobContext context)
    {
        Exception? exception;
        lock (gate)
        {
            if (!planned.TryGetValue((null, context.Ref, context.Attempt), out exception) && !planned.TryGetValue((context.Name, default, context.Attempt), out exception))
                return;
        }

        throw exception;
    }

    private void Add((string?, JobRef, int Attempt) key, string job, Exception? exception)
    {
        lock (gate)
            planned[key] = exception ?? new InvalidOperationException($"The test host failed attempt {key.Attempt} of {job}, as the test asked.");
    }

    private static int Require(int attempt) =>
        attempt >= 1 ? attempt : throw new ArgumentOutOfRangeException(nameof(attempt), attempt, $"Attempts count from 1, but the attempt to fail was {attempt}.");
}
