using System.Collections.Concurrent;

namespace AsyncMQ.Conformance.Working;

/// <summary>Keeps which jobs ran together.</summary>
public sealed class BatchLog
{
    private readonly ConcurrentQueue<string[]> batches = new();

    /// <summary>The ids of each batch, those of one batch in order.</summary>
    public string[][] All => [.. batches];

    public void Note<TItem>(BatchOf<TItem> batch)
        where TItem : BatchItem => batches.Enqueue([.. batch.Select(item => item.Context.Id).Order(StringComparer.Ordinal)]);

    /// <summary>A handler that notes the batch and completes its jobs.</summary>
    public Task Complete(JobBatch<JobArgs> batch, CancellationToken cancellationToken)
    {
        Note(batch);
        batch.CompleteRest();
        return Task.CompletedTask;
    }
}

/// <summary>Greets many at once.</summary>
public sealed class GreetBatch(Greeted greeted) : IBatchJobHandler<Greet>
{
    public Task HandleAsync(JobBatch<Greet> batch, CancellationToken cancellationToken)
    {
        foreach (BatchItem<Greet> item in batch)
            greeted.Names.Enqueue(item.Job.Name);
        batch.CompleteRest();
        return Task.CompletedTask;
    }
}

/// <summary>Adds many at once.</summary>
public sealed class SumBatch : IBatchJobHandler<Sum, int>
{
    public Task HandleAsync(JobBatch<Sum, int> batch, CancellationToken cancellationToken)
    {
        foreach (BatchItem<Sum, int> item in batch)
            item.Complete(item.Job.Left + item.Job.Right);
        return Task.CompletedTask;
    }
}

public static class BatchSettings
{
    /// <summary>A batch that runs when it has so many jobs, and for no other reason that a test would live to see.</summary>
    public static Action<BatchOptions> Full(int size, Action<BatchOptions>? more = null) => batch =>
    {
        (batch.Size, batch.Wait) = (size, TimeSpan.FromHours(1));
        more?.Invoke(batch);
    };
}
