namespace AsyncMQ.Conformance.Model;

/// <content>Dependencies and flows.</content>
internal sealed partial class ModelStore
{
    private readonly List<ModelEffect> effects = [];

    /// <summary>Who stands for the jobs of this group that were deduplicated.</summary>
    private readonly Dictionary<JobRef, ModelHold> standIns = [];

    public IEnumerable<ModelFlow> Flows => Jobs.Select(job => job.Flow).OfType<ModelFlow>().Distinct().OrderByDescending(flow => flow.Number);

    public ModelFlow? FlowNamed(string id) => Flows.FirstOrDefault(flow => flow.Id == id);

    public ModelJob[] JobsOf(ModelFlow flow) => [.. Jobs.Where(job => job.Flow == flow).OrderBy(job => job.Number)];

    /// <summary>The answer to a new flow that is there already, or whose id is taken.</summary>
    private GroupReply? AnswerOfFlow(AddGroup group)
    {
        if (group.Flow is not { Extends: false } asked || FlowNamed(asked.Id) is not { } known)
            return null;
        AddOutcome outcome = known.Stamp == asked.Stamp ? AddOutcome.Created : AddOutcome.Duplicate;
        return new(null, [.. group.Jobs.Select(job => new AddedJob(outcome, job.Ref.Id))]);
    }

    private AddRefusal? RefusalOf(AddGroup group)
    {
        HashSet<JobRef> earlier = [];
        foreach (NewJob job in group.Jobs)
        {
            // What is there already is answered without a look at what it depends on, which may be gone by now.
            JobRef? unknown = StampOfTaken(job) is null ? job.DependsOn.Select(name => (JobRef?)name).FirstOrDefault(name => !earlier.Contains(name!.Value) && !IsKnown(name.Value)) : null;
            if (unknown is { } name)
                return new(AddRefusalReason.UnknownDependency, job.Ref, name.ToString());
            earlier.Add(job.Ref);
        }

        if (group.Flow is { Extends: true } extended && FlowNamed(extended.Id) is null)
            return new(AddRefusalReason.UnknownFlow, group.Jobs[0].Ref, extended.Id);
        return group.Flow is not null && group.Jobs.FirstOrDefault(job => StampOfTaken(job) is { } stamp && stamp != job.Stamp) is { } taken
            ? new(AddRefusalReason.IdTaken, taken.Ref, taken.Ref.Id)
            : null;
    }

    /// <summary>Jobs of which nothing but the tombstone is left.</summary>
    public IEnumerable<JobRef> Buried => Queues.SelectMany(queue => queue.Value.Tombstones.Keys.Select(id => new JobRef(queue.Key, id)))
        .Where(name => Find(name) is null && TombstoneOf(name) is not null);

    private bool IsKnown(JobRef name) => Find(name) is not null || TombstoneOf(name) is not null;

    private ModelTombstone? TombstoneOf(JobRef name) =>
        Queues.GetValueOrDefault(name.Queue)?.Tombstones.GetValueOrDefault(name.Id) is { } found && found.Until > Now ? found : null;

    /// <summary>Looks up what the job depends on.</summary>
    private void Link(ModelJob job)
    {
        foreach (JobRef given in job.Draft.DependsOn)
        {
            ModelHold? standIn = standIns.GetValueOrDefault(given);
            JobRef name = standIn is null ? given : given with { Id = standIn.OwnerId };
            ModelJob? record = standIn is null ? Find(name) : standIn.Owner;
            JobState? state = record is { IsOnRecord: true } ? record.State : standIn is null ? TombstoneOf(name)?.State : null;
            if (job.Edges.Exists(edge => edge.Name == name && edge.Dependency == record))
                continue;
            var edge = new ModelEdge(job, name, record) { StateAtAdd = state };
            edge.Status = Decide(edge, state);
            job.Edges.Add(edge);
        }
    }

    private static DependencyStatus Decide(ModelEdge edge, JobState? state) => DependencyRules.Decide(state, edge.Dependent.Draft.OnDependencyFailure);

