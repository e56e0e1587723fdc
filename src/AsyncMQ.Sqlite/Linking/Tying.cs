using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Producing;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Linking;

/// <summary>Stores jobs of groups with a flow or dependencies: what one depends on is looked up, and decides how it begins. See <see cref="DependencyRules"/>.</summary>
internal sealed class Tying(Books books, TakenIds ids, Storing storing, Links links)
{
    private readonly Statement dependency = books.Database.Prepare("link/dependency");
    private readonly Statement state = books.Database.Prepare("jobs/state");

    /// <summary>Stores a job. Returns its handle, or null when its id is taken; then nothing was written.</summary>
    public long? TryStore(QueueEntry queue, NewJob job, GroupLinks? group)
    {
        if (group is null)
            return storing.TryStore(queue, job);
        if (group.Flow is null && job.DependsOn.Count == 0)
            return storing.TryStore(queue, job, group.FlagsOf(job.Ref));

        JobLinks found = LookUp(job, group);
        if (storing.TryStore(queue, job, group.FlagsOf(job.Ref) | JobFlags.Linked, found.IsHeldBack) is not { } handle)
            return null;

        OnDependencyFailure policy = job.DependsOn.Count > 0 ? job.OnDependencyFailure : default;
        links.Add(found, handle, queue.Id, new(policy, job.Delay, job.RunAt?.UtcTicks, FlowOf(group), found.Open));
        foreach (long unmarked in found.Unmarked)
            books.Database.Prepare("link/mark").Start().Bind(unmarked).Run();
        if (!found.Error.IsEmpty)
            group.Fails(handle, found.Error);
        return handle;
    }

    /// <summary>The number of the group's flow, whose row is written with its first job.</summary>
    private long? FlowOf(GroupLinks group)
    {
        if (group.Flow is { } flow && group.FlowNumber is null)
        {
            group.FlowNumber = books.Ledger.NextNumber();
            books.Database.Prepare("flow/add").Start().Bind(group.FlowNumber).Bind(flow.Id).Bind(flow.Stamp).Bind(books.Now).Run();
        }

        return group.FlowNumber;
    }

    private JobLinks LookUp(NewJob job, GroupLinks group)
    {
        var found = new JobLinks();
        for (int i = 0; i < job.DependsOn.Count; i++)
        {
            Dependency dependency = LookUp(job.DependsOn[i], group);
            if (group.HasStandIns && found.Has(dependency.Handle, dependency.Job.Id, books.Names.Intern(dependency.Job.Queue)))
                continue;

            found.Add(dependency, books.Names.Intern(dependency.Job.Queue), job.OnDependencyFailure);
        }

        return found;
    }

    private Dependency LookUp(JobRef job, GroupLinks group)
    {
        if (group.StandInFor(job) is { } standIn)
        {
            long? now = standIn.Handle == group.GivingWay ? null : state.Start().Bind(standIn.Handle).RunForNumber();
            return new(standIn.Job, now is null ? null : standIn.Handle, now is null ? null : (JobState)now, IsMarked: false);
        }

        if (books.Queues.Find(job.Queue) is not { } queue)
            return new(job, null, null, IsMarked: false);
        if (!dependency.Start().Bind(queue.Id).Bind(job.Id).Step())
            return new(job, null, ids.FindTombstone(queue, job.Id)?.State, IsMarked: false);

        var found = new Dependency(
            job, dependency.Long(0), (JobState)dependency.Int(1), ((JobFlags)dependency.Int(2) & JobFlags.Dependents) != 0);
        dependency.Reset();
        return found.Handle == group.GivingWay ? new(job, null, null, IsMarked: false) : found;
    }
}

/// <summary>A job that another one depends on, as it was found at the add.</summary>
/// <param name="Job">Its name.</param>
/// <param name="Handle">Its handle; null: there is no record.</param>
/// <param name="State">Its state, or that which its tombstone tells; null: it was removed.</param>
/// <param name="IsMarked">Whether it is flagged as one that others depend on.</param>
internal readonly record struct Dependency(JobRef Job, long? Handle, JobState? State, bool IsMarked);

/// <summary>What a new job depends on, and how it stands to it.</summary>
internal sealed class JobLinks
{
    private readonly List<Edge> edges = [];
    private readonly List<long> unmarked = [];

    public IReadOnlyList<Edge> Edges => edges;

    /// <summary>Jobs on record that nobody depended on before.</summary>
    public IReadOnlyList<long> Unmarked => unmarked;

    /// <summary>How many edges are open.</summary>
    public int Open { get; private set; }

    /// <summary>Why it fails at once; empty: it does not.</summary>
    public ReadOnlyMemory<byte> Error { get; private set; }

    /// <summary>Whether it begins in waiting-children, if only for a moment.</summary>
    public bool IsHeldBack => Open > 0 || !Error.IsEmpty;

    /// <summary>Whether it is there already under another name.</summary>
    public bool Has(long? handle, string id, long queueName) =>
        edges.Exists(edge => edge.Dependency == handle && edge.Id == id && edge.QueueName == queueName);

    /// <summary>Decides on a dependency. The first one that fails the job gives it its error.</summary>
    public void Add(in Dependency dependency, long queueName, OnDependencyFailure policy)
    {
        DependencyStatus status = DependencyRules.Decide(dependency.State, policy);
        edges.Add(new(edges.Count, dependency.Handle, queueName, dependency.Job.Id, status, dependency.State));
        if (dependency is { Handle: { } handle, IsMarked: false })
            unmarked.Add(handle);
        if (status == DependencyStatus.Open)
            Open++;
        if (status == DependencyStatus.Broken && policy == OnDependencyFailure.Fail && Error.IsEmpty)
            Error = DependencyRules.ErrorOf(dependency.Job, dependency.State);
    }
}
