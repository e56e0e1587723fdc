namespace AsyncMQ.Storage;

/// <summary>
/// What every store offers: the transitions of a job's life, each atomic, each for many jobs at once. There is no get and no set: a rule of the domain
/// is either computed by the core and sent as data, or lives inside one atomic step.
/// </summary>
/// <remarks>
/// <para><b>Steps.</b> Every mutating step carries a <see cref="StepId"/> (session, lane, sequence), one call in flight per lane. The store keeps the
/// last reply of each lane, written atomically with the effect (outcomes and claimed ids, no payloads). The same sequence is answered with that reply,
/// records read anew; a lower one is refused with <see cref="StaleStepException"/>. So a lost reply is cured by sending the same step again. A step
/// that changed nothing need not be kept: doing it again is the same. The lists of a step are the caller's again once it is answered.</para>
/// <para><b>Errors.</b> <see cref="SessionLostException"/>: the session is unknown, closed or dead; nothing was done; open a new one.
/// <see cref="StoreRejectedException"/>: nothing was written and trying again at once is pointless (disk full, read-only).
/// Anything else: the step may or may not have taken effect; send it again. A caller's cancellation abandons the wait, not the step.</para>
/// <para><b>Clock.</b> The store's clock, plus its <see cref="SetClockOffsetAsync">offset</see>, is read once per step and decides everything. Times in
/// replies are for people; waiting times are relative. Times are kept to the millisecond or better.</para>
/// <para><b>Side effects are bounded</b>: at most 1 000 promotions, 1 000 expiries and 1 000 dependents ride on an Exchange; what is left rides on the
/// next, and the reply says that there may be work now.</para>
/// <para><b>Payloads</b>, envelopes, results and errors are opaque bytes, returned as they came. A record that cannot be read fails alone.</para>
/// <para>All members may be called from any number of threads at once.</para>
/// </remarks>
public interface IJobStore : IScheduleStore, IFlowStore, IKeyStore, IEventStore, IMetricStore, IAsyncDisposable
{
    /// <summary>The store in words for logs and errors, without secrets: kind and place.</summary>
    string Description { get; }

    /// <summary>Makes the store ready: creates what is missing, checks the layout version (major.minor). Called once before anything else; repeatable.</summary>
    /// <exception cref="StoreRejectedException">The store cannot be used as it is: a newer major layout, not a database, no permission.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Opens a session. Opening one that is already open and alive does nothing.</summary>
    /// <exception cref="SessionLostException">A session with this id was open once and is dead or closed.</exception>
    Task OpenAsync(SessionInfo session, CancellationToken cancellationToken);

    /// <summary>
    /// Renews a session's lease and collects its mailbox. Synchronous, on a connection of its own: the lease keeper's thread calls it, and must not
    /// depend on the thread pool. Not sequenced: renewing twice is harmless. A session that is past its lease but not yet declared dead is renewed.
    /// </summary>
    RenewReply Renew(RenewStep step);

    /// <summary>
    /// Ends a session: its claims go back to waiting, the oldest first, those of one moment in order of adding, with the attempt refunded and no stall counted;
    /// its lanes are forgotten. Repeatable.
    /// </summary>
    Task CloseAsync(SessionId session, CancellationToken cancellationToken);

    /// <summary>
    /// Adds groups of jobs. Each group is all or nothing and has one commit point: nothing of it can be claimed before. A refused group writes nothing
    /// and never fails another. Per job, in order, each seeing those before it: a record or tombstone with the id answers
    /// <see cref="AddOutcome.Duplicate"/> (or Created, when it bears the same stamp; a cancelled record is replaced); then deduplication as in
    /// <see cref="DeduplicationRules"/>; then the job is stored as waiting, delayed or, by <see cref="DependencyRules"/>, waiting-children or failed. O(1) in
    /// the backlog.
    /// </summary>
    /// <param name="step">At most 10 000 jobs in all.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    ValueTask<AddReply> AddAsync(AddStep step, CancellationToken cancellationToken);

    /// <summary>
    /// One round trip of a worker, in this order, each part seeing those before it: check the session; settle what it finished; release dependents,
    /// deduplication ids and keys; expire; promote due delayed jobs of the queues asked for (by due time, then add order; each takes a new sequence);
    /// claim. A claim counts the attempt, stamps the start and gives the token (session, lane, sequence of this step). A paused or closed queue gives
    /// nothing; limits, keys and their turns are those of <see cref="IKeyStore"/>. Of the queues asked for, paused ones too, every job that waits or is
    /// delayed past its time-to-live is expired, a delayed one before its due time: it can start no more. None is claimed. A quiet session is given
    /// nothing, and is told of no work; all else is done for it as for any other.
    /// </summary>
    ValueTask<ExchangeReply> ExchangeAsync(ExchangeStep step, CancellationToken cancellationToken);