    /// <summary>The first state of a new job: failed, held back, or what it is without dependencies.</summary>
    private void Begin(ModelJob job)
    {
        ModelEdge? broken = job.Draft.OnDependencyFailure == OnDependencyFailure.Fail ? job.Edges.Find(edge => edge.Status == DependencyStatus.Broken) : null;
        if (broken is not null)
            FailFor(broken, broken.StateAtAdd);
        else if (!HoldBack(job))
            LetStart(job);
    }

    private void FailFor(ModelEdge edge, JobState? outcome)
    {
        edge.Dependent.Error = DependencyRules.ErrorOf(edge.Name, outcome).Text();
        Finish(edge.Dependent, JobState.Failed);
    }

    private bool HoldBack(ModelJob job)
    {
        if (!job.IsHeldBack)
            return false;
        Put(job, JobState.WaitingChildren, ++lastNumber);
        job.ExpiresAt = null;
        return true;
    }

    /// <summary>From here its delay and time-to-live count.</summary>
    private void LetStart(ModelJob job)
    {
        job.ExpiresAt = Now + job.Draft.TimeToLive;
        ToWaitingOrDelayed(job, job.Draft.RunAt ?? Now + job.Draft.Delay);
    }

    /// <summary>A job ended, or was removed before: its dependents will hear of it.</summary>
    private void Spread(ModelJob job, JobState? outcome)
    {
        ModelEdge[] open = [.. Jobs.OrderBy(other => other.Number).SelectMany(other => other.Edges)
            .Where(edge => edge.Dependency == job && edge.Status == DependencyStatus.Open)];
        if (open.Length > 0)
            effects.Add(new(job, outcome, open));
    }

    /// <summary>Works off all effects: a sequence is too short to come near the thousand of a step.</summary>
    private void WorkOff()
    {
        while (effects is [var effect, ..])
        {
            effects.RemoveAt(0);
            foreach (ModelEdge edge in effect.Edges.Where(edge => edge.Dependent.IsOnRecord && edge.Status == DependencyStatus.Open))
                Settle(edge, effect.Outcome);
        }
    }

    private void Settle(ModelEdge edge, JobState? outcome)
    {
        ModelJob job = edge.Dependent;
        edge.Status = Decide(edge, outcome);
        if (job.State != JobState.WaitingChildren)
            return;
        if (edge.Status == DependencyStatus.Broken && job.Draft.OnDependencyFailure == OnDependencyFailure.Fail)
            FailFor(edge, outcome);
        else if (!job.IsHeldBack)
            LetStart(job);
    }

    /// <summary>A person lets a job go that nothing else can: neither will a dependency end, nor is an end about to be spread that decides.</summary>
    private JobChangeOutcome LetGo(ModelJob job)
    {
        ModelEdge[] open = [.. job.Edges.Where(edge => edge.Status == DependencyStatus.Open)];
        if (!open.All(edge => edge.StateOfDependency?.IsFinal() != false && Decide(edge, edge.StateOfDependency) == DependencyStatus.Open))
            return JobChangeOutcome.WrongState;
        foreach (ModelEdge edge in open)
            edge.Status = DependencyStatus.Broken;
        LetStart(job);
        return JobChangeOutcome.Done;
    }

    /// <summary>One of its dependencies would fail a job at once, were it retried.</summary>
    private static bool WouldFail(ModelJob job) => job.Draft.OnDependencyFailure == OnDependencyFailure.Fail
        && Unsatisfied(job).Any(edge => Decide(edge, edge.StateOfDependency) == DependencyStatus.Broken);

    private static void DecideAnew(ModelJob job)
    {
        foreach (ModelEdge edge in Unsatisfied(job))
            edge.Status = Decide(edge, edge.StateOfDependency);
    }

    private static ModelEdge[] Unsatisfied(ModelJob job) => [.. job.Edges.Where(edge => edge.Status != DependencyStatus.Satisfied)];

    /// <summary>Some job that depends on it has not ended, and may want its result.</summary>
    private bool IsNeeded(ModelJob job) => Jobs.Any(other => !other.State.IsFinal() && other.Edges.Exists(edge => edge.Dependency == job));
}
