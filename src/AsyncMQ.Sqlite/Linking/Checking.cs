using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Producing;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Linking;

/// <summary>Whatever refuses or answers a group with a flow or dependencies, before anything of it is written.</summary>
internal sealed class Checking(Books books, TakenIds ids)
{
    private readonly Statement findJob = books.Database.Prepare("jobs/find");

    /// <summary>The reply to a group of which nothing is added: refused, or a flow that is there already. Null: it is to be added.</summary>
    public GroupReply? Check(AddGroup group, GroupLinks links)
    {
        if (FindFlow(links) is { } stamp && group.Flow is { Extends: false } added)
            return AllAnswered(group.Jobs, stamp == added.Stamp ? AddOutcome.Created : AddOutcome.Duplicate);

        AddRefusal? refusal = FindUnknownDependency(group.Jobs, links) ?? (group.Flow is null ? null : FindFlowFault(group.Jobs, links));
        return refusal is null ? null : new(refusal, []);
    }

    private static GroupReply AllAnswered(IReadOnlyList<NewJob> jobs, AddOutcome outcome)
    {
        var answers = new AddedJob[jobs.Count];
        for (int i = 0; i < answers.Length; i++)
            answers[i] = new(outcome, jobs[i].Ref.Id);
        return new(null, answers);
    }

    /// <summary>The stamp of the group's flow; null when there is none on record, or none is asked for.</summary>
    private long? FindFlow(GroupLinks links)
    {
        if (links.Flow is not { } flow)
            return null;
        Statement row = books.Database.Prepare("flow/find").Start().Bind(flow.Id);
        if (!row.Step())
            return null;

        links.FlowNumber = row.Long(0);
        long stamp = row.Long(1);
        row.Reset();
        return stamp;
    }

    private AddRefusal? FindUnknownDependency(IReadOnlyList<NewJob> jobs, GroupLinks links)
    {
        var earlier = new HashSet<JobRef>();
        for (int i = 0; i < jobs.Count; i++)
        {
            // A job that is there already is answered so, whatever became of its dependencies since.
            NewJob job = jobs[i];
            if (job.DependsOn.Count > 0 && FindUnknown(job.DependsOn, earlier, links) is { } unknown && StampOfTaken(job) is null)
                return new(AddRefusalReason.UnknownDependency, job.Ref, unknown.ToString());
            earlier.Add(job.Ref);
        }

        return null;
    }

    private JobRef? FindUnknown(IReadOnlyList<JobRef> dependencies, HashSet<JobRef> earlier, GroupLinks links)
    {
        JobRef? unknown = null;
        for (int i = 0; i < dependencies.Count; i++)
        {
            if (earlier.Contains(dependencies[i]))
                links.Expect(dependencies[i]);
            else if (unknown is null && !IsKnown(dependencies[i]))
                unknown = dependencies[i];
        }

        return unknown;
    }

    private bool IsKnown(JobRef job) => books.Queues.Find(job.Queue) is { } queue
        && (findJob.Start().Bind(queue.Id).Bind(job.Id).RunForNumber() is not null || ids.FindTombstone(queue, job.Id) is not null);

    private AddRefusal? FindFlowFault(IReadOnlyList<NewJob> jobs, GroupLinks links)
    {
        if (jobs.Count > 0 && links is { Flow.Extends: true, FlowNumber: null })
            return new(AddRefusalReason.UnknownFlow, jobs[0].Ref, links.Flow.Id);

        var earlier = new HashSet<JobRef>();
        for (int i = 0; i < jobs.Count; i++)
        {
            bool isOfAnother = StampOfTaken(jobs[i]) is { } stamp && stamp != jobs[i].Stamp;
            if (isOfAnother || !earlier.Add(jobs[i].Ref))
                return new(AddRefusalReason.IdTaken, jobs[i].Ref, jobs[i].Ref.Id);
        }

        return null;
    }

    /// <summary>The stamp of whoever has a job's id; null: it is free.</summary>
    private long? StampOfTaken(NewJob job)
    {
        if (books.Queues.Find(job.Ref.Queue) is not { } queue)
            return null;
        if (ids.FindTombstone(queue, job.Ref.Id) is { } tombstone)
            return tombstone.Stamp;
        return ids.Find(queue, job.Ref.Id) is { } taken && (taken.State != JobState.Cancelled || taken.Stamp == job.Stamp) ? taken.Stamp : null;
    }
}
