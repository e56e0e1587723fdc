using CsCheck;

namespace AsyncMQ.Conformance.Specifying;

/// <summary>A defect of deduplication, and the requirement that must find it in this mode.</summary>
internal sealed record ClaimantsDefect(
    string Name, string CaughtBy, Mode Mode, Func<Claimants, Claimants, bool> When, Func<Claimants, Claimants, Claimants> Perturb);

/// <summary>What is required of two jobs and one deduplication id, and the defects that this must find.</summary>
internal static class ClaimantsSpecification
{
    public static Spec<Claimants> Of(IReadOnlyList<ClaimantsDefect> defects, params Mode[] modes)
    {
        Spec<Claimants> spec = Spec.From(new Claimants { WindowIn = Claimants.NoWindow }).Print(state => state.ToString());
        foreach (ClaimantsAction action in ClaimantsAction.All(modes))
            spec.Action(action.Name, action.IsEnabled, action.Next);
        Require(spec, modes);
        foreach (ClaimantsDefect defect in defects)
            spec.Fault(defect.Name, defect.When, defect.Perturb);
        return spec;
    }

    private static void Require(Spec<Claimants> spec, Mode[] modes)
    {
        spec
            .Rule("id-before-deduplication", "An add whose job id is taken is a duplicate and does nothing to the deduplication id.",
                (b, a) => IsAdd(a) && !b[a.Told.Job].IdIsFree, (b, a) => a.Told.Verdict == Verdict.Duplicate && a == b)
            .Rule("free-is-created", "An add whose deduplication id is free is created and owns it.",
                (b, a) => IsAdd(a) && b[a.Told.Job].IdIsFree && !b.IsHeldFor(modes[a.Told.Mode]),
                (b, a) => a.Told.Verdict == Verdict.Created && a[a.Told.Job].IsLive && a.Owner == a.Told.Job && !a.OwnerIsGone)
            .Rule("held-suppresses", "An add whose deduplication id is held stores nothing and names the owner, unless it replaces.",
                (b, a) => Suppressible(b, a) && !(modes[a.Told.Mode].Replace && b.OwnerIs(JobState.Delayed)),
                (b, a) => a.Told.Verdict == Verdict.Deduplicated && a.Told.Named == b.Owner && a.X == b.X && a.Y == b.Y && a.Owner == b.Owner)
            .Rule("window-is-kept", "Without Extend a suppressed add leaves the window as it is; with it, the window begins anew.",
                (b, a) => a.Told.Verdict == Verdict.Deduplicated,
                (b, a) => a.WindowIn == (modes[a.Told.Mode] is { HasWindow: true, Extend: true } ? Claimants.Window : b.WindowIn))
            .Rule("kept-last", "Only behind a running owner an add is kept, the newest in place of an earlier one.",
                (b, a) => a.Told.Verdict == Verdict.Deduplicated,
                (b, a) => modes[a.Told.Mode].KeepLast && b.OwnerIs(JobState.Active)
                    ? a.Kept is { } kept && kept.Job == a.Told.Job && kept.Mode == a.Told.Mode
                    : a.Kept == b.Kept)
            .Rule("kept-follows", "At the owner's end the kept add is added and owns the id, if its own id is free.",
                (b, a) => OwnerEnds(b, a) && b.Kept is { } kept && (b[kept.Job].IdIsFree || (a.Told.Job == kept.Job && a.Told.Deed == Deed.Remove)),
                (b, a) => a[b.Kept!.Value.Job].IsLive && a.Owner == b.Kept.Value.Job && !a.OwnerIsGone && a.Kept is null)
            .Rule("end-frees", "At the owner's end without a window the id comes free.",
                (b, a) => OwnerEnds(b, a) && b.Kept is null && b.WindowIn <= 0, (b, a) => a.Owner is null)
            .Rule("window-outlives", "A window outlives its owner, ended or removed.",
                (b, a) => OwnerEnds(b, a) && b.Kept is null && b.WindowIn > 0, (b, a) => a.IsHeld && a.Owner == b.Owner && a.WindowIn == b.WindowIn)
            .Rule("only-the-owner-frees", "The end of a job that does not own the id does nothing to it.",
                (b, a) => Ends(b, a) && !(b.Owner == a.Told.Job && !b.OwnerIsGone),
                (b, a) => (a.Owner, a.WindowIn, a.Kept) == (b.Owner, b.WindowIn, b.Kept))
            .Rule("release-frees", "A release frees the id at once.", (b, a) => a.Told.Deed == Deed.Resume && (b.IsHeld || b.HasLiveOwner),
                (b, a) => a.Told.Verdict == Verdict.Done && !a.IsHeld && a.Kept is null)
            .Rule("retry-asks-owner", "A manual retry is refused while another job owns the id, and changes nothing then.",
                (b, a) => a.Told.Deed == Deed.ManualRetry && b[a.Told.Job].State is { } state && state.IsFinal()
                    && b.HasLiveOwner && b.Owner != a.Told.Job,
                (b, a) => a.Told.Verdict == Verdict.Taken && a == b)
            .Rule("retry-owns", "A job retried by hand owns its id again.",
                (b, a) => a.Told is { Deed: Deed.ManualRetry, Verdict: Verdict.Done }, (b, a) => a.Owner == a.Told.Job && a.HasLiveOwner)
            .Rule("window-runs", "Time takes from the window and from nothing else of the id.",
                (b, a) => a.Told.Deed == Deed.Time && b.Owner is not null,
                (b, a) => (a.Owner, a.Kept) == (b.Owner, b.Kept)
                    && a.WindowIn == (b.WindowIn == Claimants.NoWindow ? Claimants.NoWindow : Math.Max(0, b.WindowIn - 1)))
            .Rule("held-is-not-swept", "Housekeeping leaves an id that is held or has a live owner.",
                (b, a) => a.Told.Deed == Deed.Maintain && (b.IsHeld || b.HasLiveOwner), (b, a) => a == b)
            .Rule("owner-removed-when-delayed", "An add removes a job only when that is a delayed owner, and then takes its place.",
                (b, a) => IsAdd(a) && b[1 - a.Told.Job].State is not null && a[1 - a.Told.Job].State is null,
                (b, a) => modes[a.Told.Mode].Replace && b.OwnerIs(JobState.Delayed) && a.Owner == a.Told.Job && a.Kept is null)
            .Rule("replace-replaces", "A replacing add takes the place of a delayed owner.",
                (b, a) => Suppressible(b, a) && modes[a.Told.Mode].Replace && b.OwnerIs(JobState.Delayed),
                (b, a) => a.Told.Verdict == Verdict.Replaced && a[b.Owner!.Value].State is null && a.Owner == a.Told.Job);
        if (modes.All(mode => !mode.HasWindow))
        {
            spec.Invariant("one-live-owner", "Without windows and releases, one of the jobs of one id at most has not ended.",
                state => !(state.X.IsLive && state.Y.IsLive) || state.WasReleased);
        }

        bool Suppressible(Claimants before, Claimants after) =>
            IsAdd(after) && before[after.Told.Job].IdIsFree && before.IsHeldFor(modes[after.Told.Mode]);
    }

