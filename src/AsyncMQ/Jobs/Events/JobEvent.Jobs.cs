namespace AsyncMQ;

/// <content>What happens to a job.</content>
public abstract partial record JobEvent
{
    /// <summary>A job was stored.</summary>
    /// <param name="State">Waiting, delayed or waiting-children.</param>
    /// <param name="DueAt">When its delay is over; null: it is not delayed.</param>
    public sealed record Added(JobState State, DateTimeOffset? DueAt) : OfJob
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.Added;
    }

    /// <summary>A job's delay is over, what it depended on has released it, or somebody promoted it.</summary>
    /// <param name="State">Waiting; or delayed, when its delay counts from its release.</param>
    /// <param name="DueAt">When its delay is over; null: it is not delayed.</param>
    public sealed record Promoted(JobState State, DateTimeOffset? DueAt) : OfJob
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.Promoted;
    }

    /// <summary>An attempt was claimed: its handler begins, at once or in a moment.</summary>
    /// <param name="Worker">The process, as it calls itself.</param>
    public sealed record Started(string Worker) : OfJob
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.Started;
    }

    /// <summary>A handler told how far it is. Several reports within a moment may be one event, of the last.</summary>
    /// <param name="Progress">How far.</param>
    public sealed record Progressed(JobProgress Progress) : OfJob
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.Progressed;
    }

    /// <summary>A handler logged a line.</summary>
    /// <param name="Line">The line.</param>
    public sealed record Logged(string Line) : OfJob
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.Logged;
    }

    /// <summary>A job completed. Its result is read with the job: results may be large, and most readers do not want them.</summary>
    public sealed record Completed : OfJob
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.Completed;
    }

    /// <summary>An attempt failed and another follows; or somebody retried an ended job, which begins anew.</summary>
    /// <param name="State">Waiting, delayed, or, by hand, waiting-children.</param>
    /// <param name="DueAt">When the back-off is over; null: it is not delayed.</param>
    /// <param name="IsManual">True when somebody retried a job that had ended.</param>
    /// <param name="Error">Why the attempt failed; null: it was retried by hand.</param>
    public sealed record Retrying(JobState State, DateTimeOffset? DueAt, bool IsManual, JobError? Error) : OfJob
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.Retrying;
    }

    /// <summary>
    /// A running job was given back, and its attempt does not count: put back by its handler, held back by a limit outside, not known to the worker, claimed
    /// ahead and not started, or its worker has stopped.
    /// </summary>
    /// <param name="State">Waiting or delayed.</param>
    /// <param name="DueAt">When its delay is over; null: it is not delayed.</param>
    public sealed record Returned(JobState State, DateTimeOffset? DueAt) : OfJob
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.Returned;
    }

    /// <summary>A job failed for good: after its last attempt, by a job that it depended on, or because its workers were lost too often.</summary>
    /// <param name="Error">Why; null: unknown.</param>
    public sealed record Failed(JobError? Error) : OfJob
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.Failed;
    }

    /// <summary>A job's time-to-live ended before it could start.</summary>
    public sealed record Expired : OfJob
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.Expired;
    }

    /// <summary>A job was cancelled: it did not run, or its handler has returned.</summary>
    public sealed record Cancelled : OfJob
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.Cancelled;
    }

    /// <summary>A job's worker was lost: the job waits again, unless <see cref="Failed"/> or <see cref="Cancelled"/> follows at once.</summary>
    /// <param name="Stalls">How often that has happened to it.</param>
    /// <param name="Worker">The worker that was lost; null: unknown.</param>
    public sealed record Stalled(int Stalls, string? Worker) : OfJob
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.Stalled;
    }

    /// <summary>A waiting or delayed job was put off by hand.</summary>
    /// <param name="DueAt">To when.</param>
    public sealed record Rescheduled(DateTimeOffset DueAt) : OfJob
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.Rescheduled;
    }

    /// <summary>An add was suppressed: <see cref="OfJob.Job"/> stands for it, which may have ended since. The name is that of the suppressed add.</summary>
    /// <param name="DeduplicationId">What both were added with.</param>
    /// <param name="SuppressedId">The id that the suppressed job would have had.</param>
    public sealed record Deduplicated(string DeduplicationId, string SuppressedId) : OfJob
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.Deduplicated;
    }

    /// <summary>A job's record is gone: removed by hand, by retention, or replaced by another.</summary>
    /// <param name="State">The state it was in.</param>
    public sealed record Removed(JobState State) : OfJob
    {
        /// <inheritdoc/>
        public override JobEventKinds Kind => JobEventKinds.Removed;
    }
}