    /// <summary>Stores progress and log lines of claimed jobs, fenced by their tokens. Keeps the last 1 000 lines or 64 KiB of text per job.</summary>
    ValueTask<ReportReply> ReportAsync(ReportStep step, CancellationToken cancellationToken);

    /// <summary>
    /// Marks sessions past their lease dead (from then on their steps are refused), then takes back their claims, oldest first: the attempt is
    /// refunded, a stall counted, the sequence kept, the attempt recorded as stalled; over the limit of stalls the job fails with
    /// <see cref="RecoverStep.StallError"/>; one with a cancel request is cancelled. When nobody at all renewed for half a lease (the store was away,
    /// its clock jumped), nothing is recovered until two renewal intervals (two fifths of a lease) after the first renewal that follows, so that the first
    /// one back does not kill the rest. Opening a session with a lease counts as a renewal; where leases differ, the shorter one of the last two renewals
    /// counts.
    /// </summary>
    ValueTask<RecoverReply> RecoverAsync(RecoverStep step, CancellationToken cancellationToken);

    /// <summary>One command for up to 1 000 jobs, each guarded by the states expected of it; each job by itself, in order.</summary>
    ValueTask<IReadOnlyList<JobChangeReply>> AdministerJobsAsync(AdministerJobsStep step, CancellationToken cancellationToken);

    /// <summary>One command on a queue's own record, or on a deduplication id.</summary>
    ValueTask<QueueReply> AdministerQueueAsync(AdministerQueueStep step, CancellationToken cancellationToken);

    /// <summary>
    /// Makes a session with a lease quiet, or lets it claim again. From the step on a quiet one is given no jobs; what it holds it keeps and settles. Its
    /// process is told with the next renewal, and by <see cref="StoreSignalKind.Mail"/> to renew soon.
    /// </summary>
    /// <returns>False when there is no live session of that id with a lease; nothing was done.</returns>
    /// <exception cref="StoreRejectedException">A process of an earlier minor layout opened the session: it would not heed this. Nothing was done.</exception>
    ValueTask<bool> AdministerSessionAsync(AdministerSessionStep step, CancellationToken cancellationToken);

    /// <summary>
    /// Housekeeping, at most <see cref="MaintainStep.Limit"/> records a step, also when idle: retention by age and count, waiting and delayed jobs past
    /// their time-to-live, ended throttle windows, tombstones, sessions without lease unused for an hour, replies of lanes gone, figures that are too old.
    /// </summary>
    ValueTask<MaintainReply> MaintainAsync(MaintainStep step, CancellationToken cancellationToken);

    /// <summary>Reads jobs by name: one entry per reference, in order, null where there is no such job.</summary>
    ValueTask<IReadOnlyList<JobRecord?>> FindAsync(IReadOnlyList<JobRef> jobs, JobParts parts, CancellationToken cancellationToken);

    /// <summary>
    /// One page of one state in that state's one order: waiting by priority, then sequence; delayed by due time, then add order; active by claim time,
    /// oldest first; waiting-children by add order; the final states by end, latest first. Reversible. Keyset: a job that did not move is neither
    /// skipped nor repeated while others come and go. A filter is a hint: the store may skip records that cannot match; the core checks every one.
    /// </summary>
    ValueTask<StorePage> PageAsync(PageRequest request, CancellationToken cancellationToken);

    /// <summary>Counts of one queue, O(1) in the backlog; zeros for a queue that is not known.</summary>
    ValueTask<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken);

    /// <summary>All queues that hold or held jobs or settings, in ordinal order of name.</summary>
    ValueTask<IReadOnlyList<QueueRecord>> QueuesAsync(CancellationToken cancellationToken);

    /// <summary>All live sessions with a lease, in order of opening.</summary>
    ValueTask<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancellationToken);

    /// <summary>The claims that the store thinks a session holds.</summary>
    ValueTask<IReadOnlyList<SessionClaim>> ClaimsAsync(SessionId session, CancellationToken cancellationToken);

    /// <summary>The id of the job that owns a deduplication id now (it may have ended, within a throttle window); null when nobody does.</summary>
    ValueTask<string?> DeduplicationOwnerAsync(string queue, string deduplicationId, CancellationToken cancellationToken);

    /// <summary>Wake-ups and news for this process. Hints, never the truth; may be lost, repeated or late; polling is the safety net.</summary>
    /// <param name="observer">Called from any thread, never under a lock of the store; must return at once and not throw.</param>
    /// <returns>Dispose it to stop watching.</returns>
    IDisposable Watch(Action<StoreSignal> observer);

    /// <summary>Checks the store's own state against the invariants, read-only.</summary>
    /// <returns>One sentence for each violation; empty when all is well.</returns>
    Task<IReadOnlyList<string>> AuditAsync(CancellationToken cancellationToken);

    /// <summary>The store's time now, offset included.</summary>
    ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken);

    /// <summary>Moves the store's clock for tests; zero otherwise. Wakes all sleepers of this process.</summary>
    Task SetClockOffsetAsync(TimeSpan offset, CancellationToken cancellationToken);
}
