namespace AsyncMQ.Conformance.Specifying;

/// <summary>How an add asks for deduplication.</summary>
internal readonly record struct Mode(bool HasWindow, bool Extend, bool Replace, bool KeepLast)
{
    public static IReadOnlyList<Mode> All { get; } =
        [.. Enumerable.Range(0, 16).Select(bits => new Mode((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0))];

    public override string ToString()
    {
        string[] words = [HasWindow ? "window" : "", Extend ? "extend" : "", Replace ? "replace" : "", KeepLast ? "keep last" : ""];
        return string.Join(" + ", words.Where(word => word.Length > 0).DefaultIfEmpty("simple"));
    }
}

/// <summary>One of the two jobs; default: there is no such job.</summary>
/// <param name="State">Null: there is none.</param>
/// <param name="Mode">The number of the mode that it was added in.</param>
/// <param name="Age">Units since its add, up to the length of a window.</param>
/// <param name="DueIn">Units until a delayed job comes due.</param>
/// <param name="CancelRequested">Running, and asked to stop.</param>
internal readonly record struct Claimant(JobState? State, int Mode, int Age, int DueIn, bool CancelRequested)
{
    public bool IsLive => State is { } state && !state.IsFinal();

    public bool IdIsFree => State is null or JobState.Cancelled;
}

/// <summary>The newest add suppressed by an active owner.</summary>
internal readonly record struct KeptAdd(int Job, int Mode, bool IsDelayed);

/// <summary>What the step that led here was and said; no part of the state.</summary>
internal readonly record struct Told(Deed Deed, int Job = -1, int Mode = 0, Verdict Verdict = Verdict.None, int Named = -1)
{
    public bool Equals(Told other) => true;

    public override int GetHashCode() => 0;
}

internal enum Verdict : byte
{
    None,
    Created,
    Replaced,
    Duplicate,
    Deduplicated,
    Done,
    Requested,
    Refused,
    Taken,
    NotFound,
}

/// <summary>
/// Two jobs that claim one deduplication id: who owns it, until when, and which add is kept to follow. One worker; X runs before Y; a window lasts two
/// units of time, a delay one.
/// </summary>
internal readonly record struct Claimants
{
    public const int Window = 2;
    public const int NoWindow = -1;
    public const int Delay = 1;

    public Claimant X { get; init; }

    public Claimant Y { get; init; }

    /// <summary>Null: there is no record of the id.</summary>
    public int? Owner { get; init; }

    /// <summary>True when the owner's own record is gone, though one of the same name may have come.</summary>
    public bool OwnerIsGone { get; init; }

    public int WindowIn { get; init; }

    public KeptAdd? Kept { get; init; }

    /// <summary>True from a release until no job is left that has not ended: meanwhile there may be two.</summary>
    public bool WasReleased { get; init; }

    public Told Told { get; init; }

    public Claimant this[int job] => job == 0 ? X : Y;

    public bool HasLiveOwner => Owner is { } owner && !OwnerIsGone && this[owner].IsLive;

    public bool OwnerIs(JobState state) => Owner is { } owner && !OwnerIsGone && this[owner].State == state;

    /// <summary>Taken, for whoever asks.</summary>
    public bool IsHeld => Owner is not null && (WindowIn == NoWindow ? HasLiveOwner : WindowIn > 0);

    public bool IsHeldFor(Mode mode) => IsHeld || (mode.KeepLast && OwnerIs(JobState.Active));

    public Claimants Add(int job, int mode, IReadOnlyList<Mode> modes, bool delayed)
    {
        Mode asked = modes[mode];
        int fresh = asked.HasWindow ? Window : NoWindow;
        if (!this[job].IdIsFree)
            return Did(new(Deed.Add, job, mode, Verdict.Duplicate));
        if (!IsHeldFor(asked))
            return Stored(job, mode, delayed).Owned(job, fresh).Did(new(Deed.Add, job, mode, Verdict.Created));

        int owner = Owner!.Value;
        if (asked.Replace && OwnerIs(JobState.Delayed))
        {
            int window = !asked.HasWindow || asked.Extend ? fresh : WindowIn == NoWindow ? fresh : WindowIn;
            Claimants without = (this with { Kept = null }).With(owner, default) with { OwnerIsGone = true };
            return without.Stored(job, mode, delayed).Owned(job, window).Did(new(Deed.Add, job, mode, Verdict.Replaced));
        }

        Claimants suppressed = this with { WindowIn = asked.Extend && asked.HasWindow ? fresh : WindowIn };
        if (asked.KeepLast && OwnerIs(JobState.Active))
            suppressed = suppressed with { Kept = new(job, mode, delayed) };
        return suppressed.Did(new(Deed.Add, job, mode, Verdict.Deduplicated, owner));
    }

    public Claimants Claim()
    {
        Claimants next = this;
        for (int job = 0; job < 2; job++)
        {
            if (next[job] is { State: JobState.Delayed, DueIn: 0 } due)
                next = next.With(job, due with { State = JobState.Waiting });
        }

        int first = next.X.State == JobState.Waiting ? 0 : next.Y.State == JobState.Waiting ? 1 : -1;
        return (first < 0 ? next : next.With(first, next[first] with { State = JobState.Active }))
            .Did(new(Deed.Claim, first, Verdict: first < 0 ? Verdict.NotFound : Verdict.Done));
    }

    public Claimants Complete(int job, IReadOnlyList<Mode> modes) =>
        Ended(job, this[job].CancelRequested ? JobState.Cancelled : JobState.Completed, modes).Did(new(Deed.Complete, job, Verdict: Verdict.Done));

    public Claimants RetryLater(int job, IReadOnlyList<Mode> modes) => (this[job].CancelRequested
        ? Ended(job, JobState.Cancelled, modes)
        : With(job, this[job] with { State = JobState.Delayed, DueIn = Delay })).Did(new(Deed.Retry, job, Verdict: Verdict.Done));

    public Claimants Cancel(int job, IReadOnlyList<Mode> modes) => this[job].State switch
    {
        null => Did(new(Deed.Cancel, job, Verdict: Verdict.NotFound)),
        JobState.Active => With(job, this[job] with { CancelRequested = true }).Did(new(Deed.Cancel, job, Verdict: Verdict.Requested)),
        JobState.Waiting or JobState.Delayed => Ended(job, JobState.Cancelled, modes).Did(new(Deed.Cancel, job, Verdict: Verdict.Done)),
        _ => Did(new(Deed.Cancel, job, Verdict: Verdict.Refused)),
    };

    public Claimants Remove(int job, IReadOnlyList<Mode> modes) => this[job].State is null
        ? Did(new(Deed.Remove, job, Verdict: Verdict.NotFound))
        : Ended(job, null, modes).Did(new(Deed.Remove, job, Verdict: Verdict.Done));

    public Claimants RetryByHand(int job, IReadOnlyList<Mode> modes)
    {
        Claimant old = this[job];
        if (old.State is not { } state || !state.IsFinal())
            return Did(new(Deed.ManualRetry, job, Verdict: old.State is null ? Verdict.NotFound : Verdict.Refused));

        bool ownsIt = Owner == job && !OwnerIsGone;
        if (!ownsIt && (IsHeld || HasLiveOwner))
            return Did(new(Deed.ManualRetry, job, Verdict: Verdict.Taken));
        Claimants owned = ownsIt ? this : Owned(job, modes[old.Mode].HasWindow ? Math.Max(0, Window - old.Age) : NoWindow);
        return owned.With(job, old with { State = JobState.Waiting, DueIn = 0 }).Did(new(Deed.ManualRetry, job, Verdict: Verdict.Done));
    }

    /// <summary>Frees the id; a kept add is added at once and owns nothing.</summary>
    public Claimants Release()
    {
        if (!IsHeld && !HasLiveOwner)
            return Did(new(Deed.Resume, Verdict: Verdict.NotFound));
        Claimants free = Free() with { WasReleased = true };
        return (Kept is { } kept && this[kept.Job].IdIsFree ? free.Stored(kept.Job, kept.Mode, kept.IsDelayed) : free)
            .Did(new(Deed.Resume, Verdict: Verdict.Done));
    }

    public Claimants Pass() => (this with
    {
        X = Older(X),
        Y = Older(Y),
        WindowIn = WindowIn == NoWindow ? NoWindow : Math.Max(0, WindowIn - 1),
    }).Did(new(Deed.Time));

    /// <summary>Housekeeping drops a window that is over and has no live owner.</summary>
    public Claimants Maintain() => (WindowIn == 0 && Owner is not null && !HasLiveOwner ? Free() : this).Did(new(Deed.Maintain));

    public Claimants With(int job, Claimant value) => job == 0 ? this with { X = value } : this with { Y = value };

    private static Claimant Older(Claimant job) => job.State is null
        ? job
        : job with { Age = Math.Min(Window, job.Age + 1), DueIn = job.State == JobState.Delayed ? Math.Max(0, job.DueIn - 1) : 0 };

    /// <summary>A new record; a cancelled one of the same id gives way to it.</summary>
    private Claimants Stored(int job, int mode, bool delayed)
    {
        Claimants before = Owner == job && this[job].State is not null ? this with { OwnerIsGone = true } : this;
        return before.With(job, new(delayed ? JobState.Delayed : JobState.Waiting, mode, 0, delayed ? Delay : 0, false));
    }

    private Claimants Owned(int job, int window) => this with { Owner = job, OwnerIsGone = false, WindowIn = window };

    private Claimants Free() => this with { Owner = null, OwnerIsGone = false, WindowIn = NoWindow, Kept = null };

    /// <summary>The end of a job: if it owns the id, the kept add follows, or the id comes free, or stays held until its window ends.</summary>
    private Claimants Ended(int job, JobState? end, IReadOnlyList<Mode> modes)
    {
        Claimant old = this[job];
        bool ownsIt = Owner == job && !OwnerIsGone;
        Claimants next = With(job, end is null ? default : old with { State = end, DueIn = 0, CancelRequested = false });
        if (!ownsIt)
            return next;

        next = next with { OwnerIsGone = end is null };
        if (next.Kept is { } kept && next[kept.Job].IdIsFree)
        {
            return (next with { Kept = null }).Stored(kept.Job, kept.Mode, kept.IsDelayed)
                .Owned(kept.Job, modes[kept.Mode].HasWindow ? Window : NoWindow);
        }

        return next.WindowIn > 0 ? next with { Kept = null } : next.Free();
    }

    private Claimants Did(Told told)
    {
        Claimants next = this with { Told = told };
        return next.WasReleased && !next.X.IsLive && !next.Y.IsLive ? next with { WasReleased = false } : next;
    }

    public override string ToString() =>
        $"X {Text(X)}, Y {Text(Y)}, owner {(Owner is { } owner ? "XY"[owner] : '-')}{(OwnerIsGone ? " gone" : "")}, window {WindowIn}, kept "
        + $"{(Kept is { } kept ? "XY"[kept.Job] : '-')} -> {Told.Verdict}";

    private static string Text(Claimant job) =>
        job.State is null ? "-" : $"{job.State} m{job.Mode} age {job.Age}{(job.CancelRequested ? " to be cancelled" : "")}";
}
