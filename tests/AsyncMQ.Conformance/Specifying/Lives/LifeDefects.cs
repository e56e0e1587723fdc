using CsCheck;
using static AsyncMQ.JobState;

namespace AsyncMQ.Conformance.Specifying;

/// <summary>Defects that other queues have had, put into the specification one at a time; each must be found by the requirement named.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="CaughtBy">The requirement that must find it.</param>
/// <param name="When">On which steps.</param>
/// <param name="Perturb">What the step leads to instead.</param>
internal sealed record LifeDefect(string Name, string CaughtBy, Func<Life, Life, bool> When, Func<Life, Life, Life> Perturb);

internal static class LifeDefects
{
    public static IReadOnlyList<LifeDefect> All { get; } = [.. Claims(), .. Settlements(), .. Recoveries(), .. Ends(), .. Commands()];

    public static void Declare(Spec<Life> spec)
    {
        foreach (LifeDefect defect in All)
            spec.Fault(defect.Name, defect.When, defect.Perturb);
    }

    private static IEnumerable<LifeDefect> Claims() =>
    [
        new("a paused queue gives claims", "claim-paused", (b, a) => Refused(a) && b.IsPaused && b.State == Waiting, Granted),
        new("a delayed job is claimed early", "claim-early", (b, a) => Refused(a) && b.State == Delayed && !b.IsOver && !b.IsPaused, Granted),
        new("a job past its time-to-live starts", "claim-over", (b, a) => a.Deed == Deed.Claim && a.State == Expired && b.State == Waiting, Granted),
        new("a parked job goes to a worker that does not know it", "claim-parked",
            (b, a) => Refused(a) && b.IsParked && !b.IsPaused && a.Who == 1, Granted),
        new("a job is claimed twice", "claim-held", (b, a) => Refused(a) && b.State == Active, Granted),
        new("an ended job is claimed", "claim-ended", (b, a) => Refused(a) && b.State == Failed && !b.IsPaused, Granted),
        new("a claim is not counted", "claim-counts", (b, a) => a.Answer == Answer.Claimed, (b, a) => a with { Attempt = b.Attempt }),
        new("a parked job is never found again", "claim-ready", (b, a) => a.Answer == Answer.Claimed && b.IsParked,
            (b, a) => b with { Deed = a.Deed, Who = a.Who, Answer = Answer.NothingToClaim }),
        new("a parked job stays in its lane while it runs", "parked-waits", (b, a) => a.Answer == Answer.Claimed && b.IsParked,
            (b, a) => a with { IsParked = true }),
    ];

    private static IEnumerable<LifeDefect> Settlements() =>
    [
        new("a stale completion completes the job", "stale-changes-nothing", (b, a) => Stale(b, a, Deed.Complete) && b.State == Waiting,
            (b, a) => a with { State = Completed }),
        new("a stale failure fails the job of another", "stale-changes-nothing", (b, a) => Stale(b, a, Deed.Fail) && b.State == Active,
            (b, a) => a with { State = Failed }),
        new("a stale settlement is told that it counted", "stale-is-told", (b, a) => a.IsSettlement && a.Answer == Answer.Lost,
            (b, a) => a with { Answer = Answer.Applied }),
        new("a late settlement is refused though nobody took the claim", "current-is-heard",
            (b, a) => a.IsSettlement && b.HandOf(a.Who) == Hand.Current && b.IsLate(a.Who), (b, a) => a with { Answer = Answer.Lost }),
        new("a report brings a removed job back", "report-changes-nothing", (b, a) => a.Deed == Deed.Report && b.State is null,
            (b, a) => a with { State = Waiting }),
        new("a hand-back costs the attempt", "back-is-refunded", (b, a) => a.Deed == Deed.HandBack && a.Answer == Answer.Applied,
            (b, a) => a with { Attempt = b.Attempt }),
        new("a retry refunds the attempt", "retry-is-counted", (b, a) => a.Deed == Deed.Retry && a.Answer == Answer.Applied,
            (b, a) => a with { Attempt = b.Attempt - 1 }),
        new("a hand-back waits like a retry", "back-waits", (b, a) => a.Deed == Deed.HandBack && a.Answer == Answer.Applied,
            (b, a) => a with { State = Delayed, DueIn = Life.Delay }),
        new("a parked job forgets its lane", "park-parks", (b, a) => a.Deed == Deed.Park && a.IsParked, (b, a) => a with { IsParked = false }),
        new("a job without attempts left runs again", "attempts-bounded",
            (b, a) => a.Deed == Deed.Fail && a.Answer == Answer.Applied && b.Attempt == 2,
            (b, a) => a with { State = Waiting }),
        new("a failed job keeps its claim", "active-is-held", (b, a) => a.Deed == Deed.Fail && a.Answer == Answer.Applied,
            (b, a) => a.With(a.Who, Hand.Current)),
        new("a cancelled job is still asked to cancel", "cancel-is-of-active",
            (b, a) => a.Deed == Deed.Leave && b.CancelRequested && a.State == Cancelled,
            (b, a) => a with { CancelRequested = true }),
        new("a drain counts a stall", "leave-is-no-stall", (b, a) => a.Deed == Deed.Leave && b.HandOf(a.Who) == Hand.Current,
            (b, a) => a with { Stalls = b.Stalls + 1 }),
        new("a drain completes what it interrupts", "leave-is-no-stall", (b, a) => a.Deed == Deed.Leave && b.HandOf(a.Who) == Hand.Current,
            (b, a) => a with { State = Completed }),
        new("housekeeping completes a running job", "complete-was-held", (b, a) => a.Deed == Deed.Maintain && b.State == Active,
            (b, a) => Dropped(a) with { State = Completed }),
    ];