    public static IReadOnlyList<ClaimantsDefect> Defects { get; } =
    [
        new("a duplicate extends the window", "id-before-deduplication", new(true, true, false, false),
            (b, a) => a.Told.Verdict == Verdict.Duplicate && b.WindowIn == 1, (b, a) => a with { WindowIn = Claimants.Window }),
        new("an id stays held by an owner that has ended", "free-is-created", default,
            (b, a) => a.Told.Verdict == Verdict.Created && b[1 - a.Told.Job].State == JobState.Completed,
            (b, a) => b with { Told = a.Told with { Verdict = Verdict.Deduplicated } }),
        new("an add behind a running owner is created", "held-suppresses", default,
            (b, a) => a.Told.Verdict == Verdict.Deduplicated && b.OwnerIs(JobState.Active),
            (b, a) => a.With(a.Told.Job, new(JobState.Waiting, 0, 0, 0, false)) with { Told = a.Told with { Verdict = Verdict.Created } }),
        new("every suppressed add extends the window", "window-is-kept", new(true, false, false, false),
            (b, a) => a.Told.Verdict == Verdict.Deduplicated, (b, a) => a with { WindowIn = Claimants.Window }),
        new("an add is kept behind a waiting owner", "kept-last", new(false, false, false, true),
            (b, a) => a.Told.Verdict == Verdict.Deduplicated && b.OwnerIs(JobState.Waiting), (b, a) => a with { Kept = new(a.Told.Job, 0, false) }),
        new("the first kept add stays", "kept-last", new(false, false, false, true),
            (b, a) => a.Told.Verdict == Verdict.Deduplicated && b.Kept is { IsDelayed: true } && a.Kept != b.Kept, (b, a) => a with { Kept = null }),
        new("the kept add is forgotten at a cancel", "kept-follows", new(false, false, false, true),
            (b, a) => a.Told.Deed == Deed.Complete && b.Kept is not null && b[a.Told.Job].CancelRequested,
            (b, a) => a.With(b.Kept!.Value.Job, b[b.Kept.Value.Job]) with { Owner = null }),
        new("a removed owner keeps the id", "end-frees", default,
            (b, a) => a.Told is { Deed: Deed.Remove, Verdict: Verdict.Done } && b.Owner == a.Told.Job,
            (b, a) => a with { Owner = b.Owner, OwnerIsGone = true }),
        new("a removed owner takes its window along", "window-outlives", new(true, false, false, false),
            (b, a) => a.Told is { Deed: Deed.Remove, Verdict: Verdict.Done } && b.Owner == a.Told.Job && a.WindowIn > 0,
            (b, a) => a with { Owner = null, OwnerIsGone = false, WindowIn = Claimants.NoWindow }),
        new("any job of the id frees it", "only-the-owner-frees", default,
            (b, a) => Ends(b, a) && b.Owner is not null && b.Owner != a.Told.Job, (b, a) => a with { Owner = null }),
        new("a release forgets the window", "release-frees", new(true, false, false, false),
            (b, a) => a.Told is { Deed: Deed.Resume, Verdict: Verdict.Done } && b.WindowIn > 0,
            (b, a) => a with { Owner = b.Owner, WindowIn = b.WindowIn, OwnerIsGone = b.OwnerIsGone }),
        new("a manual retry makes a second owner", "retry-asks-owner", default,
            (b, a) => a.Told.Verdict == Verdict.Taken, (b, a) => a.With(a.Told.Job, a[a.Told.Job] with { State = JobState.Waiting })),
        new("a manual retry owns nothing", "retry-owns", default,
            (b, a) => a.Told is { Deed: Deed.ManualRetry, Verdict: Verdict.Done }, (b, a) => a with { Owner = null }),
        new("time frees an id that has no window", "window-runs", default,
            (b, a) => a.Told.Deed == Deed.Time && b.HasLiveOwner, (b, a) => a with { Owner = null }),
        new("housekeeping sweeps an owner that outlived its window", "held-is-not-swept", new(true, false, false, true),
            (b, a) => a.Told.Deed == Deed.Maintain && b.WindowIn == 0 && b.HasLiveOwner, (b, a) => a with { Owner = null }),
        new("a replacing add removes a waiting owner", "held-suppresses", new(false, false, true, false),
            (b, a) => a.Told.Verdict == Verdict.Deduplicated && b.OwnerIs(JobState.Waiting),
            (b, a) => a.With(1 - a.Told.Job, default) with { Owner = null }),
        new("a replacing add leaves the old one", "replace-replaces", new(false, false, true, false),
            (b, a) => a.Told.Verdict == Verdict.Replaced, (b, a) => a.With(1 - a.Told.Job, b[1 - a.Told.Job])),
    ];

    private static bool IsAdd(Claimants after) => after.Told.Deed == Deed.Add;

    private static bool Ends(Claimants before, Claimants after) => after.Told is { Job: >= 0, Deed: not (Deed.Add or Deed.Claim) }
        && before[after.Told.Job].IsLive && !after[after.Told.Job].IsLive;

    private static bool OwnerEnds(Claimants before, Claimants after) =>
        Ends(before, after) && before.Owner == after.Told.Job && !before.OwnerIsGone;
}
