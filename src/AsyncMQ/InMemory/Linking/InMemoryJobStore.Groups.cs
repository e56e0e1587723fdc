using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Groups with a flow or dependencies: whatever refuses or answers one, before anything of it is written.</content>
internal sealed partial class InMemoryJobStore
{
    /// <summary>The reply to a group of which nothing is added: refused, or a flow that is there already. Null: it is added.</summary>
    private GroupReply? ReplyToUnadded(AddGroup group)
    {
        if (group.Flow is { Extends: false } added && flows.TryGetValue(added.Id, out StoredFlow? flow))
            return AllAnswered(group.Jobs, flow.Stamp == added.Stamp ? AddOutcome.Created : AddOutcome.Duplicate);

        AddRefusal? refusal = FindUnknownDependency(group.Jobs) ?? (group.Flow is { } of ? FindFlowFault(of, group.Jobs) : null);
        return refusal is null ? null : new(refusal, []);
    }

    private static GroupReply AllAnswered(IReadOnlyList<NewJob> jobs, AddOutcome outcome)
    {
        var answers = new AddedJob[jobs.Count];
        for (int i = 0; i < answers.Length; i++)
            answers[i] = new(outcome, jobs[i].Ref.Id);
        return new(null, answers);
    }

    private AddRefusal? FindUnknownDependency(IReadOnlyList<NewJob> jobs)
    {
        var earlier = new HashSet<JobRef>();
        for (int i = 0; i < jobs.Count; i++)
        {
            // A job that is there already is answered so, whatever became of its dependencies since.
            NewJob job = jobs[i];
            if (job.DependsOn.Count > 0 && !IsTaken(job) && FindUnknown(job.DependsOn, earlier) is { } unknown)
                return new(AddRefusalReason.UnknownDependency, job.Ref, unknown.ToString());
            earlier.Add(job.Ref);
        }

        return null;
    }

    private JobRef? FindUnknown(IReadOnlyList<JobRef> dependencies, HashSet<JobRef> earlier)
    {
        for (int i = 0; i < dependencies.Count; i++)
        {
            if (!earlier.Contains(dependencies[i]) && !IsKnown(dependencies[i]))
                return dependencies[i];
        }

        return null;
    }

    private bool IsTaken(NewJob job) => queues.TryGetValue(job.Ref.Queue, out StoredQueue? queue) && StampOfTaken(queue, job) is not null;

    private AddRefusal? FindFlowFault(NewFlow flow, IReadOnlyList<NewJob> jobs)
    {
        if (jobs.Count > 0 && flow.Extends && !flows.ContainsKey(flow.Id))
            return new(AddRefusalReason.UnknownFlow, jobs[0].Ref, flow.Id);

        var earlier = new HashSet<JobRef>();
        for (int i = 0; i < jobs.Count; i++)
        {
            NewJob job = jobs[i];
            bool isOfAnother = queues.TryGetValue(job.Ref.Queue, out StoredQueue? queue) && StampOfTaken(queue, job) is { } stamp && stamp != job.Stamp;
            if (isOfAnother || !earlier.Add(job.Ref))
                return new(AddRefusalReason.IdTaken, job.Ref, job.Ref.Id);
        }

        return null;
    }

    private GroupLinks LinksOf(AddGroup group) => new(group.Flow is not { } flow ? null
        : flow.Extends ? flows.GetValueOrDefault(flow.Id)
        : new(flow.Id, flow.Stamp, NextNumber(), now));
}
