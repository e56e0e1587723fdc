using System.Collections.Concurrent;

namespace AsyncMQ.Conformance.Linking;

/// <summary>What a call did to a job of a DAG.</summary>
internal enum DagAct
{
    /// <summary>A worker got it.</summary>
    Claim,

    /// <summary>Its handler's end took effect.</summary>
    End,

    /// <summary>Its claim was no longer current.</summary>
    Lost,

    /// <summary>It was cancelled, or asked to stop.</summary>
    Cancel,

    /// <summary>It was removed.</summary>
    Remove,

    /// <summary>It was let go.</summary>
    Promote,
}

/// <summary>One thing that happened, at some moment between the two.</summary>
/// <param name="Act">What.</param>
/// <param name="Begun">When the call was begun.</param>
/// <param name="Answered">When it was answered.</param>
/// <param name="Before">The job's state before, for what an administrator did.</param>
internal sealed record DagEvent(DagAct Act, long Begun, long Answered, JobState? Before);

/// <summary>What happened to the jobs of a DAG. Moments are numbers that count up across all callers.</summary>
internal sealed class DagLog
{
    private readonly ConcurrentDictionary<JobRef, ConcurrentQueue<DagEvent>> events = new();
    private long moment;

    public long Now() => Interlocked.Increment(ref moment);

    public void Note(DagAct act, JobRef job, long begun, JobState? before = null) =>
        events.GetOrAdd(job, _ => new()).Enqueue(new(act, begun, Now(), before));

    public IEnumerable<DagAct> Of(JobRef job) => events.TryGetValue(job, out var all) ? all.Select(one => one.Act) : [];

    public IEnumerable<DagEvent> Of(JobRef job, DagAct act) => events.TryGetValue(job, out var all) ? all.Where(one => one.Act == act) : [];
}
