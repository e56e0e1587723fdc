namespace AsyncMQ.Conformance.Histories;

/// <summary>One job id as a store must treat it, asked one after the other.</summary>
internal readonly record struct JobObject(JobState? State, ClaimToken Token, bool CancelRequested, int Attempt, int Stalls)
{
    public const int MaxStalls = 1;

    private bool IsFree => State is null or JobState.Cancelled;

    private bool IsFinal => State is { } state && state.IsFinal();

    /// <summary>The object after a happening; null: it would not have answered so.</summary>
    public static JobObject? Next(JobObject job, Happening happening) => happening.Act switch
    {
        Act.Add => job.Add(happening),
        Act.Claim => job.State == JobState.Waiting && happening.Attempt == job.Attempt + 1
            ? job with { State = JobState.Active, Token = happening.Token, Attempt = job.Attempt + 1 }
            : null,
        Act.Settle => job.Settle(happening),
        Act.Cancel => job.Cancel(happening),
        Act.Remove => happening.Administered == JobChangeOutcome.Done == (job.State is not null) ? default(JobObject) : null,
        Act.Retry => job.Retry(happening),
        Act.Recover => job.Recover(happening),
        Act.Read => job.State == happening.State ? job : null,
        _ => job,
    };

    private JobObject? Add(Happening happening) => happening.Added switch
    {
        AddOutcome.Created => IsFree ? default(JobObject) with { State = JobState.Waiting } : null,
        AddOutcome.Duplicate => IsFree ? null : this,
        _ => IsFree ? this : null,
    };

    private JobObject? Settle(Happening happening)
    {
        bool isCurrent = State == JobState.Active && Token == happening.Token;
        return happening.Settled switch
        {
            SettleOutcome.Lost => isCurrent ? null : this,
            SettleOutcome.Cancelled => isCurrent && CancelRequested ? Ended(JobState.Cancelled) : null,
            _ when !isCurrent || CancelRequested => null,
            _ => happening.Kind switch
            {
                SettlementKind.Complete => Ended(JobState.Completed),
                SettlementKind.Fail => Ended(JobState.Failed),
                SettlementKind.Retry => Ended(JobState.Waiting),
                _ => Ended(JobState.Waiting) with { Attempt = Attempt - 1 },
            },
        };
    }

    private JobObject? Cancel(Happening happening) => happening.Administered switch
    {
        JobChangeOutcome.Done => State == JobState.Waiting ? Ended(JobState.Cancelled) : null,
        JobChangeOutcome.Requested => State == JobState.Active ? this with { CancelRequested = true } : null,
        JobChangeOutcome.NotFound => State is null ? this : null,
        _ => IsFinal ? this : null,
    };

    private JobObject? Retry(Happening happening) => happening.Administered switch
    {
        JobChangeOutcome.Done => IsFinal ? new JobObject(JobState.Waiting, default, false, 0, 0) : null,
        JobChangeOutcome.NotFound => State is null ? this : null,
        JobChangeOutcome.DeduplicationTaken => IsFinal ? this : null,
        _ => State is not null && !IsFinal ? this : null,
    };

    private JobObject? Recover(Happening happening)
    {
        JobState next = CancelRequested ? JobState.Cancelled : Stalls >= MaxStalls ? JobState.Failed : JobState.Waiting;
        return State == JobState.Active && happening.Stalls == Stalls + 1 && happening.State == next
            ? Ended(next) with { Attempt = Attempt - 1, Stalls = Stalls + 1 }
            : null;
    }

    private JobObject Ended(JobState state) => this with { State = state, Token = default, CancelRequested = false };
}

/// <summary>One deduplication id without a window: held by one job until that ends.</summary>
/// <param name="Owner">Null: nobody.</param>
internal readonly record struct DeduplicationObject(string? Owner)
{
    public static DeduplicationObject? Next(DeduplicationObject held, Happening happening) => happening switch
    {
        { Act: Act.Add, Added: AddOutcome.Created } => held.Owner is null ? new(happening.Id) : null,
        { Act: Act.Add, Added: AddOutcome.Deduplicated } => held.Owner is not null && held.Owner == happening.Owner ? held : null,
        { Act: Act.Retry, Administered: JobChangeOutcome.Done } => held.Owner is null ? new(happening.Id) : null,
        { Act: Act.Retry, Administered: JobChangeOutcome.DeduplicationTaken } => held.Owner is not null && held.Owner != happening.Id ? held : null,
        _ when Ends(happening) => held.Owner == happening.Id ? default(DeduplicationObject) : held,
        _ => held,
    };

    private static bool Ends(Happening happening) => happening.IsAcceptedEnd
        || (happening.Act is Act.Cancel or Act.Remove && happening.Administered == JobChangeOutcome.Done)
        || (happening.Act == Act.Recover && happening.State is JobState.Failed or JobState.Cancelled);
}
