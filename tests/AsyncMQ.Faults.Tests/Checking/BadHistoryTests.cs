namespace AsyncMQ.Faults.Tests.Checking;

/// <summary>The checker is the judge of all fault tests: here it must find each crime, and name it.</summary>
public sealed class BadHistoryTests
{
    [Fact]
    public void An_acknowledged_job_that_the_store_does_not_know_is_lost() =>
        Reject(History.Of("a"), "acknowledged, but the store does not know it");

    [Fact]
    public void A_job_that_waits_for_ever_has_not_ended() =>
        Reject(History.Of("a").Is(JobState.Waiting), "has not ended, it is Waiting");

    [Fact]
    public void A_job_left_active_by_a_killed_worker_has_not_ended() =>
        Reject(History.Of("a").Claimed("t1", 10).Started("t1", 10).Killed(10).Is(JobState.Active), "has not ended, it is Active");

    [Fact]
    public void A_completed_job_that_never_ran_was_not_completed_by_anyone() =>
        Reject(History.Of("a").Completed(null), "completed by a run that never was");

    [Fact]
    public void A_result_of_an_unknown_claim_is_nobodys() =>
        Reject(History.Of("a").Ran("t1", 10).Completed("t9"), "completed by a run that never was (t9)");

    [Fact]
    public void A_run_that_did_not_get_to_its_end_cannot_complete_the_job() =>
        Reject(History.Of("a").Claimed("t1", 10).Started("t1", 10).Killed(10).Completed("t1"), "did not get to its end");

    [Fact]
    public void A_completed_job_must_not_run_again() =>
        Reject(History.Of("a").Ran("t1", 10).Settled("t1", 10).Ran("t2", 11).Completed("t1"), "after the completion of the run t1");

    [Fact]
    public void A_completed_job_must_not_run_again_even_when_its_worker_is_killed_later() =>
        Reject(History.Of("a").Ran("t1", 10).Settled("t1", 10).Killed(10).Ran("t2", 11).Settled("t2", 11).Completed("t2"), "after the completion of the run t1");

    [Fact]
    public void A_job_must_not_be_claimed_while_a_living_worker_has_it() =>
        Reject(History.Of("a").Claimed("t1", 10).Started("t1", 10).Ran("t2", 11).Settled("t2", 11).GaveUp("t1", 10).Completed("t2"), "neither killed nor paused");

    [Fact]
    public void A_job_must_not_be_taken_from_a_worker_before_it_is_killed() =>
        Reject(History.Of("a").Claimed("t1", 10).Started("t1", 10).Claimed("t2", 11).Killed(10).Started("t2", 11).Ended("t2", 11).Completed("t2"), "neither killed nor paused");

    [Fact]
    public void The_kill_of_another_process_excuses_nothing() =>
        Reject(History.Of("a").Ran("t1", 10).Killed(12).Ran("t2", 11).Completed("t2"), "neither killed nor paused");

    [Fact]
    public void A_pause_that_was_over_before_the_claim_excuses_nothing() =>
        Reject(History.Of("a").Paused(10).Resumed(10).Ran("t1", 10).Ran("t2", 11).Completed("t2"), "neither killed nor paused");

    [Fact]
    public void A_paused_worker_must_not_settle_what_another_has_taken_over() =>
        Reject(History.Of("a").Claimed("t1", 10).Started("t1", 10).Paused(10).Ran("t2", 11).Resumed(10).Ended("t1", 10).Settled("t1", 10).Completed("t1"), "was accepted after the run t2");

    [Fact]
    public void A_late_result_must_not_replace_the_accepted_one() =>
        Reject(History.Of("a").Claimed("t1", 10).Started("t1", 10).Paused(10).Ran("t2", 11).Settled("t2", 11).Resumed(10).Ended("t1", 10).Completed("t1"), "though a newer one had the job");

    [Fact]
    public void A_refused_completion_must_not_have_an_effect() =>
        Reject(History.Of("a").Ran("t1", 10).Refused("t1", 10).Completed("t1"), "whose completion was refused");

    [Fact]
    public void A_completion_cannot_be_both_accepted_and_refused() =>
        Reject(History.Of("a").Ran("t1", 10).Settled("t1", 10).Refused("t1", 10).Completed("t1"), "contradicts");

    [Fact]
    public void Two_claims_of_a_job_cannot_both_be_settled() =>
        Reject(History.Of("a").Ran("t1", 10).Killed(12).Ran("t2", 11).Settled("t1", 10).Settled("t2", 11).Completed("t2"), "had the job");

    [Fact]
    public void One_claim_must_not_run_twice() =>
        Reject(History.Of("a").Claimed("t1", 10).Started("t1", 10).Started("t1", 10).Ended("t1", 10).Completed("t1"), "contradicts");

    [Fact]
    public void One_claim_must_not_be_given_to_two_processes() =>
        Reject(History.Of("a").Claimed("t1", 10).Claimed("t1", 11).Started("t1", 11).Ended("t1", 11).Completed("t1"), "contradicts");

    [Fact]
    public void A_run_without_a_claim_was_made_up() =>
        Reject(History.Of("a").Started("t1", 10).Ended("t1", 10).Completed("t1"), "a claim that nobody was given");

    [Fact]
    public void The_dead_do_not_write() =>
        Reject(History.Of("a").Claimed("t1", 10).Killed(10).Started("t1", 10).Ran("t2", 11).Completed("t2"), "after its death");

    [Fact]
    public void A_failed_job_cannot_have_had_its_completion_accepted() =>
        Reject(History.Of("a").Ran("t1", 10).Settled("t1", 10).Is(JobState.Failed), "though the completion");

    [Fact]
    public void A_claim_must_not_vanish_in_a_living_process() =>
        Reject(History.Of("a").Claimed("t1", 10).Is(JobState.Failed), "has no end");

    [Fact]
    public void A_job_that_finished_must_not_be_handed_back() =>
        Reject(History.Of("a").Ran("t1", 10).Handed("t1", 10).Ran("t2", 11).Completed("t2"), "contradicts");

    [Fact]
    public void A_stopping_worker_must_not_hand_back_too_early() =>
        Reject(History.Of("a").Claimed("t1", 10).Started("t1", 10).Claimed("t2", 11).GaveBack("t1", 10).Started("t2", 11).Ended("t2", 11).Completed("t2"), "neither killed nor paused");

    [Fact]
    public void A_lost_or_handed_back_attempt_is_refunded() =>
        Reject(History.Of("a").Claimed("t1", 10).Killed(10).Claimed("t2", 11, attempt: 2).Started("t2", 11).Ended("t2", 11).Completed("t2"), "was not refunded");

    [Fact]
    public void A_job_that_ran_must_be_in_the_store() =>
        Reject(new History().Ran("t1", 10).Settled("t1", 10), "was claimed, but the store does not know it");

    [Fact]
    public void Kills_of_other_jobs_do_not_hide_a_lost_one() =>
        Reject(History.Of("a").Acked("b").Claimed("t1", 10, "b").Killed(10).Ran("t2", 11, "b").Settled("t2", 11, "b").Completed("t2", "b"), "a: its add was acknowledged");

    [Fact]
    public void A_run_that_failed_cannot_complete_its_job() =>
        Reject(History.Of("a").Claimed("t1", 10).Started("t1", 10).Threw("t1", 10).Completed("t1"), "did not get to its end");

    private static void Reject(History history, string reason) =>
        Assert.Contains(history.Check(), violation => violation.Contains(reason, StringComparison.Ordinal));
}