    private static IEnumerable<LifeDefect> Recoveries() =>
    [
        new("recovery takes from a live worker", "recover-late-only", (b, a) => a.Deed == Deed.Recover && b.State == Active && a.State == Active,
            (b, a) => Dropped(a) with { State = Waiting, Attempt = a.Attempt - 1, Stalls = a.Stalls + 1, LostClaims = a.LostClaims + 1 }),
        new("recovery overlooks a dead worker's claim", "recover-takes-all", (b, a) => a.LostClaims > b.LostClaims,
            (b, a) => b with { IsLateA = false, IsLateB = false, Deed = a.Deed, Answer = a.Answer, Who = a.Who }),
        new("a stall costs an attempt", "recover-counts", (b, a) => a.LostClaims > b.LostClaims, (b, a) => a with { Attempt = b.Attempt }),
        new("a stall is not counted", "recover-counts", (b, a) => a.LostClaims > b.LostClaims, (b, a) => a with { Stalls = b.Stalls }),
        new("a poisonous job runs for ever", "recover-fails", (b, a) => a.LostClaims > b.LostClaims && a.State == Failed,
            (b, a) => a with { State = Waiting }),
        new("a failed attempt counts as a stall", "stall-counts-recovery", (b, a) => a.Deed == Deed.Retry && a.Answer == Answer.Applied,
            (b, a) => a with { Stalls = b.Stalls + 1 }),
        new("a late renewal loses the claim", "late-is-alive", (b, a) => a.Deed == Deed.Renew && b.HandOf(a.Who) == Hand.Current,
            (b, a) => Dropped(a) with { State = Waiting }),
        new("recovery forgets the cancel request", "cancel-is-kept", (b, a) => a.LostClaims > b.LostClaims && b.CancelRequested,
            (b, a) => a with { State = Waiting }),
    ];

