using AsyncMQ.Storage;

namespace AsyncMQ.Faults.Kit;

/// <summary>
/// Judges what schedules came to: every due time from the first to the last is there, once, and none before its time; each has its own job in the store,
/// and no occurrence's job is there without one; a skipped one had a job before it that still ran, and one that was not skipped had none.
/// </summary>
internal static class ScheduleChecker
{
    /// <summary>Judges all schedules of a store.</summary>
    /// <param name="schedules">The schedules.</param>
    /// <param name="ends">Every job in the store.</param>
    /// <returns>One sentence for each violation.</returns>
    public static IReadOnlyList<string> Check(IReadOnlyList<ScheduleFacts> schedules, IReadOnlyDictionary<string, JobEnd> ends)
    {
        List<string> violations = [];
        Dictionary<string, string> owners = [];
        foreach (ScheduleFacts schedule in schedules)
        {
            CheckTimes(schedule, violations);
            CheckJobs(schedule, ends, owners, violations);
            if (schedule.SkipsOverlaps)
                CheckOverlaps(schedule, ends, violations);
        }

        foreach (string id in ends.Keys)
        {
            // Ids under this prefix are those of occurrences.
            if (id.StartsWith('@') && !owners.ContainsKey(id))
                violations.Add($"{id}: was added by a schedule, but is in no history.");
        }

        return violations;
    }

    private static void CheckTimes(ScheduleFacts schedule, List<string> violations)
    {
        for (int i = 0; i < schedule.Occurrences.Count; i++)
        {
            OccurrenceRecord occurrence = schedule.Occurrences[i];
            if (occurrence.At < occurrence.DueAt)
                violations.Add($"{schedule.Id}: {Name(occurrence)} was decided at {occurrence.At:mm:ss.fff}, before its time.");
            if (i == 0)
                continue;

            OccurrenceRecord before = schedule.Occurrences[i - 1];
            TimeSpan step = occurrence.DueAt - before.DueAt;
            if (step == TimeSpan.Zero)
                violations.Add($"{schedule.Id}: {Name(occurrence)} is there twice.");
            else if (step != schedule.Step)
                violations.Add($"{schedule.Id}: {Name(occurrence)} comes {step.TotalSeconds} s after {Name(before)}, not {schedule.Step.TotalSeconds}.");
            if (occurrence.At < before.At)
                violations.Add($"{schedule.Id}: {Name(occurrence)} was decided before {Name(before)}.");
        }
    }

    private static void CheckJobs(
        ScheduleFacts schedule, IReadOnlyDictionary<string, JobEnd> ends, Dictionary<string, string> owners, List<string> violations)
    {
        int added = 0;
        foreach (OccurrenceRecord occurrence in schedule.Occurrences)
        {
            string name = $"{schedule.Id}: {Name(occurrence)}";
            if (occurrence.Outcome == OccurrenceOutcome.Missed ? schedule.RunsAll : occurrence.Outcome == OccurrenceOutcome.Overlapped && !schedule.SkipsOverlaps)
                violations.Add($"{name} was not added.");
            if (occurrence.Outcome != OccurrenceOutcome.Added)
                continue;

            added++;
            if (occurrence.JobId is not { } id || !ends.ContainsKey(id))
                violations.Add($"{name} was added, but the store does not know its job {occurrence.JobId}.");
            else if (!owners.TryAdd(id, name))
                violations.Add($"{name} has the job {id}, as has {owners[id]}.");
        }

        if (added != schedule.Runs)
            violations.Add($"{schedule.Id}: has run {schedule.Runs} times, but {added} of its occurrences have a job.");
    }

    private static void CheckOverlaps(ScheduleFacts schedule, IReadOnlyDictionary<string, JobEnd> ends, List<string> violations)
    {
        DateTimeOffset? free = null;
        foreach (OccurrenceRecord occurrence in schedule.Occurrences)
        {
            if (occurrence.Outcome == OccurrenceOutcome.Overlapped && !(free >= occurrence.At))
                violations.Add($"{schedule.Id}: {Name(occurrence)} was skipped, though the job before it had ended at {free:mm:ss.fff}.");
            if (occurrence.Outcome != OccurrenceOutcome.Added)
                continue;

            if (free > occurrence.At)
                violations.Add($"{schedule.Id}: {Name(occurrence)} was added at {occurrence.At:mm:ss.fff}, though the job before it ended at {free:mm:ss.fff}.");
            free = occurrence.JobId is { } id && ends.TryGetValue(id, out JobEnd end) ? end.FinishedAt : null;
        }
    }

    private static string Name(OccurrenceRecord occurrence) => $"that of {occurrence.DueAt:mm:ss.fff}";
}
