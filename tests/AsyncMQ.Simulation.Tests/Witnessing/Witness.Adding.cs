namespace AsyncMQ.Simulation.Witnessing;

/// <content>Adds: what became of them, and the lives that begin with them.</content>
internal sealed partial class Witness
{
    private readonly Dictionary<JobRef, NewJob> kept = [];
    private readonly HashSet<JobRef> known = [];
    private readonly List<JobRef> endedByAdds = [];

    public void Added(AddStep step, AddReply reply)
    {
        if (IsRepeated(step.Step))
            return;
        for (int i = 0; i < reply.Groups.Count; i++)
            Added(step.Groups[i], reply.Groups[i]);
        EndThoseReplaced();
    }

    /// <summary>Invariant 1: a process was told that a job is stored, or stands for its add.</summary>
    public void Acknowledged(JobRef job)
    {
        if (!known.Contains(job) && !kept.ContainsKey(job))
            Blame($"Invariant 1: the add of {job} was acknowledged, but it was never stored.");
    }

    private void Added(AddGroup group, GroupReply reply)
    {
        if (reply.Refusal is { } refusal)
        {
            RequireReason(group, refusal);
            return;
        }

        if (group.Flow is { } flow && IsThere(flow, reply))
            return;
        var standIns = new Dictionary<JobRef, JobRef>();
        for (int i = 0; i < reply.Jobs.Count; i++)
        {
            Added(group.Jobs[i], reply.Jobs[i], new(group.Flow, standIns));
            if (reply.Jobs[i].Outcome == AddOutcome.Deduplicated)
                standIns[group.Jobs[i].Ref] = group.Jobs[i].Ref with { Id = reply.Jobs[i].Id };
            else
                standIns.Remove(group.Jobs[i].Ref);
        }
    }

    // Ends that came with adds are those of jobs that they replaced, some of which were added by the same step.
    private void EndThoseReplaced()
    {
        deed = Deed.Add;
        foreach (JobRef job in endedByAdds.Where(lives.ContainsKey))
            Ended(job);
        endedByAdds.Clear();
    }

    private void Added(NewJob job, AddedJob added, Companions companions)
    {
        switch (added.Outcome)
        {
            case AddOutcome.Created or AddOutcome.Replaced:
                if (added.Outcome == AddOutcome.Replaced)
                    exclusive.Remove((job.Ref.Queue, job.Deduplication!.Id));
                if (lives.TryGetValue(job.Ref, out Life? old) && old.Stamp != job.Stamp && endedByAdds.Remove(job.Ref))
                    Forget(old); // cancelled, and so gave way, or replaced by one before
                if (!lives.TryGetValue(job.Ref, out Life? there))
                {
                    // One that is meant again may have left a tombstone.
                    if (buried.GetValueOrDefault(job.Ref).Stamp != job.Stamp || world.Look(job.Ref) is not null)
                        Begin(job, companions);
                }
                else if (there.Stamp != job.Stamp)
                    Blame($"Invariant 5: {job.Ref} was created though {there} has that id.");
                break;
            case AddOutcome.Deduplicated when job.Deduplication!.KeepLastIfActive:
                kept[job.Ref] = job;
                break;
        }
    }

    private void Begin(NewJob job, Companions companions)
    {
        Life life = Enter(job, isKept: false, companions.Flow?.Id);
        if (companions.Flow is { } flow)
            Join(flow, life);
        if (job.DependsOn.Count > 0)
            Bind(life, job, companions.StandIns);
        if (life.IsHeld || life.End is not null)
            return;

        Free(life, job);
        if (life.DueAt <= Now)
            Enter(life, job.Priority);
    }

    private Life Enter(NewJob job, bool isKept, string? flow)
    {
        Adds++;
        known.Add(job.Ref);
        var life = new Life(job.Ref, job.Stamp)
        {
            Exclusive = job.Deduplication is { Ttl: null } only ? only.Id : null,
            AddedAt = Now,
            WasKept = isKept,
            TimeToLive = job.TimeToLive,
            Add = job.DependsOn.Count > 0 ? job : null,
            Flow = flow,
        };
        lives.Add(job.Ref, life);
        TakeExclusive(life);
        return life;
    }

    // Its delay and its time-to-live count from now.
    private void Free(Life life, NewJob job)
    {
        life.DueAt = job.RunAt?.UtcTicks ?? (Now + job.Delay.Ticks);
        life.ExpiresAt = life.TimeToLive is { } ttl ? Now + ttl.Ticks : null;
    }

    // An add that was kept behind an active owner comes into being with that one's end, of which only the store knows: nor when that was, nor whether it
    // owns its deduplication id.
    private Life? LifeOf(JobRef job)
    {
        if (lives.TryGetValue(job, out Life? life))
            return life;
        if (kept.Remove(job, out NewJob? after))
            return Enter(after with { Deduplication = null, TimeToLive = null }, isKept: true, flow: null);
        Blame($"Invariant 4: the store speaks of {job}, which was never added or is gone.");
        return null;
    }

    /// <summary>What jobs of one group share.</summary>
    private readonly record struct Companions(NewFlow? Flow, Dictionary<JobRef, JobRef>? StandIns);
}