    private static IEnumerable<LifeDefect> Ends() =>
    [
        new("a completion overrides the cancel", "cancel-is-kept", (b, a) => a.Deed == Deed.Complete && a.Answer == Answer.Cancelled,
            (b, a) => a with { State = Completed }),
        new("a hand-back forgets the cancel request", "cancel-is-kept", (b, a) => a.Deed == Deed.HandBack && a.Answer == Answer.Cancelled,
            (b, a) => a with { State = Waiting }),
        new("a renewal forgets the cancel request", "cancel-stands", (b, a) => a.Deed == Deed.Renew && b.CancelRequested,
            (b, a) => a with { CancelRequested = false }),
        new("a cancelled job that did not run stays waiting", "cancel-at-once", (b, a) => a.Deed == Deed.Cancel && b.State == Delayed,
            (b, a) => a with { State = Waiting }),
        new("a cancel ends a running job under its handler", "cancel-asks", (b, a) => a.Answer == Answer.Requested,
            (b, a) => Dropped(a) with { State = Cancelled, CancelRequested = false }),
        new("a running job expires", "expire-when-over", (b, a) => a.Deed == Deed.Maintain && b.State == Active && b.IsOver,
            (b, a) => Dropped(a) with { State = Expired }),
        new("a job expires too early", "expire-when-over", (b, a) => a.Deed == Deed.Maintain && b.State == Waiting && b.TtlIn == 1,
            (b, a) => a with { State = Expired }),
        new("a delayed job never expires", "over-expires", (b, a) => a.Deed == Deed.Maintain && b.State == Delayed && a.State == Expired,
            (b, a) => b with { Deed = a.Deed, Answer = a.Answer, Who = a.Who }),
        new("an ended job is promoted", "end-is-final", (b, a) => a.Deed == Deed.Promote && b.State == Completed,
            (b, a) => a with { State = Waiting, Answer = Answer.Done }),
        new("a time-to-live stands still while the job runs", "time-to-live-runs", (b, a) => a.Deed == Deed.Time && b.State == Active,
            (b, a) => a with { TtlIn = b.TtlIn }),
        new("time alone promotes a job", "time-changes-no-state", (b, a) => a.Deed == Deed.Time && b.State == Delayed && a.DueIn == 0,
            (b, a) => a with { State = Waiting }),
    ];

    private static IEnumerable<LifeDefect> Commands() =>
    [
        new("a manual retry keeps the old attempts", "retry-is-anew", (b, a) => a.ManualRetries > b.ManualRetries && b.Attempt > 0,
            (b, a) => a with { Attempt = b.Attempt }),
        new("a manual retry keeps the old time-to-live", "retry-is-anew", (b, a) => a.ManualRetries > b.ManualRetries && b.State == Expired,
            (b, a) => a with { TtlIn = b.TtlIn }),
        new("a removal keeps the claim", "remove-removes", (b, a) => a.Deed == Deed.Remove && b.State == Active,
            (b, a) => a with { HandA = b.HandA, HandB = b.HandB }),
        new("a new add revives an old claim", "add-is-new", (b, a) => a.Adds > b.Adds && b.HandA == Hand.Stale,
            (b, a) => a with { State = Active, HandA = Hand.Current }),
        new("an add replaces a running job", "id-stays-taken", (b, a) => a.Deed == Deed.Add && b.State == Active,
            (b, a) => Dropped(a) with { State = Waiting, Attempt = 0, Answer = Answer.Created }),
        new("a refused manual retry resets a running job", "refused-changes-nothing", (b, a) => a.Deed == Deed.ManualRetry && b.State == Active,
            (b, a) => a with { Stalls = 0, Attempt = 0 }),
        new("a promoted job stays delayed", "promote-waits", (b, a) => a.Deed == Deed.Promote && a.Answer == Answer.Done,
            (b, a) => a with { State = Delayed, DueIn = b.DueIn }),
        new("a promotion forgets the attempts", "attempt-kept", (b, a) => a.Deed == Deed.Promote && a.Answer == Answer.Done && b.Attempt > 0,
            (b, a) => a with { Attempt = 0 }),
        new("a job put off stays parked", "put-off-is-delayed", (b, a) => a.Deed == Deed.PutOff && b.IsParked,
            (b, a) => a with { State = Waiting, IsParked = true }),
        new("a pause takes running jobs back", "pause-disturbs-nothing", (b, a) => a.Deed == Deed.Pause && b.State == Active,
            (b, a) => Dropped(a) with { State = Waiting }),
    ];

    private static bool Refused(Life after) => after is { Deed: Deed.Claim, Answer: Answer.NothingToClaim };

    private static bool Stale(Life before, Life after, Deed deed) => after.Deed == deed && before.HandOf(after.Who) == Hand.Stale;

    private static Life Granted(Life before, Life after) => before.With(after.Who, Hand.Current) with
    {
        State = Active,
        IsParked = false,
        DueIn = 0,
        Attempt = before.Attempt + 1,
        Starts = before.Starts + 1,
        Deed = after.Deed,
        Who = after.Who,
        Answer = Answer.Claimed,
    };

    /// <summary>The current claim is taken from whoever has it.</summary>
    private static Life Dropped(Life life) => life with
    {
        HandA = life.HandA == Hand.Current ? Hand.Stale : life.HandA,
        HandB = life.HandB == Hand.Current ? Hand.Stale : life.HandB,
    };
}
