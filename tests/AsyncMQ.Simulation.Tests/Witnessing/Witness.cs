using AsyncMQ.Simulation.Living;

namespace AsyncMQ.Simulation.Witnessing;

/// <summary>
/// Stands beside the store and sees each effect at the moment it happens, with what the process had said and what it will be told. Keeps a book of its own
/// of jobs, claims, sessions and pauses, and blames whatever contradicts it. Named after the invariants of docs/architecture.md.
/// </summary>
internal sealed partial class Witness(World world)
{
    private readonly Dictionary<JobRef, Life> lives = [];
    private readonly Dictionary<JobRef, NewJob> kept = [];
    private readonly HashSet<JobRef> known = [];
    private readonly Dictionary<(string Queue, string Id), JobRef> exclusive = [];
    private readonly Dictionary<(SessionId Session, int Lane), long> lanes = [];
    private readonly List<JobRef> endedByAdds = [];
    private readonly HashSet<JobRef> removed = [];
    private Effect effect;

    /// <summary>Jobs that have not ended, as far as the witness knows.</summary>
    public IEnumerable<Life> Unended => lives.Values.Where(life => life.End is null);

    public IEnumerable<Life> Lives => lives.Values;

    public long Adds { get; private set; }

    public long Claims { get; private set; }

    public long Ends { get; private set; }

    private long Now => world.StoreTime;

    public Life? Find(JobRef job) => lives.GetValueOrDefault(job);

    /// <summary>The store is about to do something.</summary>
    public void Begin(Effect what)
    {
        effect = what;
        removed.Clear();
    }

    public void Added(AddStep step, AddReply reply)
    {
        if (IsRepeated(step.Step))
            return;
        for (int i = 0; i < reply.Groups.Count; i++)
        {
            for (int k = 0; k < reply.Groups[i].Jobs.Count; k++)
                Added(step.Groups[i].Jobs[k], reply.Groups[i].Jobs[k]);
        }

        // Ends that came with the adds are those of jobs that they replaced, some of which were added by the same step.
        effect = Effect.Add;
        foreach (JobRef job in endedByAdds.Where(lives.ContainsKey))
            Ended(job);
        endedByAdds.Clear();
    }

    /// <summary>Invariant 1: a process was told that a job is stored, or stands for its add.</summary>
    public void Acknowledged(JobRef job)
    {
        if (!known.Contains(job) && !kept.ContainsKey(job))
            Blame($"Invariant 1: the add of {job} was acknowledged, but it was never stored.");
    }

    /// <summary>The store's clock is about to be set: what came due by the old one stays so.</summary>
    public void ClockIsSet()
    {
        foreach (Life life in lives.Values.Where(life => life.DueAt <= Now))
            life.DueAt = 0;
    }

    public void Signalled(StoreSignal signal)
    {
        if (signal.Kind != StoreSignalKind.Ended)
            return;

        var job = new JobRef(signal.Queue!, signal.Id!);
        if (effect == Effect.Add)
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
        if (effect == Effect.Add && record is { } fresh && fresh.AddedAt.UtcTicks == life.AddedAt)
            return; // the end was that of the one before it

        Leave(life);
        if (record is { } ended && ended.State.IsFinal())
        {
            if (life.End is null)
                Ends++;
            life.End = ended.State;
            FreeExclusive(life);
            return;
        }

        // The record is gone, or another has its place.
        lives.Remove(job);
        removed.Add(job);
        FreeExclusive(life);
        Release(life);
        if (effect is not (Effect.Remove or Effect.Maintain or Effect.Add))
            Blame($"Invariant 1: {life} was removed by {effect}.");
        if (effect == Effect.Maintain && life.End is null && !(life.WasKept || life.ExpiresAt <= Now))
            Blame($"Invariant 1: retention removed {life}.");
    }

    private void Added(NewJob job, AddedJob added)
    {
        switch (added.Outcome)
        {
            case AddOutcome.Created or AddOutcome.Replaced:
                if (added.Outcome == AddOutcome.Replaced)
                    exclusive.Remove((job.Ref.Queue, job.Deduplication!.Id));
                if (lives.TryGetValue(job.Ref, out Life? old) && old.Stamp != job.Stamp && endedByAdds.Remove(job.Ref))
                    Forget(old); // cancelled, and so gave way, or replaced by one before
                if (!lives.TryGetValue(job.Ref, out Life? there))
                    Begin(job, job.RunAt?.UtcTicks ?? (Now + job.Delay.Ticks));
                else if (there.Stamp != job.Stamp)
                    Blame($"Invariant 5: {job.Ref} was created though {there} has that id.");
                break;
            case AddOutcome.Deduplicated when job.Deduplication!.KeepLastIfActive:
                kept[job.Ref] = job;
                break;
        }
    }

    private Life Begin(NewJob job, long dueAt, bool isKept = false)
    {
        Adds++;
        known.Add(job.Ref);
        var life = new Life(job.Ref, job.Stamp)
        {
            Exclusive = job.Deduplication is { Ttl: null } only ? only.Id : null,
            AddedAt = Now,
            WasKept = isKept,
            TimeToLive = job.TimeToLive,
            ExpiresAt = job.TimeToLive is { } ttl ? Now + ttl.Ticks : null,
            DueAt = dueAt,
        };
        lives.Add(job.Ref, life);
        if (!isKept && dueAt <= Now)
            Enter(life, job.Priority);
        TakeExclusive(life);
        return life;
    }

    // An add that was kept behind an active owner comes into being with that one's end, of which only the store knows: nor when that was, nor whether it
    // owns its deduplication id.
    private Life? LifeOf(JobRef job)
    {
        if (lives.TryGetValue(job, out Life? life))
            return life;
        if (kept.Remove(job, out NewJob? after))
            return Begin(after with { Deduplication = null, TimeToLive = null }, 0, isKept: true);
        Blame($"Invariant 4: the store speaks of {job}, which was never added or is gone.");
        return null;
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

    private void Forget(Life life)
    {
        Leave(life);
        lives.Remove(life.Ref);
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
