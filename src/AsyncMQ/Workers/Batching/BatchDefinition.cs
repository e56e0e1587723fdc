using AsyncMQ.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Workers;

/// <summary>A job name whose jobs are run several at once. To its slot each job is one like any other, which takes until its batch has ended.</summary>
internal abstract class BatchDefinition(string name, JobPolicy policy, int size, TimeSpan wait) : HandlerDefinition(name, policy)
{
    public sealed override bool RunsInBatches => true;

    /// <summary>The most jobs of a batch, if its worker has so many slots.</summary>
    public int Size => size;

    /// <summary>How long the first one waits for others.</summary>
    public TimeSpan Wait => wait;

    public sealed override ValueTask<ReadOnlyMemory<byte>> RunAsync(JobContext context, JobJson json, CancellationToken cancellationToken) =>
        ((JobRun)context.Run!).Batches.JoinAsync(this, MakeItem(context, json, cancellationToken));

    /// <summary>What stands for a job in a batch. Whatever it throws fails that job alone.</summary>
    public abstract BatchItem MakeItem(JobContext context, JobJson json, CancellationToken cancellationToken);

    /// <summary>Runs a batch of items that it made.</summary>
    /// <param name="items">The items.</param>
    /// <param name="services">The services of the batch.</param>
    /// <param name="cancellationToken">The token of the batch.</param>
    public abstract Task? HandleAsync(BatchItem[] items, IServiceProvider services, CancellationToken cancellationToken);

    protected static TItem[] Cast<TItem>(BatchItem[] items)
        where TItem : BatchItem => Array.ConvertAll(items, static item => (TItem)item);
}

/// <summary>A lambda by name.</summary>
internal sealed class LambdaBatchDefinition(string name, BatchOptions options, Func<JobBatch<JobArgs>, CancellationToken, Task> handler)
    : BatchDefinition(name, options.Over(new()), options.Size, options.Wait)
{
    public override BatchItem MakeItem(JobContext context, JobJson json, CancellationToken cancellationToken) =>
        new BatchItem<JobArgs>(context.Args, context, cancellationToken);

    public override Task? HandleAsync(BatchItem[] items, IServiceProvider services, CancellationToken cancellationToken) =>
        handler(new(Cast<BatchItem<JobArgs>>(items)), cancellationToken);
}

/// <summary>A lambda by name whose jobs have results.</summary>
internal sealed class LambdaBatchDefinition<TResult>(string name, BatchOptions options, Func<JobBatch<JobArgs, TResult>, CancellationToken, Task> handler)
    : BatchDefinition(name, options.Over(new()), options.Size, options.Wait)
{
    public override BatchItem MakeItem(JobContext context, JobJson json, CancellationToken cancellationToken) =>
        new BatchItem<JobArgs, TResult>(context.Args, context, json.TypeInfo<TResult>(), cancellationToken);

    public override Task? HandleAsync(BatchItem[] items, IServiceProvider services, CancellationToken cancellationToken) =>
        handler(new(Cast<BatchItem<JobArgs, TResult>>(items)), cancellationToken);

    public override void Validate(JobJson json) => json.TypeInfo<TResult>();
}

/// <summary>A handler class for a job type.</summary>
internal sealed class TypedBatchDefinition<TJob, THandler>(JobAttribute attribute, BatchOptions options)
    : BatchDefinition(attribute.Name, options.Over(attribute.Policy), options.Size, options.Wait)
    where TJob : IJob
    where THandler : class, IBatchJobHandler<TJob>
{
    public override BatchItem MakeItem(JobContext context, JobJson json, CancellationToken cancellationToken) =>
        new BatchItem<TJob>(Read(context, json.TypeInfo<TJob>()), context, cancellationToken);

    public override Task? HandleAsync(BatchItem[] items, IServiceProvider services, CancellationToken cancellationToken) =>
        services.GetRequiredService<THandler>().HandleAsync(new(Cast<BatchItem<TJob>>(items)), cancellationToken);

    public override void Validate(JobJson json) => json.TypeInfo<TJob>();
}

/// <summary>A handler class for a job type with results.</summary>
internal sealed class TypedBatchDefinition<TJob, TResult, THandler>(JobAttribute attribute, BatchOptions options)
    : BatchDefinition(attribute.Name, options.Over(attribute.Policy), options.Size, options.Wait)
    where TJob : IJob<TResult>
    where THandler : class, IBatchJobHandler<TJob, TResult>
{
    public override BatchItem MakeItem(JobContext context, JobJson json, CancellationToken cancellationToken) =>
        new BatchItem<TJob, TResult>(Read(context, json.TypeInfo<TJob>()), context, json.TypeInfo<TResult>(), cancellationToken);

    public override Task? HandleAsync(BatchItem[] items, IServiceProvider services, CancellationToken cancellationToken) =>
        services.GetRequiredService<THandler>().HandleAsync(new(Cast<BatchItem<TJob, TResult>>(items)), cancellationToken);

    public override void Validate(JobJson json)
    {
        json.TypeInfo<TJob>();
        json.TypeInfo<TResult>();
    }
}
