namespace AsyncMQ.Storage;

/// <summary>Progress and log lines of claimed jobs.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="Reports">At most 1 000.</param>
public sealed record ReportStep(StepId Step, IReadOnlyList<JobReport> Reports);

/// <summary>News of one claimed job.</summary>
/// <param name="Job">The job.</param>
/// <param name="Handle">The store's number for it.</param>
/// <param name="Token">The claim; a report with a claim that is not current changes nothing.</param>
/// <param name="Progress">The new progress, opaque bytes; null: unchanged.</param>
/// <param name="Lines">Log lines to append.</param>
public sealed record JobReport(JobRef Job, long Handle, ClaimToken Token, ReadOnlyMemory<byte>? Progress, IReadOnlyList<string> Lines);

/// <summary>What became of each report, in order: Applied or Lost.</summary>
/// <param name="Outcomes">One per report.</param>
public sealed record ReportReply(IReadOnlyList<SettleOutcome> Outcomes);
