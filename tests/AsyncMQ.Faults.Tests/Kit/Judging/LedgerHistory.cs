namespace AsyncMQ.Faults.Kit;

/// <summary>A ledger sorted by jobs and processes, with everything in it that could not be, whatever the store does.</summary>
internal sealed class LedgerHistory
{
    private readonly Dictionary<string, List<LedgerRun>> jobs = [];
    private readonly Dictionary<string, LedgerRun> runs = [];
    private readonly Dictionary<int, List<(int From, int To)>> losses = [];
    private readonly Dictionary<int, int> deaths = [];
    private readonly List<string> violations = [];

    public LedgerHistory(IReadOnlyList<LedgerLine> lines)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            LedgerLine line = lines[i];
            if (line.Id == LedgerLine.None)
                TakeProcess(line, i);
            else if (deaths.TryGetValue(line.Pid, out int death))
                violations.Add($"{line.Id}: process {line.Pid} wrote '{line}' after its death in line {death}.");
            else if (line.Phase is not (LedgerPhase.Acked or LedgerPhase.Adding))
                TakeJob(line, i);
        }
    }

    public IReadOnlyList<string> Violations => violations;

    public IEnumerable<(string Id, IReadOnlyList<LedgerRun> Runs)> Jobs => jobs.Select(job => (job.Key, (IReadOnlyList<LedgerRun>)job.Value));

    /// <summary>The claims of a job, in order.</summary>
    public IReadOnlyList<LedgerRun> RunsOf(string id) => jobs.TryGetValue(id, out List<LedgerRun>? found) ? found : [];

    /// <summary>True when the run's process was killed, died or stood still while the run was in flight, and before the given line.</summary>
    public bool WasLost(LedgerRun run, int before) =>
        losses.TryGetValue(run.Pid, out List<(int From, int To)>? spans) && spans.Exists(span => span.From < before && span.To > run.Claimed);

    private void TakeProcess(LedgerLine line, int at)
    {
        if (!losses.TryGetValue(line.Pid, out List<(int From, int To)>? spans))
            losses.Add(line.Pid, spans = []);
        switch (line.Phase)
        {
            case LedgerPhase.Killing or LedgerPhase.Pausing:
                spans.Add((at, int.MaxValue));
                break;
            case LedgerPhase.Resumed:
                spans[^1] = (spans[^1].From, at);
                break;
            case LedgerPhase.Killed:
                deaths[line.Pid] = at;
                break;
            case LedgerPhase.Died:
                spans.Add((-1, int.MaxValue)); // nobody knows when
                deaths[line.Pid] = at;
                break;
        }
    }

    private void TakeJob(LedgerLine line, int at)
    {
        string key = $"{line.Id} {line.Token}";
        if (runs.TryGetValue(key, out LedgerRun? run))
        {
            if (run.Pid != line.Pid || !run.Take(line.Phase, at))
                violations.Add($"{line.Id}: '{line}' (line {at}) contradicts what was written of {run}.");
        }
        else if (line.Phase == LedgerPhase.Claimed)
        {
            runs.Add(key, run = new(line, at));
            if (!jobs.TryGetValue(line.Id, out List<LedgerRun>? others))
                jobs.Add(line.Id, others = []);
            others.Add(run);
        }
        else
        {
            violations.Add($"{line.Id}: '{line}' (line {at}) tells of a claim that nobody was given.");
        }
    }
}
