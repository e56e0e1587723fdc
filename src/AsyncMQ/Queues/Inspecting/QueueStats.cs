using AsyncMQ.Storage;

namespace AsyncMQ;

/// <summary>How many jobs of a queue are in each state, and what else there is to know of it at a glance.</summary>
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

    /// <summary>The pause that is on: who, why, since when and until when. Null: the queue is not paused.</summary>
    public PauseInfo? Pause { get; init; }

    /// <summary>True while the queue is paused.</summary>
    public bool IsPaused => Pause is not null;

    /// <summary>How long the next job to run has been waiting; null: none waits.</summary>
    public TimeSpan? OldestWaiting { get; init; }

    /// <summary>How fast jobs ended lately, whether they are still kept or not.</summary>
    public QueueRates Rates { get; init; }

    /// <summary>Waiting, delayed and waiting for others: what is still to start.</summary>
    public long Pending => Waiting + Delayed + WaitingChildren;

    /// <summary>The jobs in one state.</summary>
    /// <exception cref="ArgumentOutOfRangeException">That is not a state.</exception>
    public long this[JobState state] => state switch
    {
        JobState.Waiting => Waiting,
        JobState.Active => Active,
        JobState.Delayed => Delayed,
        JobState.WaitingChildren => WaitingChildren,
        JobState.Completed => Completed,
        JobState.Failed => Failed,
        JobState.Expired => Expired,
        JobState.Cancelled => Cancelled,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, $"{(int)state} is not a job state."),
    };
}

/// <summary>How fast the jobs of a queue end: averages over the last five minutes of the store's clock, over all workers.</summary>
/// <param name="CompletedPerMinute">Jobs completed a minute.</param>
/// <param name="FailedPerMinute">Jobs failed for good a minute; attempts that are tried again are not counted.</param>
public readonly record struct QueueRates(double CompletedPerMinute, double FailedPerMinute);
