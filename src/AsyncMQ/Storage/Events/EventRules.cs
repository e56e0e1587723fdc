namespace AsyncMQ.Storage;

/// <summary>Which event a transition is, and how it is put, where that is the same in every store.</summary>
public static class EventRules
{
    /// <summary>A job's way out of the queue.</summary>
    /// <param name="outcome">The final state; null: its record is removed.</param>
    public static JobEventKinds KindOf(JobState? outcome) => outcome switch
    {
        JobState.Completed => JobEventKinds.Completed,
        JobState.Failed => JobEventKinds.Failed,
        JobState.Expired => JobEventKinds.Expired,
        JobState.Cancelled => JobEventKinds.Cancelled,
        _ => JobEventKinds.Removed,
    };

    /// <summary>What a settlement is that brings a job back.</summary>
    public static JobEventKinds KindOf(SettlementKind kind) => kind == SettlementKind.Retry ? JobEventKinds.Retrying : JobEventKinds.Returned;

    /// <summary>An add that was suppressed.</summary>
    /// <param name="job">The job that was not stored.</param>
    /// <param name="ownerId">The id of the job that stands for it.</param>
    /// <param name="at">The store's time.</param>
    public static StoreEvent Deduplicated(NewJob job, string ownerId, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(job);
        return new()
        {
            Kind = JobEventKinds.Deduplicated,
            At = at,
            Queue = job.Ref.Queue,
            Id = ownerId,
            Name = job.Name,
            Text = job.Ref.Id,
            Detail = job.Deduplication?.Id,
        };
    }

    /// <summary>A worker process that came or is gone.</summary>
    /// <param name="kind">Which of the two.</param>
    /// <param name="session">Its session.</param>
    /// <param name="at">The store's time.</param>
    /// <param name="isLost">True when its lease ran out.</param>
    public static StoreEvent OfWorker(JobEventKinds kind, SessionInfo session, DateTimeOffset at, bool isLost)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new() { Kind = kind, At = at, Id = session.Id.ToString(), Name = session.Name, IsLost = isLost };
    }
}
