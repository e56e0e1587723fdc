namespace AsyncMQ.Queues;

/// <content>Why a job does not run.</content>
internal sealed partial class JobQueue
{
    public Task<JobExplanation?> ExplainAsync(string id, CancellationToken cancellationToken = default) =>
        new Explainer(parts, Ref(id)).ExplainAsync(cancellationToken);
}
