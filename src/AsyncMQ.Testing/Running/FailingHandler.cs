using AsyncMQ.Jobs;
using AsyncMQ.Workers;

namespace AsyncMQ.Testing.Running;

/// <summary>A handler with the failures that a test asked for, as its middleware sees it.</summary>
internal sealed class FailingHandler(HandlerDefinition handler, PlannedFailures failures) : HandlerDefinition(handler.Name, handler.Policy)
{
    public override ValueTask<ReadOnlyMemory<byte>> RunAsync(JobContext context, JobJson json, CancellationToken cancellationToken)
    {
        failures.ThrowIfPlanned(context);
        return handler.RunAsync(context, json, cancellationToken);
    }

    public override void Validate(JobJson json) => handler.Validate(json);
}
