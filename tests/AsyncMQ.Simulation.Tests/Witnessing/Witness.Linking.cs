namespace AsyncMQ.Simulation.Witnessing;

/// <content>
/// Invariant 6: a job never starts before each of its dependencies has completed, or its policy lets it; it never waits for ever after one has ended, unless
/// it is asked to; and it is released once.
/// </content>
internal sealed partial class Witness
{
    /// <summary>So many steps spread the longest list of ends that there may be.</summary>
    private const int Patience = 20;

    /// <summary>How many dependents hear of an end in one step; the others in the next.</summary>
    private const int MostPerStep = 1_000;

    /// <summary>Jobs whose record is gone, for the tombstone that may speak for them.</summary>
    private readonly Dictionary<JobRef, (long Stamp, JobState? End)> buried = [];

    /// <summary>How many steps have spread ends.</summary>
    private long steps;

    /// <summary>How many dependents this step and those before it leave to be told.</summary>
    private int untold;

    /// <summary>Where a job stands to what it depends on, against its record.</summary>
    public void RequireTies(Life life, JobState state)
    {
        bool isLate = steps - life.DecidedAfter > Patience;
        if (life.IsHeld && state != JobState.WaitingChildren)
            Blame($"Invariant 6: {life} is {state}, but waits for {Words(life)}.");
        else if (isLate && life is { End: null, IsDoomed: true })
            Blame($"Invariant 6: {life} is {state} and should have failed: {Words(life)}.");
        else if (isLate && life is { End: null, IsHeld: false } && state == JobState.WaitingChildren)
            Blame($"Invariant 6: {life} waits for nothing: {Words(life)}.");
    }

    // What a new job depends on has not ended, and holds it back; or has, and then decides at once.
    private void Bind(Life life, NewJob job, Dictionary<JobRef, JobRef>? standIns)
    {
        var ties = new List<Tie>();
        foreach (JobRef named in job.DependsOn)
        {
            JobRef dependency = standIns?.GetValueOrDefault(named, named) ?? named;
            if (ties.Exists(tie => tie.Job == dependency))
                continue;
            Life? of = FindDependency(dependency, life);
            var tie = new Tie(life, dependency, of);
            ties.Add(tie);
            of?.Dependents.Add(tie);
            if (of is { End: null })
                tie.Status = DependencyStatus.Open;
            else
                Decide(tie, of is null ? buried.GetValueOrDefault(dependency).End : of.End);
        }

        life.Ties = ties;
        if (life.IsHeld)
            Reached += new Reached { Held = 1 };
        if (life.IsDoomed)
            End(life, JobState.Failed);
    }

    private Life? FindDependency(JobRef dependency, Life dependent)
    {
        if (lives.TryGetValue(dependency, out Life? life) && life != dependent)
            return life;
        if (kept.ContainsKey(dependency) && world.Look(dependency) is not null)
            return LifeOf(dependency);
        if (!buried.ContainsKey(dependency))
            Blame($"Invariant 6: {dependent} was taken, though {dependency} is unknown.");
        return null;
    }

    // How the two stand now that the dependency has ended; null: it was removed before.
    private void Decide(Tie tie, JobState? outcome)
    {
        tie.Status = StatusAfter(outcome, tie.Policy);
        tie.Dependent.DecidedAfter = steps;
        if (tie.Status == DependencyStatus.Broken && tie.Policy == OnDependencyFailure.Fail)
            tie.Dependent.IsDoomed = true;
    }

    private static DependencyStatus StatusAfter(JobState? outcome, OnDependencyFailure policy) =>
        outcome == JobState.Completed ? DependencyStatus.Satisfied
        : policy == OnDependencyFailure.Wait ? DependencyStatus.Open : DependencyStatus.Broken;

    // The end of a job decides on all that still wait for it; what has ended itself only keeps how the two stand.
    private void Spread(Life ended, JobState? outcome)
    {
        foreach (Tie tie in ended.Dependents)
        {
            if (tie.Status != DependencyStatus.Open || tie.Dependent.IsGone)
                continue;
            bool wasHeld = tie.Dependent.IsHeld;
            untold++;
            Decide(tie, outcome);
            if (tie.Dependent.IsDoomed)
                world.Say($"{tie.Dependent.Ref} is doomed by {tie}");
            if (wasHeld && tie.Dependent is { IsHeld: false, IsDoomed: false })
                LetGo(tie.Dependent);
        }
    }

    private void LetGo(Life life)
    {
        Reached += new Reached { Released = 1 };
        Free(life, life.Add!);
        if (deed == Deed.Add || untold > MostPerStep)
            life.ExpiresAt = null; // a later step releases it, so nobody knows yet
        world.Say($"{life.Ref} is released: {Words(life)}");
    }

    // A job that failed without having run has somebody to blame.
    private void RequireReason(Life life)
    {
        if (life is { IsDoomed: true, End: JobState.Failed })
            Reached += new Reached { Doomed = 1 };
        else if (life is { End: JobState.Failed, Claim: null })
            Blame($"Invariant 6: {life} failed though nobody ran it, and nothing that it depends on failed it: {Words(life)}.");
        if (life is { IsDoomed: true, End: JobState.Completed or JobState.Expired })
            Blame($"Invariant 6: {life} should have failed: {Words(life)}.");
    }

    private void RequireReleased(Life life)
    {
        if (life.IsHeld || life.IsDoomed)
            Blame($"Invariant 6: {life} was claimed, but {(life.IsDoomed ? "should have failed" : "waits")}: {Words(life)}.");
    }

    // A person's word on the dependent: it decides anew on what it is not satisfied with.
    private void Retried(Life life)
    {
        life.IsDoomed = false;
        life.Reruns++;
        foreach (Tie tie in life.Ties.Where(tie => tie.Status != DependencyStatus.Satisfied))
        {
            if (tie.Of is { End: null, IsGone: false })
                (tie.Status, life.DecidedAfter) = (DependencyStatus.Open, steps);
            else if (tie.Of is { IsGone: true, End: JobState.Completed })
                tie.Status = DependencyStatus.Satisfied; // gone, and so the store may have taken it for removed as well
            else
                Decide(tie, tie.Of is { } of ? of.End : buried.GetValueOrDefault(tie.Job).End);
        }

        if (life.IsDoomed)
            Blame($"Invariant 6: {life} was retried, but would fail again: {Words(life)}.");
        if (life.Add is not { } add || !life.IsHeld)
            return;
        life.ExpiresAt = null;
        life.DueAt = add.RunAt?.UtcTicks ?? 0;
    }

    private void RefusedToRetry(Life life)
    {
        bool isFair = life.Ties.Any(tie => tie.Status != DependencyStatus.Satisfied && tie.Policy == OnDependencyFailure.Fail && tie.Of is null or { IsGone: true } or { End: not (null or JobState.Completed) });
        if (!isFair)
            Blame($"Invariant 6: the retry of {life} was refused for its dependencies: {Words(life)}.");
    }

    // A person lets it go in spite of what has ended without completing.
    private void Promoted(Life life)
    {
        foreach (Tie tie in life.Ties.Where(tie => tie.Status == DependencyStatus.Open))
        {
            if (tie.Of is { End: null, IsGone: false })
                Blame($"Invariant 6: {life} was promoted, but {tie} may still complete.");
            tie.Status = DependencyStatus.Broken;
        }

        life.DecidedAfter = steps;
        LetGo(life);
    }

    private static string Words(Life life) => life.Ties.Count == 0 ? "nothing" : string.Join("; ", life.Ties);
}
