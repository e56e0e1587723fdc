using CsCheck;
using static AsyncMQ.JobState;

namespace AsyncMQ.Conformance.Specifying;

/// <summary>What is required of every step of every life. Each is one sentence.</summary>
internal static class LifeRequirements
{
    public static void Declare(Spec<Life> spec, Bounds bounds)
    {
        // Of several that a defect breaks at once, the first is the one that is told; so the particular come before the general.
        Claiming(spec);
        Settling(spec);
        Ending(spec);
        Recovering(spec, bounds);
        Administering(spec);
        Passing(spec);
        Counting(spec, bounds);
        Holding(spec);
        Reaching(spec, bounds);
    }

    private static void Claiming(Spec<Life> spec) => spec
        .Rule("claim-paused", "A paused queue gives no claim.", Claimed, (b, a) => !b.IsPaused)
        .Rule("claim-early", "A delayed job is not claimed before it is due.", Claimed, (b, a) => b.State != Delayed || b.DueIn == 0)
        .Rule("claim-over", "An attempt does not start after the job's time-to-live.", Claimed, (b, a) => !b.IsOver)
        .Rule("claim-parked", "A parked job is claimed only by a worker that knows its name.", Claimed, (b, a) => !b.IsParked || a.Who == 0)
        .Rule("claim-held", "A job that one worker holds is not claimed by another.", Claimed, (b, a) => b.State != Active)
        .Rule("claim-ended", "A job that has ended is not claimed.", Claimed, (b, a) => !b.IsFinal)
        .Rule("claim-counts", "A claim counts one attempt and one start.", Claimed,
            (b, a) => a.Attempt == b.Attempt + 1 && a.Starts == b.Starts + 1)
        .Rule("claim-ready", "A waiting job of a queue that is not paused is claimed by a worker that knows it.",
            (b, a) => a.Deed == Deed.Claim && b.State == Waiting && !b.IsPaused && !b.IsOver && (!b.IsParked || a.Who == 0),
            (b, a) => a.Answer == Answer.Claimed);

    private static void Settling(Spec<Life> spec) => spec
        .Rule("stale-changes-nothing", "A settlement of a claim that is no longer current changes nothing.",
            (b, a) => a.IsSettlement && b.HandOf(a.Who) == Hand.Stale, (b, a) => SameJob(b, a))
        .Rule("stale-is-told", "Who settles a claim that is no longer current is told that it is lost.",
            (b, a) => a.IsSettlement && b.HandOf(a.Who) == Hand.Stale, (b, a) => a.Answer == Answer.Lost)
        .Rule("current-is-heard", "The settlement of the current claim counts, however late, until its session is declared dead.",
            (b, a) => a.IsSettlement && b.HandOf(a.Who) == Hand.Current, (b, a) => a.Answer != Answer.Lost && a.State != Active)
        .Rule("report-changes-nothing", "A report changes no state.", (b, a) => a.Deed == Deed.Report, SameJob)
        .Rule("back-is-refunded", "What is put back, handed back or parked has its attempt refunded.",
            (b, a) => a.Deed is Deed.PutBack or Deed.HandBack or Deed.Park && a.Answer == Answer.Applied, (b, a) => a.Attempt == b.Attempt - 1)
        .Rule("retry-is-counted", "A failed attempt stays counted.",
            (b, a) => a.Deed == Deed.Retry && a.Answer == Answer.Applied, (b, a) => a.Attempt == b.Attempt && a.State is Waiting or Delayed)
        .Rule("back-waits", "A job handed back waits, and may be claimed at once.",
            (b, a) => a.Deed == Deed.HandBack && a.Answer == Answer.Applied, (b, a) => a.State == Waiting && !a.IsParked)
        .Rule("park-parks", "A parked job waits in the lane of its name.",
            (b, a) => a.Deed == Deed.Park && a.Answer == Answer.Applied, (b, a) => a.State == Waiting && a.IsParked)
        .Rule("leave-is-no-stall", "A worker that leaves in good order hands its claim back: attempt refunded, no stall.",
            (b, a) => a.Deed == Deed.Leave && b.HandOf(a.Who) == Hand.Current,
            (b, a) => a.Attempt == b.Attempt - 1 && a.Stalls == b.Stalls && a.State is Waiting or Cancelled)
        .Rule("complete-was-held", "A job is completed only by the worker that holds its current claim.",
            (b, a) => a.State == Completed && b.State != Completed, (b, a) => a.Deed == Deed.Complete && b.HandOf(a.Who) == Hand.Current);

