namespace AsyncMQ.Conformance.Specifying;

/// <summary>What a worker has in its hands: nothing, the job under the current claim, or a job under a claim that is current no more.</summary>
internal enum Hand : byte
{
    Empty,
    Current,
    Stale,
}

/// <summary>What a step answered.</summary>
internal enum Answer : byte
{
    None,
    Created,
    Duplicate,
    Claimed,
    NothingToClaim,
    Applied,
    Lost,
    Cancelled,
    Done,
    Requested,
    WrongState,
    NotFound,
}

/// <summary>What was done.</summary>
internal enum Deed : byte
{
    None,
    Add,
    Claim,
    Complete,
    Fail,
    Retry,
    PutBack,
    HandBack,
    Park,
    Report,
    Leave,
    Stall,
    Renew,
    Recover,
    Maintain,
    Cancel,
    Remove,
    ManualRetry,
    Promote,
    PutOff,
    Pause,
    Resume,
    Time,
}

/// <summary>How often what would never end may happen: the specification is searched within these.</summary>
/// <param name="Attempts">Attempts that the core allows before it fails the job.</param>
/// <param name="Stalls">Stalls that recovery forgives.</param>
/// <param name="Adds">How often the one id is added.</param>
/// <param name="ManualRetries">Manual retries of one record.</param>
/// <param name="Refunds">Refunds (put back, hand back, park, leave) of one record.</param>
internal sealed record Bounds(int Attempts = 2, int Stalls = 1, int Adds = 2, int ManualRetries = 1, int Refunds = 2);

/// <summary>
/// The life cycle of one job, told as a pure state machine: one custom id in one queue, two workers A and B, of whom only A knows the job's name. Time
/// passes in whole units, longer than a lease; a delay lasts one unit, a time-to-live two.
/// </summary>
/// <remarks>Two lives are equal when they go on alike: what the last step was and answered is told beside the state, and is no part of it.</remarks>
internal readonly partial record struct Life
{
    public const int Delay = 1;
    public const int TimeToLive = 2;
    public const int Unlimited = 3;

    /// <summary>Null: there is no such job.</summary>
    public JobState? State { get; init; }

    public int Attempt { get; init; }

    public int Stalls { get; init; }

    /// <summary>Units until a delayed job comes due.</summary>
    public int DueIn { get; init; }

    /// <summary>Units in which an attempt may still start; none left: over.</summary>
    public int TtlIn { get; init; }

    public bool IsParked { get; init; }

    public bool CancelRequested { get; init; }

    public bool IsPaused { get; init; }

    public Hand HandA { get; init; }

    public Hand HandB { get; init; }

    /// <summary>True while A's lease is over and nobody has declared it dead.</summary>
    public bool IsLateA { get; init; }

    public bool IsLateB { get; init; }

    /// <summary>How often the id was added.</summary>
    public int Adds { get; init; }

    // What has become of this record so far.
    public int Starts { get; init; }

    public int LostClaims { get; init; }

    public int Refunds { get; init; }

    public int ManualRetries { get; init; }

    // The step that led here.
    public Deed Deed { get; init; }

    public int Who { get; init; }

    public Answer Answer { get; init; }

    public bool IsFinal => State is { } state && state.IsFinal();

    public bool IsOver => TtlIn == 0;

    public bool HasTimeToLive => TtlIn != Unlimited;

    public bool IsSettlement => Deed is >= Deed.Complete and <= Deed.Park;

    public Hand HandOf(int worker) => worker == 0 ? HandA : HandB;

    public bool IsLate(int worker) => worker == 0 ? IsLateA : IsLateB;

    public Life With(int worker, Hand hand) => worker == 0 ? this with { HandA = hand } : this with { HandB = hand };

    public Life WithLate(int worker, bool isLate) => worker == 0 ? this with { IsLateA = isLate } : this with { IsLateB = isLate };

    public bool Equals(Life other) => Key == other.Key;

    public override int GetHashCode() => Key.GetHashCode();

    /// <summary>Everything but the step that led here.</summary>
    private ulong Key
    {
        get
        {
            ulong key = State is { } state ? (ulong)state + 1 : 0;
            foreach (int part in (ReadOnlySpan<int>)[Attempt, Stalls, DueIn, TtlIn, Adds, Starts, LostClaims, Refunds, ManualRetries])
                key = (key << 4) | (uint)part;
            key = (key << 4) | ((uint)HandA << 2) | (uint)HandB;
            foreach (bool part in (ReadOnlySpan<bool>)[IsParked, CancelRequested, IsPaused, IsLateA, IsLateB])
                key = (key << 1) | (part ? 1UL : 0);
            return key;
        }
    }

    public override string ToString()
    {
        string job = State is null
            ? "no job"
            : $"{State} attempt {Attempt} stalls {Stalls}" + (State == JobState.Delayed ? $" due in {DueIn}" : "")
                + (HasTimeToLive ? $" lives {TtlIn}" : "") + (IsParked ? " parked" : "") + (CancelRequested ? " to be cancelled" : "");
        return $"{job}{(IsPaused ? ", paused" : "")}, A {HandA}{(IsLateA ? " late" : "")}, B {HandB}{(IsLateB ? " late" : "")}"
            + $" [adds {Adds} starts {Starts} lost {LostClaims} refunds {Refunds} retried {ManualRetries}] -> {Answer}";
    }
}
