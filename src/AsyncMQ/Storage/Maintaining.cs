namespace AsyncMQ.Storage;

/// <summary>One bounded step of housekeeping.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="Limit">The most records to touch, 1 to 1 000.</param>
/// <param name="DefaultRetention">For queues whose own record sets none.</param>
public sealed record MaintainStep(StepId Step, int Limit, RetentionPolicy DefaultRetention);

/// <summary>What a step of housekeeping did.</summary>
/// <param name="Removed">Job records removed by retention.</param>
/// <param name="Expired">Waiting and delayed jobs expired.</param>
/// <param name="More">True when the limit cut it short, or effects of dependencies are left: call again.</param>
/// <param name="NextSchedule">How long until the next schedule is due: the schedulers' safety net when a signal was lost. Zero when one is due now; null: none
/// is to come.</param>
public sealed record MaintainReply(int Removed, int Expired, bool More, TimeSpan? NextSchedule = null);