    private static void Counting(Spec<Life> spec, Bounds bounds) => spec
        .Invariant("attempts-bounded", "A job has no more attempts than the core allows.",
            life => life.Attempt >= 0 && life.Attempt <= bounds.Attempts)
        .Invariant("starts-bounded", "Starts never exceed attempts, for each manual retry anew, plus stalls and refunds.",
            life => life.Starts <= (bounds.Attempts * (1 + life.ManualRetries)) + life.LostClaims + life.Refunds)
        .Rule("attempt-kept", "An attempt is uncounted only by a refund, a recovery, a manual retry, or with the record.",
            (b, a) => a.Attempt < b.Attempt,
            (b, a) => a.Refunds > b.Refunds || a.LostClaims > b.LostClaims || a.ManualRetries > b.ManualRetries
                || a.State is null || a.Adds > b.Adds);

    private static void Holding(Spec<Life> spec) => spec
        .Invariant("one-claim", "At most one worker holds the current claim.", life => life.HandA != Hand.Current || life.HandB != Hand.Current)
        .Invariant("active-is-held", "A job is active exactly while a worker holds its current claim.",
            life => life.State == Active == (life.HandA == Hand.Current || life.HandB == Hand.Current))
        .Invariant("parked-waits", "Only a waiting job is parked.", life => !life.IsParked || life.State == Waiting)
        .Invariant("cancel-is-of-active", "Only an active job is asked to cancel.", life => !life.CancelRequested || life.State == Active);

    private static void Recovering(Spec<Life> spec, Bounds bounds) => spec
        .Rule("recover-late-only", "A claim is taken back only from a worker whose lease is over.",
            (b, a) => a.LostClaims > b.LostClaims,
            (b, a) => a.Deed == Deed.Recover && ((b.HandA == Hand.Current && b.IsLateA) || (b.HandB == Hand.Current && b.IsLateB)))
        .Rule("recover-takes-all", "Recovery leaves no claim with a worker whose lease is over.",
            (b, a) => a.Deed == Deed.Recover && (b.IsLateA || b.IsLateB),
            (b, a) => !(b.IsLateA && a.HandA == Hand.Current) && !(b.IsLateB && a.HandB == Hand.Current) && !a.IsLateA && !a.IsLateB)
        .Rule("recover-counts", "A claim taken back counts one stall and refunds the attempt.",
            (b, a) => a.LostClaims > b.LostClaims, (b, a) => a.Stalls == b.Stalls + 1 && a.Attempt == b.Attempt - 1)
        .Rule("stall-counts-recovery", "Nothing but recovery counts a stall.", (b, a) => a.Stalls > b.Stalls, (b, a) => a.Deed == Deed.Recover)
        .Rule("recover-fails", "A job that stalls once too often fails, one that does not waits again.",
            (b, a) => a.LostClaims > b.LostClaims && !b.CancelRequested, (b, a) => a.State == (b.Stalls == bounds.Stalls ? Failed : Waiting))
        .Rule("late-is-alive", "A renewal before anybody noticed saves the claim.",
            (b, a) => a.Deed == Deed.Renew, (b, a) => SameJob(b, a) && a.HandOf(a.Who) == b.HandOf(a.Who));

    private static void Ending(Spec<Life> spec) => spec
        .Rule("end-is-final", "A final state is left only by a manual retry, by removal, or, when cancelled, by a new add.",
            (b, a) => b.IsFinal && a.State != b.State,
            (b, a) => a.Deed is Deed.ManualRetry or Deed.Remove || (a.Deed == Deed.Add && b.State == Cancelled))
        .Rule("expire-when-over", "Only a job that waits or is delayed expires, and only after its time-to-live.",
            (b, a) => a.State == Expired && b.State != Expired, (b, a) => b.State is Waiting or Delayed && b.IsOver)
        .Rule("over-expires", "Housekeeping expires every job that may no longer start.",
            (b, a) => a.Deed == Deed.Maintain && b.IsOver && b.State is Waiting or Delayed, (b, a) => a.State == Expired)
        .Rule("cancel-is-kept", "A running job that was asked to cancel ends cancelled, whatever becomes of it, unless it is removed.",
            (b, a) => b.CancelRequested && a.State != Active, (b, a) => a.State is Cancelled or null)
        .Rule("cancel-stands", "A cancel request stands until the job leaves its worker.",
            (b, a) => b.CancelRequested && a.State == Active, (b, a) => a.CancelRequested)
        .Rule("cancel-at-once", "A job that does not run is cancelled at once.",
            (b, a) => a.Deed == Deed.Cancel && b.State is Waiting or Delayed, (b, a) => a.State == Cancelled && a.Answer == Answer.Done)
        .Rule("cancel-asks", "A running job is asked to cancel and keeps its claim.",
            (b, a) => a.Deed == Deed.Cancel && b.State == Active,
            (b, a) => a.Answer == Answer.Requested && a.State == Active && a.HandA == b.HandA && a.HandB == b.HandB);

