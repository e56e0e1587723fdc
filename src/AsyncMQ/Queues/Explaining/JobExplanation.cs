using System.Globalization;

namespace AsyncMQ;

/// <summary>Why a job does not run, or who runs it. A look at several records one after the other, not a snapshot: what moves meanwhile may be told halfway.</summary>
public sealed record JobExplanation
{
    /// <summary>The job.</summary>
    public required JobRef Job { get; init; }

    /// <summary>Its state.</summary>
    public required JobState State { get; init; }

    /// <summary>
    /// What keeps it from running, everything that must pass first, the nearest to the job before what concerns its queue. Empty when it runs or has
    /// ended; and when nothing stands in its way, so that a worker will have it in a moment.
    /// </summary>
    public IReadOnlyList<WaitReason> Reasons { get; init; } = [];

    /// <summary>Who runs it; null: nobody.</summary>
    public RunningJob? Running { get; init; }

    /// <summary>All of it in sentences.</summary>
    public override string ToString() => (State, Reasons, Running) switch
    {
        ({ } state, _, _) when state.IsEnd() => $"Job {Job} has ended: it is {state}.",
        (_, _, { } running) => $"Job {Job} runs: {running}",
        (_, [], _) => $"Job {Job} is {State}; nothing keeps it from running.",
        _ => $"Job {Job} is {State}. {string.Join(' ', Reasons)}",
    };
}

/// <summary>Who runs a job.</summary>
/// <param name="Worker">The process, as it calls itself.</param>
/// <param name="Since">When this attempt was claimed.</param>
/// <param name="LastRenewal">When the process last renewed its lease; null: it is not alive any more, and the job will be taken back.</param>
/// <param name="IsCancelRequested">True when it was asked to stop.</param>
public sealed record RunningJob(string Worker, DateTimeOffset Since, DateTimeOffset? LastRenewal, bool IsCancelRequested)
{
    /// <summary>A sentence.</summary>
    public override string ToString() =>
        $"{Worker} has had it since {Words.Of(Since)}, {(LastRenewal is { } at ? $"and last renewed its lease at {Words.Of(at)}" : "but is not alive any more; the job will be taken back")}"
        + $"{(IsCancelRequested ? "; it was asked to stop" : "")}.";
}

/// <summary>One thing that keeps a job from running. A closed hierarchy: these are all there are. <c>ToString</c> gives a sentence.</summary>
public abstract record WaitReason
{
    private protected WaitReason()
    {
    }

    /// <summary>It is delayed: by its add, by hand, or by the back-off of an attempt that failed.</summary>
    /// <param name="Until">When it comes due.</param>
    /// <param name="AfterAttempt">The attempt that failed; null: none has.</param>
    public sealed record Delayed(DateTimeOffset Until, int? AfterAttempt) : WaitReason
    {
        /// <inheritdoc/>
        public override string ToString() => $"It is delayed until {Words.Of(Until)}{(AfterAttempt is { } attempt ? $", after attempt {attempt} failed" : "")}.";
    }

    /// <summary>It depends on a job that has not completed.</summary>
    /// <param name="Job">That job.</param>
    /// <param name="State">Its state; null: its record is gone.</param>
    public sealed record DependsOn(JobRef Job, JobState? State) : WaitReason
    {
        /// <summary>True when it waits for a person: that job will not complete by itself.</summary>
        public bool IsStuck => State is null || State.Value.IsEnd();

        /// <inheritdoc/>
        public override string ToString() => State switch
        {
            null => $"It depends on job {Job}, which is gone; promote, cancel or remove it.",
            { } state when state.IsEnd() => $"It depends on job {Job}, which is {state}; retry that one, or promote this.",
            { } state => $"It depends on job {Job}, which is {state}.",
        };
    }

    /// <summary>No live worker that works its queue knows its name.</summary>
    /// <param name="Name">The job's name.</param>
    public sealed record NobodyKnowsItsName(string Name) : WaitReason
    {
        /// <inheritdoc/>
        public override string ToString() => $"No live worker of its queue has a handler for '{Name}'.";
    }

    /// <summary>No live worker works its queue.</summary>
    public sealed record NobodyWorksItsQueue : WaitReason
    {
        /// <inheritdoc/>
        public override string ToString() => "No live worker works its queue.";
    }

