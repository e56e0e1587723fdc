namespace AsyncMQ.Faults.Tests.Checking;

/// <summary>A history made by hand: what processes wrote, in order, and what the store says at the end.</summary>
internal sealed class History
{
    private readonly List<LedgerLine> lines = [];
    private readonly Dictionary<string, JobEnd> ends = [];
    private readonly List<NodePlan> nodes = [];

    public static History Of(string id) => new History().Acked(id);

    public History Acked(string id) => Add(LedgerPhase.Acked, id, 1, LedgerLine.None);

    public History Claimed(string token, int pid, string id = "a", int attempt = 1) => Add(LedgerPhase.Claimed, id, pid, token, attempt);

    public History Started(string token, int pid, string id = "a") => Add(LedgerPhase.Start, id, pid, token);

    public History Ended(string token, int pid, string id = "a") => Add(LedgerPhase.End, id, pid, token);

    public History Threw(string token, int pid, string id = "a") => Add(LedgerPhase.Threw, id, pid, token);

    public History GaveBack(string token, int pid, string id = "a") => Add(LedgerPhase.Back, id, pid, token);

    public History GaveUp(string token, int pid, string id = "a") => Add(LedgerPhase.Lost, id, pid, token);

    public History Settled(string token, int pid, string id = "a") => Add(LedgerPhase.Settled, id, pid, token);

    public History Handed(string token, int pid, string id = "a") => Add(LedgerPhase.Handed, id, pid, token);

    public History Refused(string token, int pid, string id = "a") => Add(LedgerPhase.Refused, id, pid, token);

    /// <summary>Claimed, started and ended.</summary>
    public History Ran(string token, int pid, string id = "a") => Claimed(token, pid, id).Started(token, pid, id).Ended(token, pid, id);

    public History Killed(int pid) => Add(LedgerPhase.Killing, LedgerLine.None, pid, LedgerLine.None).Add(LedgerPhase.Killed, LedgerLine.None, pid, LedgerLine.None);

    public History Died(int pid) => Add(LedgerPhase.Died, LedgerLine.None, pid, LedgerLine.None);

    public History Paused(int pid) => Add(LedgerPhase.Pausing, LedgerLine.None, pid, LedgerLine.None);

    public History Resumed(int pid) => Add(LedgerPhase.Resumed, LedgerLine.None, pid, LedgerLine.None);

    public History Completed(string? token, string id = "a", string? given = null) => Is(JobState.Completed, token, id, given);

    public History Is(JobState state, string? token = null, string id = "a", string? given = null, string? error = null)
    {
        ends.Add(id, new(state, token) { Given = given, Error = error });
        return this;
    }

    /// <summary>A node of the flow that <see cref="CheckFlow"/> judges.</summary>
    public History Node(string id, OnDependencyFailure policy = OnDependencyFailure.Fail, params string[] after) => Node(new(id, "q", after, policy, Fails: false));

    public History Grown(string id, string by) => Node(new(id, "q", [by], OnDependencyFailure.Fail, Fails: false) { GrownBy = by });

    public History Failing(string id) => Node(new(id, "q", [], OnDependencyFailure.Fail, Fails: true));

    public IReadOnlyList<string> Check() => LedgerChecker.Check(lines, ends);

    public IReadOnlyList<string> CheckFlow() => FlowChecker.Check(nodes, lines, ends);

    private History Node(NodePlan node)
    {
        nodes.Add(node);
        return this;
    }

    private History Add(LedgerPhase phase, string id, int pid, string token, int attempt = 1)
    {
        lines.Add(new(id, attempt, phase, pid, token, lines.Count));
        return this;
    }
}
