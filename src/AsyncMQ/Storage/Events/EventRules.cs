namespace AsyncMQ.Storage;

/// <summary>Which event a transition is.</summary>
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
}
