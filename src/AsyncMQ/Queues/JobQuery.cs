namespace AsyncMQ;

/// <summary>Which jobs to list. States come in the order given, each in its own order: waiting by priority, then first in; delayed by due time; active by
/// claim; the final ones by end, latest first.</summary>
public sealed record JobQuery
{
    /// <summary>The states, in the order wanted.</summary>
    public required IReadOnlyList<JobState> States { get; init; }

    /// <summary>The most jobs on the page, 1 to 1 000; 50 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
    public int Take
    {
        get;
        init => field = value is >= 1 and <= 1_000
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Take must be 1 to 1 000, but was {value}.");
    } = 50;

    /// <summary>Where the page before ended: its <see cref="JobPage.Next"/>. Null: from the beginning.</summary>
    public string? After { get; init; }

    /// <summary>Walk each state's order backwards.</summary>
    public bool Descending { get; init; }
}

/// <summary>One page of jobs.</summary>
/// <param name="Jobs">The jobs.</param>
/// <param name="Next">Where to go on; null at the end.</param>
/// <param name="Total">How many jobs are in the states asked for now.</param>
public sealed record JobPage(IReadOnlyList<JobInfo> Jobs, string? Next, long? Total);

/// <summary>How many jobs of a queue are in each state.</summary>
public sealed record QueueStats
{
    /// <summary>The queue.</summary>
    public required string Queue { get; init; }

    /// <summary>Ready to run.</summary>
    public long Waiting { get; init; }

    /// <summary>Running.</summary>
    public long Active { get; init; }

    /// <summary>Waiting for their time.</summary>
    public long Delayed { get; init; }

    /// <summary>Waiting for the jobs they depend on.</summary>
    public long WaitingChildren { get; init; }

    /// <summary>Ended well, and still kept.</summary>
    public long Completed { get; init; }

    /// <summary>Ended badly, and still kept.</summary>
    public long Failed { get; init; }

    /// <summary>Out of time before they could start, and still kept.</summary>
    public long Expired { get; init; }

    /// <summary>Cancelled, and still kept.</summary>
    public long Cancelled { get; init; }

    /// <summary>Those of <see cref="Waiting"/> whose priority is not the default.</summary>
    public long Prioritized { get; init; }

    /// <summary>Those of <see cref="Waiting"/> whose name no worker knew that met them.</summary>
    public long Parked { get; init; }

    /// <summary>True while the queue is paused.</summary>
    public bool IsPaused { get; init; }

    /// <summary>How long the next job to run has been waiting; null: none waits.</summary>
    public TimeSpan? OldestWaiting { get; init; }

    /// <summary>Waiting, delayed and waiting for others: what is still to start.</summary>
    public long Pending => Waiting + Delayed + WaitingChildren;

    /// <summary>The jobs in one state.</summary>
    public long this[JobState state] => state switch
    {
        JobState.Waiting => Waiting,
        JobState.Active => Active,
        JobState.Delayed => Delayed,
        JobState.WaitingChildren => WaitingChildren,
        JobState.Completed => Completed,
        JobState.Failed => Failed,
        JobState.Expired => Expired,
        _ => Cancelled,
    };
}
