namespace AsyncMQ.Conformance.Linking;

/// <summary>
/// Holds what became of a DAG against what must have: each job's end is a function of the DAG, of what its handlers returned and of what the administrator
/// did; and no job began before each of its dependencies had ended as its policy demands.
/// </summary>
internal sealed class DagCheck
{
    private readonly List<string> faults = [];
    private readonly Dictionary<JobRef, Fate> fates = [];
    private readonly RandomDag dag;
    private readonly DagLog log;
    private readonly IReadOnlyDictionary<JobRef, JobRecord> records;

    private DagCheck(RandomDag dag, DagLog log, IReadOnlyDictionary<JobRef, JobRecord> records) => (this.dag, this.log, this.records) = (dag, log, records);

    /// <summary>One sentence for each fault.</summary>
    public static IReadOnlyList<string> Of(RandomDag dag, DagLog log, IEnumerable<JobRecord?> records)
    {
        var check = new DagCheck(dag, log, records.OfType<JobRecord>().ToDictionary(record => record.Ref));
        foreach (DagNode node in dag.Nodes)
            check.fates.Add(node.Ref, check.FateOf(node));
        foreach (DagNode node in dag.Nodes)
            check.Check(node);
        return check.faults;
    }

    /// <summary>How a job ended, or that it waits; whether it may have begun; and the first moment at which it can have ended.</summary>
    /// <param name="State">Its state in the end, or when it was removed after its end; null: removed before.</param>
    /// <param name="MayBegin">Its dependencies let it begin.</param>
    /// <param name="NotBefore">It cannot have ended before.</param>
    private sealed record Fate(JobState? State, bool MayBegin, long NotBefore);

    private Fate FateOf(DagNode node)
    {
        Fate[] dependencies = [.. node.Job.DependsOn.Select(name => fates[name])];
        Fate[] unmet = [.. dependencies.Where(fate => fate.State != JobState.Completed)];
        OnDependencyFailure policy = node.Job.OnDependencyFailure;
        bool allEnded = dependencies.All(fate => fate.State != JobState.WaitingChildren);
        bool isLetGo = log.Of(node.Ref, DagAct.Promote).Any();
        bool mayBegin = allEnded && (unmet is [] || policy == OnDependencyFailure.Continue || isLetGo);

        if (RemovalOf(node) is { } removal && removal.Before?.IsFinal() != true)
            return new(null, mayBegin, removal.Begun);
        if (log.Of(node.Ref, DagAct.Cancel).MinBy(cancel => cancel.Begun) is { } cancel)
            return new(JobState.Cancelled, mayBegin, cancel.Begun);
        Fate[] failing = [.. unmet.Where(fate => fate.State != JobState.WaitingChildren)];
        if (policy == OnDependencyFailure.Fail && failing is not [])
            return new(JobState.Failed, false, failing.Min(fate => fate.NotBefore));
        if (!mayBegin)
            return new(JobState.WaitingChildren, false, long.MaxValue);
        if (LastStateOf(node) == JobState.Expired && node.Job.TimeToLive is not null)
            return new(JobState.Expired, true, 0);

        long ended = log.Of(node.Ref, DagAct.End).FirstOrDefault()?.Begun ?? long.MaxValue;
        return new(node.End == SettlementKind.Complete ? JobState.Completed : JobState.Failed, true, ended);
    }

    private DagEvent? RemovalOf(DagNode node) => log.Of(node.Ref, DagAct.Remove).FirstOrDefault();

    private JobState? LastStateOf(DagNode node) => RemovalOf(node) is { } removal ? removal.Before : records.GetValueOrDefault(node.Ref)?.State;

    private void Check(DagNode node)
    {
        Fate fate = fates[node.Ref];
        JobState? last = LastStateOf(node);
        bool isRemovedBefore = fate.State is null && last?.IsFinal() == false;
        if (last != fate.State && !isRemovedBefore)
            faults.Add($"{node.Ref} is {last}, but must be {fate.State}.");
        if (RemovalOf(node) is not null == records.ContainsKey(node.Ref))
            faults.Add($"{node.Ref} is on record though it was removed, or gone though it was not.");

        CheckBeginnings(node, fate);
        int ends = log.Of(node.Ref, DagAct.End).Count();
        bool endsByHandler = fate is { MayBegin: true, State: JobState.Completed or JobState.Failed };
        if (endsByHandler ? ends != 1 : ends > 0)
            faults.Add($"{node.Ref} is {fate.State}, and its handlers ended it {ends} times.");
        if (RemovalOf(node) is null && log.Of(node.Ref, DagAct.Lost).Any())
            faults.Add($"{node.Ref} was lost to a worker that was alive.");
        if (records.TryGetValue(node.Ref, out JobRecord? record))
            CheckRecord(node, record);
    }

    /// <summary>Whoever began did so after the end of each dependency: its claim was answered after the call that ended that was begun.</summary>
    private void CheckBeginnings(DagNode node, Fate fate)
    {
        DagEvent[] claims = [.. log.Of(node.Ref, DagAct.Claim)];
        if (claims is [])
            return;
        if (!fate.MayBegin)
            faults.Add($"{node.Ref} began, which its dependencies forbid.");
        long first = claims.Min(claim => claim.Answered);
        foreach (JobRef name in node.Job.DependsOn.Where(name => fates[name].NotBefore > first))
            faults.Add($"{node.Ref} began before {name} ended.");
        if (log.Of(node.Ref, DagAct.Promote).Any(promotion => promotion.Begun > first))
            faults.Add($"{node.Ref} began before it was let go.");
        if (log.Of(node.Ref, DagAct.End).FirstOrDefault() is { } end && claims.Any(claim => claim.Begun > end.Answered))
            faults.Add($"{node.Ref} began again after its end.");
    }

    private void CheckRecord(DagNode node, JobRecord record)
    {
        if (dag.IsLetGo && record.State == JobState.WaitingChildren)
            faults.Add($"{node.Ref} waits, and nobody could let it go.");
        if (record.State == JobState.Failed)
        {
            string[] errors = fates[node.Ref].MayBegin
                ? ["planned"]
                : [.. node.Job.DependsOn.Select(name => DependencyRules.ErrorOf(name, fates[name].State).Text())];
            if (!errors.Contains(record.Error.Text()))
                faults.Add($"{node.Ref} failed for another reason: {record.Error.Text()}");
        }

        bool isLetGo = log.Of(node.Ref, DagAct.Promote).Any();
        string expected = string.Join(", ", node.Job.DependsOn.Select(name => $"{name} {StatusOf(name, node.Job.OnDependencyFailure, isLetGo)}"));
        string actual = string.Join(", ", record.Dependencies.Select(dependency => $"{dependency.Job} {dependency.Status}"));
        if (expected != actual)
            faults.Add($"{node.Ref} ({record.State}) has the dependencies <{actual}>, but must have <{expected}>.");
    }

    private DependencyStatus StatusOf(JobRef dependency, OnDependencyFailure policy, bool isLetGo)
    {
        DependencyStatus status = DependencyRules.Decide(fates[dependency].State, policy);
        return status == DependencyStatus.Open && isLetGo ? DependencyStatus.Broken : status;
    }
}
