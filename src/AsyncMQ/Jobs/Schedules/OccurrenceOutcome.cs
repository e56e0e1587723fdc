namespace AsyncMQ;

/// <summary>What became of one occurrence.</summary>
public enum OccurrenceOutcome : byte
{
    /// <summary>Its job was added.</summary>
    Added = 0,

    /// <summary>Not added: the job before it had not ended.</summary>
    Overlapped = 1,

    /// <summary>Not added: it came too late, and the schedule does not make up for it.</summary>
    Missed = 2,

    /// <summary>Not added: another job owned its deduplication id, and stands for it.</summary>
    Deduplicated = 3,

    /// <summary>Its job was added by hand, beside the schedule's times.</summary>
    Triggered = 4,
}