    /// <summary>Those live workers that could run it were made quiet: they take no jobs until they are resumed.</summary>
    /// <param name="Count">How many processes.</param>
    public sealed record WorkersQuiet(int Count) : WaitReason
    {
        /// <inheritdoc/>
        public override string ToString() => Count == 1
            ? "The live worker that could run it is quiet, until it is resumed."
            : $"All {Count.ToString(CultureInfo.InvariantCulture)} live workers that could run it are quiet, until one is resumed.";
    }

    /// <summary>Its key is held back, by a handler that was told to come later, or by hand.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Until">Until when.</param>
    public sealed record KeyHeld(string Key, DateTimeOffset Until) : WaitReason
    {
        /// <inheritdoc/>
        public override string ToString() => $"Its key '{Key}' is held back until {Words.Of(Until)}.";
    }

    /// <summary>As many jobs of its key run as may.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Most">How many may run.</param>
    public sealed record KeyFull(string Key, int Most) : WaitReason
    {
        /// <inheritdoc/>
        public override string ToString() => $"{(Most == 1 ? "A job" : $"{Most} jobs")} of its key '{Key}' {(Most == 1 ? "runs" : "run")}, as many as may.";
    }

    /// <summary>Its key has used up its rate.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Rate">The rate.</param>
    /// <param name="Until">When the next permit comes.</param>
    public sealed record KeyRateSpent(string Key, RateLimit Rate, DateTimeOffset Until) : WaitReason
    {
        /// <inheritdoc/>
        public override string ToString() => $"Its key '{Key}' has used up its rate of {Rate}; the next may start at {Words.Of(Until)}.";
    }

    /// <summary>Its key is in strict order, and another job of it must end first.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Head">That job.</param>
    public sealed record KeyInOrder(string Key, JobRef Head) : WaitReason
    {
        /// <inheritdoc/>
        public override string ToString() => $"Its key '{Key}' is in strict order, and job {Head} must end first.";
    }

    /// <summary>Its queue is paused.</summary>
    /// <param name="Pause">By whom, why, since when, until when.</param>
    public sealed record QueuePaused(PauseInfo Pause) : WaitReason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"Its queue is paused since {Words.Of(Pause.At)}{(Pause.By is { } by ? $" by {by}" : "")}{(Pause.Why is { } why ? $" ({why})" : "")}, {(Pause.Until is { } until ? $"until {Words.Of(until)}" : "until it is resumed")}.";
    }

    /// <summary>Its queue is being obliterated.</summary>
    public sealed record QueueClosed : WaitReason
    {
        /// <inheritdoc/>
        public override string ToString() => "Its queue is being obliterated.";
    }

    /// <summary>Its queue is held back, by a handler that was told to come later, or by hand.</summary>
    /// <param name="Until">Until when.</param>
    public sealed record QueueHeld(DateTimeOffset Until) : WaitReason
    {
        /// <inheritdoc/>
        public override string ToString() => $"Its queue is held back until {Words.Of(Until)}.";
    }

    /// <summary>As many jobs of its queue run as may.</summary>
    /// <param name="Most">How many may run.</param>
    public sealed record QueueFull(int Most) : WaitReason
    {
        /// <inheritdoc/>
        public override string ToString() => $"{(Most == 1 ? "A job" : $"{Most} jobs")} of its queue {(Most == 1 ? "runs" : "run")}, as many as may.";
    }

    /// <summary>Its queue has used up its rate.</summary>
    /// <param name="Rate">The rate.</param>
    /// <param name="Until">When the next permit comes.</param>
    public sealed record QueueRateSpent(RateLimit Rate, DateTimeOffset Until) : WaitReason
    {
        /// <inheritdoc/>
        public override string ToString() => $"Its queue has used up its rate of {Rate}; the next may start at {Words.Of(Until)}.";
    }

    /// <summary>Others of its queue come first, by priority and order of adding; where keys take turns it may be fewer.</summary>
    /// <param name="Count">How many.</param>
    /// <param name="IsAtLeast">True when there are more, which were not counted.</param>
    public sealed record Behind(int Count, bool IsAtLeast) : WaitReason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"{(IsAtLeast ? "More than " : "")}{Count.ToString(CultureInfo.InvariantCulture)} {(Count == 1 && !IsAtLeast ? "job is" : "jobs are")} ahead of it.";
    }
}

/// <summary>How explanations put things.</summary>
file static class Words
{
    public static string Of(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static bool IsEnd(this JobState state) => state is JobState.Completed or JobState.Failed or JobState.Expired or JobState.Cancelled;
}
