namespace AsyncMQ.Storage;

/// <summary>One round trip of a worker: what it finished, and what it wants.</summary>
public sealed record ExchangeStep
{
    /// <summary>The step's name; also the token of the claims it makes.</summary>
    public required StepId Step { get; init; }

    /// <summary>What the worker finished, handed back or parked since the last one.</summary>
    public IReadOnlyList<Settlement> Settlements { get; init; } = [];

    /// <summary>
    /// The queues to claim from, tried in order; each entry bounds what it takes, <see cref="Slots"/> + <see cref="Prefetch"/> bound all. At most
    /// 128 entries and 64 queues; a queue may stand twice (its weighted share first, what others left later). Weights are the core's.
    /// </summary>
    public IReadOnlyList<QueueClaim> Claims { get; init; } = [];

    /// <summary>How many jobs can start at once. 0 to 1 000 together with <see cref="Prefetch"/>.</summary>
    public int Slots { get; init; }

    /// <summary>
    /// How many more may be claimed to start later: only jobs without a time-to-live, as far as <see cref="LimitRules.AllowAhead"/> lets them. When the slots
    /// are used up and the next job of a queue is another, that queue gives no more.
    /// </summary>
    public int Prefetch { get; init; }
}

/// <summary>A share of a claim.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Max">The most jobs this entry may take.</param>
public readonly record struct QueueClaim(string Queue, int Max);

/// <summary>What a worker says of a claimed job.</summary>
public enum SettlementKind : byte
{
    /// <summary>The handler returned. Data is the result: empty for none.</summary>
    Complete = 0,

    /// <summary>No more attempts. Data is the error. The attempt is recorded.</summary>
    Fail = 1,

    /// <summary>The attempt failed, another follows after the delay (zero: at once, behind its equals). Data is the error. The attempt is recorded.</summary>
    Retry = 2,

    /// <summary>The handler asked to be run again after the delay: the attempt is refunded, and recorded. Data is the error, or empty.</summary>
    PutBack = 3,

    /// <summary>The job was not run, or not to its end, through no fault of its own (drain, prefetch): attempt refunded, sequence kept. With a delay: not to
    /// be claimed before that is over, and then a new sequence.</summary>
    HandBack = 4,

    /// <summary>This worker does not know the job's name: attempt refunded, sequence kept, moved to its queue's lane for that name.</summary>
    Park = 5,

    /// <summary>As HandBack, and the job's queue gives nothing for the delay: the handler was told to come later. The later one of two such times stands.</summary>
    HoldQueue = 6,

    /// <summary>As HandBack, and the job's key gives nothing for the delay; of a job without a key: its queue. The later one of two such times stands.</summary>
    HoldKey = 7,
}

/// <summary>One settled claim.</summary>
/// <param name="Job">The job.</param>
/// <param name="Handle">The store's number for it, as it came with the claim.</param>
/// <param name="Token">The claim, as it came.</param>
/// <param name="Flags">The job's flags, as they came with the claim.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Data">Result or error; opaque bytes.</param>
/// <param name="Delay">For Retry, PutBack, HandBack, HoldQueue and HoldKey.</param>
public readonly record struct Settlement(
    JobRef Job, long Handle, ClaimToken Token, JobFlags Flags, SettlementKind Kind, ReadOnlyMemory<byte> Data = default, TimeSpan Delay = default);

/// <summary>What became of a settlement or report.</summary>
public enum SettleOutcome : byte
{
    /// <summary>It took effect.</summary>
    Applied = 0,

    /// <summary>The claim is no longer current: nothing changed.</summary>
    Lost = 1,

    /// <summary>The job had been asked to cancel: it is cancelled, whatever the settlement said.</summary>
    Cancelled = 2,
}

/// <summary>The answer to an <see cref="ExchangeStep"/>.</summary>
public sealed record ExchangeReply
{
    /// <summary>One outcome per settlement, in order.</summary>
    public IReadOnlyList<SettleOutcome> Settled { get; init; } = [];

    /// <summary>The claimed jobs, queue entries in the order asked, each queue's in its order.</summary>
    public IReadOnlyList<ClaimedJob> Claimed { get; init; } = [];

    /// <summary>How long until the queues asked for may have (more) work: zero for now, null when nothing is known to come.</summary>
    public TimeSpan? NextWork { get; init; }

    /// <summary>Queues of this session that were not asked for and may have work now: at most 64. Only for sessions with more than 64 queues.</summary>
    public IReadOnlyList<string> ReadyQueues { get; init; } = [];
}

/// <summary>A job that a worker now holds.</summary>
public sealed class ClaimedJob
{
    /// <summary>In ticks, negative when it is not known: half of what a <see cref="Nullable{T}"/> takes, and there is one for each claim.</summary>
    private readonly long waited = -1;

    /// <summary>Queue and id.</summary>
    public required JobRef Ref { get; init; }

    /// <summary>The store's own number for the record, or for this claim of it; goes back with the settlement.</summary>
    public required long Handle { get; init; }

    /// <summary>The claim.</summary>
    public required ClaimToken Token { get; init; }

    /// <summary>The job's name.</summary>
    public required string Name { get; init; }

    /// <summary>The arguments.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The core's own options.</summary>
    public ReadOnlyMemory<byte> Envelope { get; init; }

    /// <summary>Which attempt this is, from 1. Counted when claimed, refunded when handed back.</summary>
    public required int Attempt { get; init; }

    /// <summary>How often a worker was lost while it ran the job.</summary>
    public int Stalls { get; init; }

    /// <summary>The job's flags; go back with the settlement.</summary>
    public JobFlags Flags { get; init; }

    /// <summary>The job's priority.</summary>
    public int Priority { get; init; }

    /// <summary>When it was added.</summary>
    public DateTimeOffset AddedAt { get; init; }

    /// <summary>
    /// How long it had waited when it was claimed, by the store's clock: since its add, the end of its delay, its release or its last attempt's end. Null:
    /// not known any more, in the answer to a step that was sent again.
    /// </summary>
    public TimeSpan? Waited
    {
        get => waited < 0 ? null : new(waited);
        init => waited = value is { Ticks: var ticks } ? Math.Max(0, ticks) : -1;
    }
}
