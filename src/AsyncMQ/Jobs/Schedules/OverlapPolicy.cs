namespace AsyncMQ;

/// <summary>Whether an occurrence adds a job while the job that its schedule last added has not ended.</summary>
public enum OverlapPolicy : byte
{
    /// <summary>It does: several may run at once. The default.</summary>
    Allow = 0,

    /// <summary>It does not, in whatever state that job is before its end: waiting, delayed for another attempt, running. Noted in the history.</summary>
    Skip = 1,
}
