namespace AsyncMQ.Conformance.Events;

/// <summary>Follows jobs through their lives by events alone; each event must begin where the one before has left its job.</summary>
public sealed class LifePaths
{
    private readonly Dictionary<JobRef, JobState> states = [];

    /// <summary>The jobs that are on record, by what was told, with their states.</summary>
    public IReadOnlyDictionary<JobRef, JobState> States => states;

    /// <summary>Takes in an event. Returns what is wrong with it; null: it follows.</summary>
    public string? Follow(StoreEvent e)
    {
        if ((e.Kind & JobEventKinds.OfJobs) == 0 || e.Kind == JobEventKinds.Deduplicated)
            return null;

        var job = new JobRef(e.Queue!, e.Id!);
        JobState? before = states.TryGetValue(job, out JobState known) ? known : null;
        if (!MayFollow(before, e))
            return $"{Word(e)} follows {before?.ToString() ?? "nothing"}";
        if (e.Kind == JobEventKinds.Removed)
            states.Remove(job);
        else
            states[job] = e.State;
        return null;
    }

    public static string Word(StoreEvent e) => e.Kind switch
    {
        JobEventKinds.Added or JobEventKinds.Promoted or JobEventKinds.Retrying or JobEventKinds.Returned => $"{e.Kind} {e.Id} {e.State}",
        _ when e.Id is null => $"{e.Kind} {e.Queue}",
        JobEventKinds.WorkerUp or JobEventKinds.WorkerDown => $"{e.Kind} {e.Name}",
        _ => $"{e.Kind} {e.Id}",
    };

    private static bool MayFollow(JobState? before, StoreEvent e) => (before, e.Kind, e.State) switch
    {
        (null, JobEventKinds.Added, JobState.Waiting or JobState.Delayed or JobState.WaitingChildren) => true,
        (JobState.Delayed, JobEventKinds.Promoted, JobState.Waiting) => true,
        (JobState.WaitingChildren, JobEventKinds.Promoted, JobState.Waiting or JobState.Delayed) => true,
        (JobState.Waiting, JobEventKinds.Started, JobState.Active) => true,
        (JobState.Active, JobEventKinds.Progressed or JobEventKinds.Logged, JobState.Active) => true,
        (JobState.Active, JobEventKinds.Completed, JobState.Completed) => true,
        (JobState.Active, JobEventKinds.Retrying or JobEventKinds.Returned, JobState.Waiting or JobState.Delayed) => true,
        (JobState.Active, JobEventKinds.Stalled, JobState.Waiting) => true,

        // Of a job that stalled too often, and of one whose dependency ended badly.
        (JobState.Active or JobState.Waiting or JobState.WaitingChildren, JobEventKinds.Failed, JobState.Failed) => true,
        (JobState.Waiting or JobState.Delayed, JobEventKinds.Expired, JobState.Expired) => true,
        (JobState.Waiting or JobState.Delayed or JobState.WaitingChildren or JobState.Active, JobEventKinds.Cancelled, JobState.Cancelled) => true,
        (JobState.Waiting or JobState.Delayed, JobEventKinds.Rescheduled, JobState.Delayed) => true,
        ({ } ended, JobEventKinds.Retrying, JobState.Waiting or JobState.WaitingChildren) => IsFinal(ended) && e.IsManual,
        ({ } any, JobEventKinds.Removed, _) => any == e.State,
        _ => false,
    };

    private static bool IsFinal(JobState state) => state >= JobState.Completed;
}
