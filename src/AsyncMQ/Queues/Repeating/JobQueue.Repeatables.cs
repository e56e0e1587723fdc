using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>The repeatables of a queue.</summary>
internal sealed partial class JobQueue
{
    private Repeatables Repeatables => new(parts, name);

    public Task<DateTimeOffset?> UpsertRepeatableAsync(
        string id, Schedule schedule, JobSpec job, bool? paused = null, CancellationToken cancellationToken = default)
    {
        Names.RequireRepeatableId(id);
        return Repeatables.UpsertAsync(id, schedule, parts.Factory.CreateTemplate(job, name, schedule).Job, paused, cancellationToken);
    }

    public Task<IReadOnlyList<RepeatableInfo>> GetRepeatablesAsync(CancellationToken cancellationToken = default) => Repeatables.ListAsync(cancellationToken);

    public Task<RepeatableInfo?> GetRepeatableAsync(string id, CancellationToken cancellationToken = default) => Repeatables.GetAsync(Ref(id).Id, cancellationToken);

    public Task<bool> PauseRepeatableAsync(string id, CancellationToken cancellationToken = default) =>
        Repeatables.DoAsync(Ref(id).Id, new ScheduleCommand.Pause(), cancellationToken);

    public Task<bool> ResumeRepeatableAsync(string id, CancellationToken cancellationToken = default) => Repeatables.ResumeAsync(Ref(id).Id, cancellationToken);

    public Task<bool> RemoveRepeatableAsync(string id, CancellationToken cancellationToken = default) =>
        Repeatables.DoAsync(Ref(id).Id, new ScheduleCommand.Remove(), cancellationToken);

    public async Task<JobHandle?> TriggerRepeatableAsync(string id, CancellationToken cancellationToken = default) =>
        await Repeatables.TriggerAsync(Ref(id).Id, cancellationToken).ConfigureAwait(false) is var (given, stands)
            ? new JobHandle(client, new(name, stands), stands == given ? AddOutcome.Created : AddOutcome.Deduplicated)
            : null;

    public Task<IReadOnlyList<RepeatableRun>> GetRepeatableHistoryAsync(string id, int take = 50, CancellationToken cancellationToken = default) =>
        Repeatables.HistoryAsync(Ref(id).Id, take, cancellationToken);

    public IDisposable AddLocalRepeatable(string id, Schedule schedule, JobSpec job)
    {
        Names.RequireRepeatableId(id);
        return parts.Locals.Add(new(name, id, schedule, parts.Factory.CreateTemplate(job, name, schedule).Job));
    }
}
