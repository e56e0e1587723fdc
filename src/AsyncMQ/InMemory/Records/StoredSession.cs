using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>One session: its lease, its claims, its mailbox and its lanes.</summary>
/// <param name="info">What it said when it opened.</param>
/// <param name="number">Counts sessions in order of opening.</param>
/// <param name="now">When it opened.</param>
internal sealed class StoredSession(SessionInfo info, long number, long now)
{
    /// <summary>From so many queues on, a session is told which of those it did not ask for are ready.</summary>
    private const int MostQueuesAsked = 64;

    private readonly Dictionary<int, Lane> lanes = [];
    private readonly HashSet<string>? queues = info.Queues.Count > MostQueuesAsked ? new(info.Queues, StringComparer.Ordinal) : null;

    public SessionInfo Info { get; } = info;

    public SessionId Id { get; } = info.Id;

    public long Number { get; } = number;

    public long OpenedAt { get; } = now;

    /// <summary>When it was last renewed, or, without a lease, last used.</summary>
    public long SeenAt { get; set; } = now;

    public long LeaseUntil { get; private set; } = now + (info.Lease?.Ticks ?? 0);

    public bool HasLease => Info.Lease is not null;

    /// <summary>It claims nothing.</summary>
    public bool IsQuiet { get; set; } = info.IsQuiet;

    public ClaimList Claims { get; } = new();

    /// <summary>Claimed jobs that were asked to stop.</summary>
    public HashSet<JobEntry> Cancellations { get; } = [];

    /// <summary>True when it works more queues than one Exchange can ask for.</summary>
    public bool IsWide => queues is not null;

    /// <summary>The job names that it has handlers for.</summary>
    public HashSet<string> Names { get; } = new(info.Names, StringComparer.Ordinal);

    public bool Works(StoredQueue queue) => queues?.Contains(queue.Name) ?? false;

    public void Renew(long at)
    {
        SeenAt = at;
        LeaseUntil = at + (Info.Lease?.Ticks ?? 0);
    }

    public Lane LaneOf(StepId step)
    {
        if (!lanes.TryGetValue(step.Lane, out Lane? lane))
            lanes.Add(step.Lane, lane = new());
        return lane;
    }

    /// <summary>Drops what only a live session needs; ended jobs still refer to it for their worker's name.</summary>
    public void Forget()
    {
        lanes.Clear();
        Cancellations.Clear();
    }
}

/// <summary>One lane of a session: the last step on it, and its reply, for the case that the reply was lost.</summary>
internal sealed class Lane
{
    private long sequence;
    private object? reply;

    /// <summary>The kept reply when the step was done already, else null.</summary>
    /// <exception cref="StaleStepException">A later step was done.</exception>
    public object? Repeat(StepId step)
    {
        if (step.Sequence < sequence)
            throw new StaleStepException(step, sequence);
        return step.Sequence == sequence ? reply : null;
    }

    public void Keep(StepId step, object answer) => (sequence, reply) = (step.Sequence, answer);
}
