namespace AsyncMQ;

/// <summary>One attempt of a job.</summary>
/// <param name="Number">Which one, from 1; a refunded attempt's number is used again.</param>
/// <param name="Outcome">How it ended; null: completed.</param>
/// <param name="StartedAt">When it was claimed.</param>
/// <param name="Duration">How long it took, from claim to settlement, by the store's clock.</param>
/// <param name="Worker">The worker that ran it.</param>
/// <param name="Error">Why it failed; null: it did not.</param>
public sealed record JobAttempt(int Number, AttemptOutcome? Outcome, DateTimeOffset StartedAt, TimeSpan Duration, string Worker, JobError? Error);

/// <summary>How a kept attempt ended.</summary>
public enum AttemptOutcome : byte
{
    /// <summary>It failed and another was to follow.</summary>
    Retried = 0,

    /// <summary>It failed for good.</summary>
    Failed = 1,

    /// <summary>The handler put the job back; the attempt was refunded.</summary>
    PutBack = 2,

    /// <summary>Its worker was lost; the attempt was refunded.</summary>
    Stalled = 3,

    /// <summary>It was cancelled while it ran.</summary>
    Cancelled = 4,
}

/// <summary>What a handler said of how far it is.</summary>
/// <param name="Percent">0 to 100.</param>
/// <param name="Message">A text; null: none.</param>
public readonly record struct JobProgress(double Percent, string? Message);

/// <summary>One log line of a job.</summary>
/// <param name="At">The store's time when it was written.</param>
/// <param name="Attempt">The attempt that wrote it.</param>
/// <param name="Text">The line.</param>
public readonly record struct JobLogLine(DateTimeOffset At, int Attempt, string Text);
