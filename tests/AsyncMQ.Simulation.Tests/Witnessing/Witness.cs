using AsyncMQ.Simulation.Living;

namespace AsyncMQ.Simulation.Witnessing;

/// <summary>
/// Stands beside the store and sees each effect at the moment it happens, with what the process had said and what it will be told. Keeps a book of its own
/// of jobs, claims, sessions and pauses, and blames whatever contradicts it. Named after the invariants of docs/architecture.md.
/// </summary>
internal sealed partial class Witness(World world)
{
    private readonly Dictionary<JobRef, Life> lives = [];
    private readonly Dictionary<(string Queue, string Id), JobRef> exclusive = [];
    private readonly Dictionary<(SessionId Session, int Lane), long> lanes = [];
    private readonly HashSet<JobRef> removed = [];
    private Deed deed;

    /// <summary>Jobs that have not ended, as far as the witness knows.</summary>
    public IEnumerable<Life> Unended => lives.Values.Where(life => life.End is null);

    public IEnumerable<Life> Lives => lives.Values;

    public long Adds { get; private set; }

    public long Claims { get; private set; }

    public long Ends { get; private set; }

    public Reached Reached { get; private set; } = new();

    private long Now => world.StoreTime;

    public Life? Find(JobRef job) => lives.GetValueOrDefault(job);

    /// <summary>The store is about to do something.</summary>
    public void Begin(Deed what)
    {
        deed = what;
        removed.Clear();
        if (what == Deed.Add)
            return;
        steps++;
        untold = Math.Max(0, untold - MostPerStep);
    }

    /// <summary>The store's clock is about to be set: what came due by the old one stays so.</summary>
    public void ClockIsSet()
    {
        foreach (Life life in lives.Values.Where(life => life.DueAt <= Now))
            life.DueAt = 0;
        foreach (ScheduleLife life in schedules.Values)
            life.Fired.Clear(); // what is past may come again
    }

    public void Signalled(StoreSignal signal)
    {
        if (signal.Kind != StoreSignalKind.Ended)
            return;

        var job = new JobRef(signal.Queue!, signal.Id!);
        if (deed == Deed.Add)
            endedByAdds.Add(job);
        else
            Ended(job);
    }

    private void Ended(JobRef job)
    {
        JobRecord? record = world.Look(job);
        if (record is null && removed.Contains(job))
            return; // it ended and was removed in one step
        if (LifeOf(job) is not { } life)
            return;
        bool isOver = record is { State: var state } && state.IsFinal();
        if (deed == Deed.Add && !isOver && record is { } fresh && fresh.AddedAt.UtcTicks == life.AddedAt)
            return; // the end was that of the one before it

        Leave(life);
        if (isOver)
            End(life, record!.State);
        else
            Remove(life);
    }

    private void End(Life life, JobState state)
    {
        if (life.End is null)
        {
            Ends++;
            life.End = state;
            RequireReason(life);
            Spread(life, state);
        }

        life.End = state;
        FreeExclusive(life);
    }

    // The record is gone, or another has its place.
    private void Remove(Life life)
    {
        removed.Add(life.Ref);
        FreeExclusive(life);
        Release(life);
        if (deed is not (Deed.Remove or Deed.Maintain or Deed.Add))
            Blame($"Invariant 1: {life} was removed by {deed}.");
        if (deed == Deed.Maintain)
            RequireRetention(life);
        Forget(life);
    }

    private void RequireRetention(Life life)
    {
        if (life.End is null && !(life.WasKept || life.ExpiresAt <= Now))
            Blame($"Invariant 1: retention removed {life}.");
        if (life.Dependents.Find(tie => tie.Dependent is { IsGone: false, End: null }) is { } needed)
            Blame($"Invariant 1: retention removed {life}, which {needed.Dependent} depends on.");
    }

    private void Forget(Life life)
    {
        Leave(life);
        lives.Remove(life.Ref);
        life.IsGone = true;
        buried[life.Ref] = (life.Stamp, life.End);
        LeaveFlow(life);
        if (life.End is null)
            Spread(life, null);
    }

    private void TakeExclusive(Life life)
    {
        if (life.Exclusive is not { } id)
            return;
        if (exclusive.TryGetValue((life.Ref.Queue, id), out JobRef owner) && owner != life.Ref && Find(owner) is { End: null } other)
            Blame($"Invariant 5: {life} and {other} both own the deduplication id '{id}'.");
        exclusive[(life.Ref.Queue, id)] = life.Ref;
    }

    private void FreeExclusive(Life life)
    {
        if (life.Exclusive is { } id && exclusive.TryGetValue((life.Ref.Queue, id), out JobRef owner) && owner == life.Ref)
            exclusive.Remove((life.Ref.Queue, id));
    }

    // A step that was done already is answered with its old reply and has no effect.
    private bool IsRepeated(StepId step)
    {
        if (lanes.GetValueOrDefault((step.Session, step.Lane)) >= step.Sequence)
            return true;
        lanes[(step.Session, step.Lane)] = step.Sequence;
        return false;
    }

    private void Blame(string fault) => world.Blame(fault);
}
