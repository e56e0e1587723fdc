using AsyncMQ.Jobs;
using AsyncMQ.Seams;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>Works out what due schedules have to do: which occurrences, which jobs, when next; in steps as large as a store takes.</summary>
internal sealed class TickPlan(IRandomSource random, UnusableSchedules unusable)
{
    private const int MostTicks = 100;
    private const int MostJobs = 1_000;
    private const long MostBytes = 16 << 20;

    /// <summary>The steps to send, in order: longest due first.</summary>
    public IReadOnlyList<IReadOnlyList<ScheduleTick>> Of(DueSchedules due)
    {
        unusable.KeepOnly(due.Schedules);
        var steps = new List<IReadOnlyList<ScheduleTick>>();
        var step = new List<ScheduleTick>();
        (int jobs, long bytes) = (0, 0);
        foreach (ScheduleRecord schedule in due.Schedules)
        {
            if (Read(schedule) is not { } definition || Tick(schedule, definition, due.Now) is not { } tick)
                continue;

            int more = tick.Occurrences.Count(static occurrence => occurrence.Job is not null);
            long size = (long)more * definition.Job.Size;
            if (step.Count > 0 && (step.Count == MostTicks || jobs + more > MostJobs || bytes + size > MostBytes))
            {
                steps.Add(step);
                step = [];
                (jobs, bytes) = (0, 0);
            }

            step.Add(tick);
            (jobs, bytes) = (jobs + more, bytes + size);
        }

        if (step.Count > 0)
            steps.Add(step);
        return steps;
    }

    private RepeatableDefinition? Read(ScheduleRecord schedule)
    {
        if (unusable.Contains(schedule))
            return null;

        RepeatableDefinition? definition = RepeatableDefinition.Read(schedule.Definition, out string? error);
        if (definition is null)
            unusable.Add(schedule.Queue, schedule.Id, schedule.Revision, error!);
        return definition;
    }

    private ScheduleTick? Tick(ScheduleRecord schedule, RepeatableDefinition definition, DateTimeOffset now)
    {
        if (schedule.Next is not { } expected)
            return null;

        DueOccurrences due;
        try
        {
            int most = (int)Math.Clamp(MostBytes / Math.Max(1, definition.Job.Size), 1, MostJobs);
            due = DueOccurrences.Of(definition.Schedule, definition.Created, new(expected, now), OccurrenceRecord.MostKept, most);
        }
        catch (Exception e)
        {
            // Not foreseen: the rules of a time zone that nobody can reckon with. It must not keep the others from running.
            unusable.Add(schedule.Queue, schedule.Id, schedule.Revision, e.Message);
            return null;
        }

        return new()
        {
            Queue = schedule.Queue,
            Id = schedule.Id,
            Expected = schedule.Revision,
            Next = due.Next,
            MaxRuns = definition.Schedule.MaxRuns,
            SkipWhileUnended = definition.Schedule.Overlap == OverlapPolicy.Skip,
            Occurrences =
            [
                .. due.Missed.Select(static time => new NewOccurrence(time, null)),
                .. due.Running.Select(time => new NewOccurrence(time, JobOf(schedule, definition, time))),
            ],
        };
    }

    private NewJob JobOf(ScheduleRecord schedule, RepeatableDefinition definition, DateTimeOffset time)
    {
        TimeSpan jitter = definition.Schedule.Jitter;
        TimeSpan delay = jitter > TimeSpan.Zero ? jitter * random.NextDouble() : TimeSpan.Zero;
        return definition.Job.ToJob(new(schedule.Queue, OccurrenceIds.Of(schedule.Id, time)), random.NextInt64(), delay);
    }
}
