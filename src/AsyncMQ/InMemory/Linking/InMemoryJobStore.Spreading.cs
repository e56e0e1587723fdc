using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>The end of a job that others depend on, spread over its dependents in bounded steps: they are released, or fail and so spread further.</content>
internal sealed partial class InMemoryJobStore
{
    /// <summary>In order of the ends. Some may have been spread or taken back already: see <see cref="NextEffect"/>.</summary>
    private readonly Queue<DependencyEffect> effects = new();

    /// <summary>True when the step under way left effects, or may have: those who can work them off are told.</summary>
    private bool hasEffectNews;

    private DependencyEffect? NextEffect()
    {
        while (effects.TryPeek(out DependencyEffect? effect))
        {
            if (effect.Next is not null)
                return effect;
            effects.Dequeue();
        }

        return null;
    }

    /// <summary>A linked job comes into a final state, or its record is removed: its own edges, its flow and its dependents hear of it.</summary>
    /// <param name="entry">The job.</param>
    /// <param name="before">Its state before.</param>
    /// <param name="after">The final state; null: the record is removed.</param>
    private void EndLinks(JobEntry entry, JobState before, JobState? after)
    {
        JobLinks links = entry.Extras!.Links!;
        foreach (Edge edge in links.Edges)
        {
            if (edge.Of is { } of && !before.IsFinal())
                of.Unended--;
            if (after is null)
                edge.Cut();
        }

        if (links.Flow is { } flow)
            CountInFlow(flow, entry, before, after);
        if (links.Dependents is { } dependents)
            EndDependents(dependents, before, after);
    }

    /// <summary>
    /// A record that is removed after its end has nothing new to tell: what is left of its effect tells how it ended, and who is open still waits for a person.
    /// </summary>
    private void EndDependents(Dependents dependents, JobState before, JobState? after)
    {
        if (!before.IsFinal() && dependents.First is not null)
        {
            dependents.Effect = new(dependents, after);
            effects.Enqueue(dependents.Effect);
            hasEffectNews = true;
        }

        if (after is null)
            dependents.RecordIsGone();
    }

    /// <summary>Works off effects in order, so many dependents a step.</summary>
    private void SpreadEffects()
    {
        if (effects.Count == 0)
            return;

        for (int budget = MostSideEffects; budget > 0 && NextEffect() is { } effect; budget--)
        {
            Edge edge = effect.Next!;
            effect.Next = edge.Next;
            Decide(edge, effect.Outcome);
        }

        hasEffectNews = true;
    }

    private void Decide(Edge edge, JobState? outcome)
    {
        JobEntry dependent = edge.Dependent;
        JobLinks links = dependent.Extras!.Links!;
        DependencyStatus status = DependencyRules.Decide(outcome, links.Policy);
        edge.Become(status);

        // One that ended meanwhile only keeps how the two stand, for the case that it is retried.
        if (dependent.State != JobState.WaitingChildren)
            return;
        if (status == DependencyStatus.Broken && links.Policy == OnDependencyFailure.Fail)
            FailBy(dependent, edge.Job, outcome);
        else if (links.OpenEdges == 0)
            Release(dependent);
    }

    private void FailBy(JobEntry entry, JobRef dependency, JobState? outcome)
    {
        entry.Extras!.Error = DependencyRules.ErrorOf(dependency, outcome);
        Finish(entry, JobState.Failed, entry.Extras.Error);
    }

    /// <summary>Nothing holds the job back any more: its delay and its time-to-live count from now.</summary>
    private void Release(JobEntry entry)
    {
        JobExtras extras = entry.Extras!;
        if (entry.HasTimeToLive)
            extras.ExpiresAt = now + extras.TimeToLive.Ticks;

        Leave(entry);
        Enter(entry, DueTime(extras.Links!.RunAt, extras.Links.Delay), NextNumber());
        Tell(JobEventKinds.Promoted, entry);
    }
}
