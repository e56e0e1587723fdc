namespace AsyncMQ;

/// <summary>Something that happened in an installation. A closed hierarchy: the records nested here are all there are.</summary>
/// <remarks>
/// The events of one job come in the order of its life, from <see cref="Added"/> to <see cref="Removed"/>, and are a path of the life cycle: each begins in
/// the state in which the one before has left the job. What a person or a handler changes without moving the job is told where there is an event for it.
/// </remarks>
public abstract partial record JobEvent
{
    private protected JobEvent()
    {
    }

    /// <summary>When it happened, by the store's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Which kind it is, for filters; <see cref="JobEventKinds.None"/> for <see cref="Missed"/>.</summary>
    public abstract JobEventKinds Kind { get; }

    /// <summary>Something that happened to one job.</summary>
    public abstract record OfJob : JobEvent
    {
        private protected OfJob()
        {
        }

        /// <summary>The job.</summary>
        public required JobRef Job { get; init; }

        /// <summary>The job's name.</summary>
        public required string Name { get; init; }

        /// <summary>How many attempts were started and count, this one included.</summary>
        public int Attempt { get; init; }
    }

    /// <summary>Something that happened to a queue.</summary>
    public abstract record OfQueue : JobEvent
    {
        private protected OfQueue()
        {
        }

        /// <summary>The queue's name.</summary>
        public required string Queue { get; init; }
    }

    /// <summary>Something that happened to a worker process.</summary>
    public abstract record OfWorker : JobEvent
    {
        private protected OfWorker()
        {
        }

        /// <summary>The session's id: a process that lost its session comes back with another.</summary>
        public required string SessionId { get; init; }

        /// <summary>The process, as it calls itself.</summary>
        public required string Worker { get; init; }
    }

    /// <summary>Events that this reader did not get, in their place among the others.</summary>
    /// <param name="Count">How many. Where this process fell behind by more than the store keeps, events that the filter would have left out are among them.
    /// Null: nobody knows, since the process did not renew its subscription in time, or could not reach the store.</param>
    public sealed record Missed(long? Count) : JobEvent
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.None;
    }
}
