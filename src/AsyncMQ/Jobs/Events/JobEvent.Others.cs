namespace AsyncMQ;

/// <content>What happens to queues and workers.</content>
public abstract partial record JobEvent
{
    /// <summary>A queue was paused. One that was paused for a time goes on by itself, without an event.</summary>
    /// <param name="By">By whom; null: not said.</param>
    /// <param name="Why">Why; null: not said.</param>
    /// <param name="Until">Until when; null: until resumed.</param>
    public sealed record QueuePaused(string? By, string? Why, DateTimeOffset? Until) : OfQueue
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.QueuePaused;
    }

    /// <summary>A paused queue was resumed.</summary>
    public sealed record QueueResumed : OfQueue
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.QueueResumed;
    }

    /// <summary>Nothing waits and nothing runs in a queue any more. Delayed jobs may be left, and jobs that depend on others.</summary>
    public sealed record QueueDrained : OfQueue
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.QueueDrained;
    }

    /// <summary>
    /// A limit of a queue or of a key has begun to hold waiting jobs back. Told once until it holds none back any more; several processes that share a store
    /// may each tell it.
    /// </summary>
    /// <param name="Key">The key whose limit it is; null: the queue's own.</param>
    /// <param name="Until">When the next permit comes, where it is a rate; null: when one of its jobs ends.</param>
    public sealed record LimitReached(string? Key, DateTimeOffset? Until) : OfQueue
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.LimitReached;
    }

    /// <summary>A worker process has come.</summary>
    public sealed record WorkerUp : OfWorker
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.WorkerUp;
    }

    /// <summary>A worker process is gone.</summary>
    /// <param name="IsLost">True when it did not renew its lease; false when it stopped.</param>
    public sealed record WorkerDown(bool IsLost) : OfWorker
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.WorkerDown;
    }
}
