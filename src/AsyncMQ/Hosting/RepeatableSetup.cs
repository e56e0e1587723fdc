using AsyncMQ.Jobs;
using AsyncMQ.Queues;

namespace AsyncMQ.Hosting;

/// <summary>A repeatable that a host is configured with.</summary>
/// <param name="Queue">Its queue.</param>
/// <param name="Id">Its id.</param>
/// <param name="Schedule">When.</param>
/// <param name="Job">Which job.</param>
/// <param name="IsLocal">True: in this process only.</param>
internal sealed record RepeatableSetup(string Queue, string Id, Schedule Schedule, JobSpec Job, bool IsLocal)
{
    /// <summary>Checks all that can be checked before there is a store and a way to write the job.</summary>
    /// <exception cref="ArgumentException">Something breaks a rule.</exception>
    public static RepeatableSetup Of(string id, Schedule schedule, JobSpec job, bool isLocal)
    {
        Names.RequireRepeatableId(id);
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(job);
        JobTemplate.Require(job, schedule);
        job.Options.Validate();
        string? own = job.Job is { } typed ? JobFactory.AttributeOf(typed.GetType()).Queue : null;
        return new(job.Queue ?? own ?? JobFactory.DefaultQueue, id, schedule, job, isLocal);
    }
}
