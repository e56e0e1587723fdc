using AsyncMQ.Conformance.Histories;

namespace AsyncMQ.Tests.Histories;

/// <summary>The checker of histories is itself checked: it refuses histories that no correct store could have, and takes those that one could.</summary>
public class HistoryCheckTests
{
    private static readonly SessionId One = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly SessionId Other = new(new Guid(2, 0, 0, new byte[8]));

    private long moment;

    [Fact]
    public void A_plain_life_is_legal() => Legal(Add("a"), Claim("a", T(1)), Settle("a", T(1)), Read("a", JobState.Completed));

    [Fact]
    public void A_retry_and_a_hand_back_are_legal() => Legal(
        Add("a"),
        Claim("a", T(1)),
        Settle("a", T(1), SettlementKind.Retry),
        Claim("a", T(2), 2),
        Settle("a", T(2), SettlementKind.HandBack),
        Claim("a", T(3), 2),
        Settle("a", T(3), SettlementKind.Fail),
        Read("a", JobState.Failed));

    [Fact]
    public void A_late_settlement_that_is_lost_is_legal() => Legal(
        Add("a"), Claim("a", T(1)), Recover("a", JobState.Waiting, 1), Claim("a", T(2)), Settle("a", T(1), outcome: SettleOutcome.Lost), Settle("a", T(2)));

    [Fact]
    public void Calls_at_one_time_may_take_effect_in_either_order()
    {
        Legal(
            Add("a"),
            Claim("a", T(1)),
            Over(10, 20, Cancel("a", JobChangeOutcome.Requested)),
            Over(11, 19, Settle("a", T(1), outcome: SettleOutcome.Cancelled)));
        moment = 0;
        Legal(Add("a"), Claim("a", T(1)), Over(10, 20, Cancel("a", JobChangeOutcome.WrongState)), Over(11, 19, Settle("a", T(1))));
    }

    [Fact]
    public void An_id_that_was_cancelled_may_be_added_again() => Legal(
        Add("a"), Cancel("a", JobChangeOutcome.Done), Add("a"), Claim("a", T(1)), Settle("a", T(1)), Add("a", AddOutcome.Duplicate));

    [Fact]
    public void A_deduplication_id_may_pass_from_job_to_job() => Legal(
        Add("a", id: "d"), Add("b", AddOutcome.Deduplicated, "d", "a"), Claim("a", T(1)), Settle("a", T(1)), Add("c", id: "d"));

    [Fact]
    public void A_claim_that_was_asked_before_the_pause_was_answered_is_legal() => Legal(Add("a"), Over(10, 20, Pause()), Over(15, 30, Claim("a", T(1))));

    [Fact]
    public void A_lost_add_is_refused() => Illegal(Add("a"), Read("a", null));

    [Fact]
    public void A_job_from_nowhere_is_refused() => Illegal(Claim("a", T(1)));

    [Fact]
    public void Two_creations_of_one_id_are_refused() => Illegal(Over(1, 10, Add("a")), Over(2, 9, Add("a")));

    [Fact]
    public void A_duplicate_of_nothing_is_refused() => Illegal(Add("a", AddOutcome.Duplicate), Read("a", null));

    [Fact]
    public void Two_claims_at_one_time_are_refused() => Illegal(Add("a"), Over(10, 20, Claim("a", T(1))), Over(11, 19, Claim("a", T(2))));

    [Fact]
    public void A_claim_of_a_job_that_is_held_is_refused() => Illegal(Add("a"), Claim("a", T(1)), Claim("a", T(2), 2));

    [Fact]
    public void A_token_given_twice_is_refused() => Illegal(
        Add("a"), Claim("a", T(1)), Settle("a", T(1), SettlementKind.Retry), Claim("a", T(1), 2), Settle("a", T(1), SettlementKind.Retry));

    [Fact]
    public void Two_accepted_ends_of_one_claim_are_refused() => Illegal(
        Add("a"), Claim("a", T(1)), Over(10, 20, Settle("a", T(1))), Over(11, 19, Settle("a", T(1), SettlementKind.Fail)));

    [Fact]
    public void An_end_accepted_from_an_old_token_is_refused() => Illegal(
        Add("a"), Claim("a", T(1)), Recover("a", JobState.Waiting, 1), Claim("a", T(2)), Settle("a", T(1)));

    [Fact]
    public void An_end_under_a_token_that_nobody_was_given_is_refused() => Illegal(Add("a"), Claim("a", T(1)), Settle("a", T(9)));

    [Fact]
    public void A_current_settlement_called_lost_is_refused() => Illegal(Add("a"), Claim("a", T(1)), Settle("a", T(1), outcome: SettleOutcome.Lost));

    [Fact]
    public void A_claim_of_a_completed_job_is_refused() => Illegal(Add("a"), Claim("a", T(1)), Settle("a", T(1)), Claim("a", T(2), 2));

    [Fact]
    public void An_attempt_that_is_not_counted_is_refused() => Illegal(
        Add("a"), Claim("a", T(1)), Settle("a", T(1), SettlementKind.Retry), Claim("a", T(2), 1));