    private static void Administering(Spec<Life> spec) => spec
        .Rule("refused-changes-nothing", "A command that is refused changes nothing.",
            (b, a) => a.Answer is Answer.WrongState or Answer.NotFound or Answer.Duplicate, (b, a) => a == b)
        .Rule("id-stays-taken", "An id stays taken as long as it has a record that is not cancelled.",
            (b, a) => a.Deed == Deed.Add && b.State is not (null or Cancelled), (b, a) => a.Answer == Answer.Duplicate)
        .Rule("add-is-new", "A new add of a freed id begins from nothing and is held by nobody.",
            (b, a) => a.Adds > b.Adds,
            (b, a) => a is { Attempt: 0, Stalls: 0, CancelRequested: false, IsParked: false, State: Waiting or Delayed }
                && a.HandA != Hand.Current && a.HandB != Hand.Current)
        .Rule("remove-removes", "A removal leaves no job and no current claim.",
            (b, a) => a.Deed == Deed.Remove, (b, a) => a.State is null && a.HandA != Hand.Current && a.HandB != Hand.Current)
        .Rule("retry-is-anew", "A manual retry waits, with attempts and stalls from nothing and its time-to-live anew.",
            (b, a) => a.ManualRetries > b.ManualRetries,
            (b, a) => b.IsFinal && a is { State: Waiting, Attempt: 0, Stalls: 0, IsOver: false } && a.HasTimeToLive == b.HasTimeToLive)
        .Rule("promote-waits", "A promoted job waits at once.", (b, a) => a.Deed == Deed.Promote && b.State == Delayed, (b, a) => a.State == Waiting)
        .Rule("put-off-is-delayed", "A job put off is delayed anew.",
            (b, a) => a.Deed == Deed.PutOff && b.State is Waiting or Delayed, (b, a) => a.State == Delayed && a.DueIn == Life.Delay && !a.IsParked)
        .Rule("pause-disturbs-nothing", "To pause or to resume a queue changes no job and no claim.",
            (b, a) => a.Deed is Deed.Pause or Deed.Resume, (b, a) => SameJob(b, a) && a.HandA == b.HandA && a.HandB == b.HandB);

    private static void Passing(Spec<Life> spec) => spec
        .Rule("time-changes-no-state", "Time alone changes no state, no attempt and no claim.",
            (b, a) => a.Deed is Deed.Time or Deed.Stall,
            (b, a) => a.State == b.State && a.Attempt == b.Attempt && a.Stalls == b.Stalls && a.HandA == b.HandA && a.HandB == b.HandB
                && a.IsParked == b.IsParked && a.CancelRequested == b.CancelRequested)
        .Rule("time-to-live-runs", "A time-to-live runs while the job waits, is delayed or runs.",
            (b, a) => a.Deed is Deed.Time or Deed.Stall && b.State is Waiting or Delayed or Active && b is { HasTimeToLive: true, IsOver: false },
            (b, a) => a.TtlIn == b.TtlIn - 1);

    private static void Reaching(Spec<Life> spec, Bounds bounds) => spec
        .Reachable("reach-poison", "A job that stalls too often is found failed.", life => life.State == Failed && life.Stalls > bounds.Stalls)
        .Reachable("reach-old-token", "A worker may still hold a claim of the record that had the id before.",
            life => life.Adds == 2 && life.State == Active && (life.HandA == Hand.Stale || life.HandB == Hand.Stale))
        .Reachable("reach-late-holder", "A worker whose lease is over may still hold its claim.", life => life.IsLateA && life.HandA == Hand.Current)
        .Reachable("reach-expired-retry", "A job may expire between two attempts.", life => life.State == Expired && life.Attempt == 1);

    private static bool Claimed(Life before, Life after) => after.Answer == Answer.Claimed;

    /// <summary>The job, its queue and its current claims are as they were.</summary>
    private static bool SameJob(Life before, Life after)
    {
        for (int worker = 0; worker < 2; worker++)
        {
            if (after.HandOf(worker) == Hand.Current != (before.HandOf(worker) == Hand.Current))
                return false;
        }

        return JobOf(after) == JobOf(before);
    }

    private static Life JobOf(Life life) => life with { HandA = Hand.Empty, HandB = Hand.Empty, IsLateA = false, IsLateB = false, IsPaused = false };
}
