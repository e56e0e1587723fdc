namespace AsyncMQ.Faults.Tests.Checking;

/// <summary>What may happen must not be taken for a crime.</summary>
public sealed class GoodHistoryTests
{
    [Fact]
    public void A_job_that_runs_once_is_well() =>
        Accept(History.Of("a").Ran("t1", 10).Settled("t1", 10).Completed("t1"));

    [Fact]
    public void A_job_in_flight_at_a_kill_runs_again() =>
        Accept(History.Of("a").Claimed("t1", 10).Started("t1", 10).Killed(10).Ran("t2", 11).Settled("t2", 11).Completed("t2"));

    [Fact]
    public void A_job_that_had_ended_but_was_not_settled_at_a_kill_runs_again() =>
        Accept(History.Of("a").Ran("t1", 10).Killed(10).Ran("t2", 11).Settled("t2", 11).Completed("t2"));

    [Fact]
    public void A_job_settled_in_the_last_moment_does_not_run_again_though_nobody_wrote_it_down() =>
        Accept(History.Of("a").Ran("t1", 10).Killed(10).Completed("t1"));

    [Fact]
    public void A_job_may_be_hit_by_kill_after_kill() =>
        Accept(History.Of("a").Claimed("t1", 10).Killed(10).Claimed("t2", 11).Started("t2", 11).Killed(11).Ran("t3", 12).Killed(12).Ran("t4", 13).Settled("t4", 13).Completed("t4"));

    [Fact]
    public void A_producer_killed_before_its_acknowledgement_may_still_have_added_the_job() =>
        Accept(new History().Killed(1).Ran("t1", 10).Settled("t1", 10).Completed("t1"));

    [Fact]
    public void A_paused_worker_may_finish_late_when_it_is_refused() =>
        Accept(History.Of("a").Claimed("t1", 10).Started("t1", 10).Paused(10).Ran("t2", 11).Settled("t2", 11).Resumed(10).Ended("t1", 10).Refused("t1", 10).Completed("t2"));

    [Fact]
    public void A_paused_worker_may_be_told_and_say_nothing() =>
        Accept(History.Of("a").Claimed("t1", 10).Started("t1", 10).Paused(10).Ran("t2", 11).Settled("t2", 11).Resumed(10).GaveUp("t1", 10).Completed("t2"));

    [Fact]
    public void A_job_claimed_ahead_may_begin_on_a_paused_worker_that_does_not_know_yet() =>
        Accept(History.Of("a").Claimed("t1", 10).Paused(10).Ran("t2", 11).Settled("t2", 11).Resumed(10).Started("t1", 10).Ended("t1", 10).Refused("t1", 10).Completed("t2"));

    [Fact]
    public void A_job_handed_back_runs_again() =>
        Accept(History.Of("a").Claimed("t1", 10).Started("t1", 10).GaveBack("t1", 10).Handed("t1", 10).Ran("t2", 11).Settled("t2", 11).Completed("t2"));

    [Fact]
    public void The_word_that_a_job_was_handed_back_may_be_written_late() =>
        Accept(History.Of("a").Claimed("t1", 10).Claimed("t2", 11).Handed("t1", 10).Started("t2", 11).Ended("t2", 11).Settled("t2", 11).Completed("t2"));

    [Fact]
    public void An_answer_may_be_given_twice() =>
        Accept(History.Of("a").Claimed("t1", 10).Ran("t1", 10).Settled("t1", 10).Settled("t1", 10).Completed("t1"));

    [Fact]
    public void A_job_that_takes_its_workers_with_it_may_fail() =>
        Accept(History.Of("a").Claimed("t1", 10).Started("t1", 10).Died(10).Claimed("t2", 11).Started("t2", 11).Died(11).Is(JobState.Failed));

    [Fact]
    public void A_job_whose_handler_failed_it_may_be_failed() =>
        Accept(History.Of("a").Claimed("t1", 10).Started("t1", 10).Threw("t1", 10).Is(JobState.Failed));

    private static void Accept(History history) => Assert.Empty(history.Check());
}