    [Fact]
    public void A_completion_after_an_answered_cancel_is_refused() => Illegal(
        Add("a"), Claim("a", T(1)), Cancel("a", JobChangeOutcome.Requested), Settle("a", T(1)));

    [Fact]
    public void A_start_after_an_answered_cancel_is_refused() => Illegal(Add("a"), Cancel("a", JobChangeOutcome.Done), Claim("a", T(1)));

    [Fact]
    public void A_recovery_that_counts_no_stall_is_refused() => Illegal(
        Add("a"), Claim("a", T(1)), Recover("a", JobState.Waiting, 1), Claim("a", T(2)), Recover("a", JobState.Waiting, 1));

    [Fact]
    public void A_recovery_beyond_the_stalls_allowed_is_refused() => Illegal(
        Add("a"), Claim("a", T(1)), Recover("a", JobState.Waiting, 1), Claim("a", T(2)), Recover("a", JobState.Waiting, 2));

    [Fact]
    public void A_claim_taken_back_twice_is_refused() => Illegal(
        Add("a"), Claim("a", T(1)), Over(10, 20, Recover("a", JobState.Waiting, 1)), Over(11, 21, Recover("a", JobState.Failed, 2)));

    [Fact]
    public void Two_owners_of_one_deduplication_id_are_refused() => Illegal(Over(1, 10, Add("a", id: "d")), Over(2, 9, Add("b", id: "d")));

    [Fact]
    public void A_suppression_by_a_job_that_has_ended_is_refused() => Illegal(
        Add("a", id: "d"), Claim("a", T(1)), Settle("a", T(1)), Add("b", AddOutcome.Deduplicated, "d", "a"));

    [Fact]
    public void A_suppression_that_names_another_job_is_refused() => Illegal(
        Add("a", id: "d"), Add("b", AddOutcome.Deduplicated, "d", "z"));

    [Fact]
    public void A_manual_retry_past_another_owner_is_refused() => Illegal(
        Add("a", id: "d"), Claim("a", T(1)), Settle("a", T(1)), Add("b", id: "d"), Retry("a", JobChangeOutcome.Done));

    [Fact]
    public void A_claim_asked_after_an_answered_pause_is_refused() => Illegal(Add("a"), Pause(), Claim("a", T(1)));

    [Fact]
    public void A_removed_job_that_is_seen_again_is_refused() => Illegal(Add("a"), Remove("a", JobChangeOutcome.Done), Read("a", JobState.Waiting));

    [Fact]
    public void First_in_first_out_is_legal_and_the_reverse_is_refused()
    {
        Assert.Empty(HistoryCheck.Order([Add("a"), Add("b"), Claim("a", T(1)), Claim("b", T(2))]));
        Assert.NotEmpty(HistoryCheck.Order([Add("a"), Add("b"), Claim("b", T(1)), Claim("a", T(2))]));
    }

    [Fact]
    public void A_job_of_lower_priority_ahead_of_one_that_was_there_is_refused()
    {
        Assert.Empty(HistoryCheck.Order([Add("a", priority: 5), Over(2, 4, Add("b", priority: 1)), Over(3, 5, Claim("a", T(1))), Claim("b", T(2))]));
        moment = 10;
        Assert.NotEmpty(HistoryCheck.Order([Add("a", priority: 5), Add("b", priority: 1), Claim("a", T(1)), Claim("b", T(2))]));
    }

    private static ClaimToken T(long sequence) => new(sequence % 2 == 0 ? Other : One, 1, sequence);

    private static void Legal(params Happening[] happenings) => Assert.Empty(HistoryCheck.Of(happenings));

    private static void Illegal(params Happening[] happenings) => Assert.NotEmpty(HistoryCheck.Of(happenings));

    private static Happening Over(long invoked, long returned, Happening happening) => happening with { Invoked = invoked, Returned = returned };

    private Happening New(Act act, string id) => new(act, id, ++moment, ++moment);

    private Happening Add(string job, AddOutcome outcome = AddOutcome.Created, string? id = null, string? owner = null, int priority = 5) =>
        New(Act.Add, job) with { Added = outcome, DeduplicationId = id, Owner = owner, Priority = priority };

    private Happening Claim(string job, ClaimToken token, int attempt = 1) => New(Act.Claim, job) with { Token = token, Attempt = attempt };

    private Happening Settle(
        string job, ClaimToken token, SettlementKind kind = SettlementKind.Complete, SettleOutcome outcome = SettleOutcome.Applied) =>
        New(Act.Settle, job) with { Token = token, Kind = kind, Settled = outcome };

    private Happening Cancel(string job, JobChangeOutcome outcome) => New(Act.Cancel, job) with { Administered = outcome };

    private Happening Remove(string job, JobChangeOutcome outcome) => New(Act.Remove, job) with { Administered = outcome };

    private Happening Retry(string job, JobChangeOutcome outcome) => New(Act.Retry, job) with { Administered = outcome };

    private Happening Recover(string job, JobState state, int stalls) => New(Act.Recover, job) with { State = state, Stalls = stalls };

    private Happening Read(string job, JobState? state) => New(Act.Read, job) with { State = state };

    private Happening Pause() => New(Act.Pause, "");
}
