using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AsyncMQ.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Workers;

/// <summary>A job name that this process can run: how its payload is read, who handles it, how its result is written.</summary>
internal abstract class HandlerDefinition(string name, JobPolicy policy)
{
    public string Name { get; } = name;

    public JobPolicy Policy { get; } = policy;

    /// <summary>True when a job waits for others before its handler runs: its timeout begins with that.</summary>
    public virtual bool RunsInBatches => false;

    /// <summary>How it is run in a process of its own; null: in the worker's.</summary>
    public Isolation? Isolation { get; init; }

    /// <summary>Runs one attempt; the result's bytes, empty for none. Whatever it throws fails the attempt.</summary>
    public abstract ValueTask<ReadOnlyMemory<byte>> RunAsync(JobContext context, JobJson json, CancellationToken cancellationToken);

    /// <summary>Checks at start what a job would find out late.</summary>
    public virtual void Validate(JobJson json)
    {
    }

    /// <summary>The same with something put around the handler itself, inside of whatever stands around it.</summary>
    public virtual HandlerDefinition Inside(Func<HandlerDefinition, HandlerDefinition> around) => around(this);

    protected static ValueTask<ReadOnlyMemory<byte>> NoResultAsync(Task? handled)
    {
        return handled is { IsCompletedSuccessfully: true } ? default : WaitAsync(handled ?? throw NoTask());

        static async ValueTask<ReadOnlyMemory<byte>> WaitAsync(Task handled)
        {
            await handled.ConfigureAwait(false);
            return default;
        }
    }

    protected static async ValueTask<ReadOnlyMemory<byte>> WriteResultAsync<TResult>(Task<TResult>? handled, JsonTypeInfo<TResult> typeInfo)
    {
        return WriteResult(await (handled ?? throw NoTask()).ConfigureAwait(false), typeInfo);
    }

    /// <exception cref="NotSupportedException">The result cannot be written.</exception>
    public static ReadOnlyMemory<byte> WriteResult<TResult>(TResult result, JsonTypeInfo<TResult> typeInfo)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(result, typeInfo);
        }
        catch (Exception e)
        {
            throw new NotSupportedException($"The handler returned, but its result of type {result?.GetType().Name ?? typeof(TResult).Name} cannot be written as JSON: {e.Message}", e);
        }
    }

    public static InvalidOperationException NoTask() => new("The handler returned null where a task belongs.");

    protected static TJob Read<TJob>(JobContext context, JsonTypeInfo<TJob> typeInfo)
    {
        try
        {
            return JsonSerializer.Deserialize(context.Args.Utf8.Length == 0 ? "{}"u8 : context.Args.Utf8.Span, typeInfo)
                ?? throw new JsonException("The payload is JSON null.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new InvalidOperationException($"The payload of job {context.Ref} cannot be read as {typeof(TJob).Name}: {e.Message}", e);
        }
    }
}

/// <summary>A lambda by name.</summary>
internal sealed class LambdaDefinition(string name, JobPolicy policy, Func<JobContext, CancellationToken, Task> handler) : HandlerDefinition(name, policy)
{
    public override ValueTask<ReadOnlyMemory<byte>> RunAsync(JobContext context, JobJson json, CancellationToken cancellationToken) =>
        NoResultAsync(handler(context, cancellationToken));
}

/// <summary>A lambda by name that has a result.</summary>
internal sealed class LambdaDefinition<TResult>(string name, JobPolicy policy, Func<JobContext, CancellationToken, Task<TResult>> handler)
    : HandlerDefinition(name, policy)
{
    public override ValueTask<ReadOnlyMemory<byte>> RunAsync(JobContext context, JobJson json, CancellationToken cancellationToken) =>
        WriteResultAsync(handler(context, cancellationToken), json.TypeInfo<TResult>());

    public override void Validate(JobJson json) => json.TypeInfo<TResult>();
}

/// <summary>A handler class for a job type.</summary>
internal sealed class TypedDefinition<TJob, THandler>(string name, JobPolicy policy) : HandlerDefinition(name, policy)
    where TJob : IJob
    where THandler : class, IJobHandler<TJob>
{
    public override ValueTask<ReadOnlyMemory<byte>> RunAsync(JobContext context, JobJson json, CancellationToken cancellationToken)
    {
        TJob job = Read(context, json.TypeInfo<TJob>());
        return NoResultAsync(context.Services.GetRequiredService<THandler>().HandleAsync(job, context, cancellationToken));
    }

    public override void Validate(JobJson json) => json.TypeInfo<TJob>();
}

/// <summary>A handler class for a job type with a result.</summary>
internal sealed class TypedDefinition<TJob, TResult, THandler>(string name, JobPolicy policy) : HandlerDefinition(name, policy)
    where TJob : IJob<TResult>
    where THandler : class, IJobHandler<TJob, TResult>
{
    public override ValueTask<ReadOnlyMemory<byte>> RunAsync(JobContext context, JobJson json, CancellationToken cancellationToken)
    {
        TJob job = Read(context, json.TypeInfo<TJob>());
        return WriteResultAsync(context.Services.GetRequiredService<THandler>().HandleAsync(job, context, cancellationToken), json.TypeInfo<TResult>());
    }

    public override void Validate(JobJson json)
    {
        json.TypeInfo<TJob>();
        json.TypeInfo<TResult>();
    }
}
