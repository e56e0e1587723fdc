using AsyncMQ.Jobs;
using AsyncMQ.Workers;

namespace AsyncMQ.Testing.Running;

/// <summary>A handler as the user registered it, middleware and all, watched.</summary>
internal sealed class WatchedHandler(HandlerDefinition handler, RunWatches runs, Activity activity)
    : HandlerDefinition(handler.Name, handler.Policy)
{
    public override async ValueTask<ReadOnlyMemory<byte>> RunAsync(JobContext context, JobJson json, CancellationToken cancellationToken)
    {
        var watch = new RunWatch((JobRun)context.Run!, context, activity);
        using CancellationTokenRegistration told = cancellationToken.UnsafeRegister(static watch => ((RunWatch)watch!).NoteToken(), watch);
        runs.Enter(watch);
        try
        {
            return await handler.RunAsync(context, json, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            runs.Leave(watch);
        }
    }

    public override void Validate(JobJson json) => handler.Validate(json);
}
