namespace AsyncMQ.Faults.Kit;

/// <summary>
/// Judges a history: nothing that was acknowledged is lost, every job has ended, nothing ran again but what was in flight on a process that was lost (or
/// was handed back), and nothing that a process thought dead said later had an effect.
/// </summary>
internal static class LedgerChecker
{
    /// <summary>Judges a history.</summary>
    /// <param name="lines">The ledger, in its order.</param>
    /// <param name="ends">Every job in the store.</param>
    /// <returns>One sentence for each violation.</returns>
    public static IReadOnlyList<string> Check(IReadOnlyList<LedgerLine> lines, IReadOnlyDictionary<string, JobEnd> ends)
    {
        var history = new LedgerHistory(lines);
        List<string> violations = [.. history.Violations];
        foreach (LedgerLine line in lines)
        {
            if (line.Phase == LedgerPhase.Acked && !ends.ContainsKey(line.Id))
                violations.Add($"{line.Id}: its add was acknowledged, but the store does not know it.");
        }

        foreach ((string id, JobEnd end) in ends)
            CheckEnd(id, end, history.RunsOf(id), violations);
        foreach ((string id, IReadOnlyList<LedgerRun> runs) in history.Jobs)
        {
            if (!ends.ContainsKey(id))
                violations.Add($"{id}: was claimed, but the store does not know it.");
            CheckRuns(id, runs, history, violations);
        }

        return violations;
    }

    private static void CheckEnd(string id, JobEnd end, IReadOnlyList<LedgerRun> runs, List<string> violations)
    {
        if (end.State is not (JobState.Completed or JobState.Failed or JobState.Cancelled or JobState.Expired))
        {
            violations.Add($"{id}: has not ended, it is {end.State}.");
            return;
        }

        LedgerRun? settled = runs.FirstOrDefault(run => run.Settled is not null);
        if (end.State != JobState.Completed)
        {
            if (settled is not null)
                violations.Add($"{id}: is {end.State}, though the completion of {settled} was accepted.");
            return;
        }

        LedgerRun? accepted = runs.FirstOrDefault(run => run.Token == end.Token);
        if (accepted is null)
            violations.Add($"{id}: completed by a run that never was ({end.Token ?? "no result"}).");
        else if (accepted.Ended is null)
            violations.Add($"{id}: completed by {accepted}, which did not get to its end.");
        else if (accepted.Refused is not null)
            violations.Add($"{id}: completed by {accepted}, whose completion was refused.");
        else if (accepted != runs[^1])
            violations.Add($"{id}: completed by {accepted}, though a newer one had the job: {runs[^1]}.");
        if (settled is not null && accepted is not null && settled != accepted)
            violations.Add($"{id}: the completion of {settled} was accepted, but the store keeps the result of {accepted}.");
    }

    private static void CheckRuns(string id, IReadOnlyList<LedgerRun> runs, LedgerHistory history, List<string> violations)
    {
        for (int i = 0; i < runs.Count; i++)
        {
            LedgerRun run = runs[i];
            if (run.IsOpen && !history.WasLost(run, int.MaxValue))
                violations.Add($"{id}: {run} has no end, though its process was not lost.");
            if (i + 1 < runs.Count)
                CheckNext(id, run, runs[i + 1], history, violations);
        }
    }

    private static void CheckNext(string id, LedgerRun run, LedgerRun next, LedgerHistory history, List<string> violations)
    {
        if (run.Settled < next.Claimed)
            violations.Add($"{id}: was claimed again ({next}) after the completion of {run} was accepted.");
        else if (run.Settled is not null)
            violations.Add($"{id}: the completion of {run} was accepted after {next} had the job.");
        else if (!run.WentBackBefore(next) && !history.WasLost(run, next.Claimed))
            violations.Add($"{id}: was claimed again ({next}) though the process of {run} was neither killed nor paused while it had the job.");
        if (run.Attempt != next.Attempt)
            violations.Add($"{id}: {next} is attempt {next.Attempt}, after attempt {run.Attempt} was lost or handed back: that one was not refunded.");
    }
}
