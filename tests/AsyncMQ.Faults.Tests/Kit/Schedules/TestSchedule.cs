namespace AsyncMQ.Faults.Kit;

/// <summary>A schedule that every worker of a scheduling test upserts as it starts.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Schedule">The schedule.</param>
/// <param name="Step">From one due time to the next.</param>
/// <param name="Job">The name of its jobs.</param>
internal sealed record TestSchedule(string Id, Schedule Schedule, TimeSpan Step, string Job)
{
    public static IReadOnlyList<TestSchedule> All { get; } =
    [
        new("each-second", Schedule.Every(TimeSpan.FromSeconds(1)) with { Missed = MissedRuns.RunAll(1_000) }, TimeSpan.FromSeconds(1), "work"),
        new("each-third-second", Schedule.Every(TimeSpan.FromSeconds(3)), TimeSpan.FromSeconds(3), "work"),
        new("even-seconds", Schedule.Cron("*/2 * * * * *") with { Missed = MissedRuns.RunAll(1_000), Jitter = TimeSpan.FromSeconds(1) }, TimeSpan.FromSeconds(2), "work"),
        new("one-at-a-time", Schedule.Every(TimeSpan.FromSeconds(1)) with { Missed = MissedRuns.RunAll(1_000), Overlap = OverlapPolicy.Skip }, TimeSpan.FromSeconds(1), "slow"),
    ];
}
