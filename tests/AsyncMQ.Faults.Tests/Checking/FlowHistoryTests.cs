using static AsyncMQ.OnDependencyFailure;

namespace AsyncMQ.Faults.Tests.Checking;

/// <summary>The judge of flows: what may be is accepted, and each crime is named.</summary>
public sealed class FlowHistoryTests
{
    private static History One => new History().Node("a").Ran("t1", 10);

    private static History Two => One.Completed("t1").Node("b", after: "a");

    private static History Broken => new History().Failing("a").Claimed("t1", 10).Started("t1", 10).Threw("t1", 10).Is(JobState.Failed, error: "UnrecoverableJobException");

    [Fact]
    public void A_node_may_run_when_its_dependency_has_ended_also_before_that_is_written_down() =>
        Accept(Two.Ran("t2", 11, "b").Settled("t1", 10).Completed("t2", "b", given: "a=t1"));

    [Fact]
    public void A_dependency_may_run_twice_before_the_node_does() =>
        Accept(new History().Node("a").Claimed("t0", 9).Started("t0", 9).Killed(9).Ran("t1", 10).Completed("t1").Node("b", after: "a").Ran("t2", 11, "b").Completed("t2", "b", given: "a=t1"));

    [Fact]
    public void The_late_end_of_a_run_that_was_taken_over_changes_nothing() =>
        Accept(new History().Node("a").Claimed("t0", 9).Started("t0", 9).Paused(9).Ran("t1", 10).Completed("t1").Node("b", after: "a")
            .Ran("t2", 11, "b").Resumed(9).Ended("t0", 9).Refused("t0", 9).Completed("t2", "b", given: "a=t1"));

    [Fact]
    public void Results_may_be_handed_over_in_any_order() =>
        Accept(Two.Ran("t2", 11, "b").Completed("t2", "b", given: "a=t1").Node("c", Fail, "a", "b").Ran("t3", 12, "c").Completed("t3", "c", given: "b=t2,a=t1"));

    [Fact]
    public void A_node_that_goes_on_without_a_failed_dependency_is_told_its_state() =>
        Accept(Broken.Node("b", Continue, "a").Ran("t2", 11, "b").Completed("t2", "b", given: "a=Failed"));

    [Fact]
    public void A_node_that_never_runs_fails_those_behind_it() =>
        Accept(Broken.Node("b", after: "a").Is(JobState.Failed, id: "b", error: "DependencyFailed").Node("c", Continue, "b").Ran("t3", 12, "c").Completed("t3", "c", given: "b=Failed"));

    [Fact]
    public void A_node_that_never_runs_adds_nothing() =>
        Accept(Broken.Node("b", after: "a").Is(JobState.Failed, id: "b", error: "DependencyFailed").Grown("c", by: "b"));

    [Fact]
    public void What_a_node_adds_to_its_flow_is_there_once_it_has_run() =>
        Reject(One.Completed("t1").Grown("b", by: "a"), "the store does not know it");

    [Fact]
    public void What_a_node_that_never_runs_would_add_is_not_there() =>
        Reject(Broken.Node("b", after: "a").Is(JobState.Failed, id: "b", error: "DependencyFailed").Grown("c", by: "b").Is(JobState.Waiting, id: "c"), "which adds it, never ran");

    [Fact]
    public void A_node_must_not_be_claimed_before_its_dependency_has_ended() =>
        Reject(new History().Node("a").Claimed("t1", 10).Started("t1", 10).Claimed("t2", 11, "b").Ended("t1", 10).Completed("t1").Node("b", after: "a")
            .Started("t2", 11, "b").Ended("t2", 11, "b").Completed("t2", "b", given: "a=t1"), "before its dependency a had ended");

    [Fact]
    public void The_end_of_a_run_that_did_not_count_releases_nothing() =>
        Reject(new History().Node("a").Ran("t0", 9).Killed(9).Ran("t2", 11, "b").Ran("t1", 10).Completed("t1").Node("b", after: "a").Completed("t2", "b", given: "a=t1"), "before its dependency a had ended");

    [Fact]
    public void A_node_must_not_go_on_before_the_first_cause_of_its_dependency_s_failure() =>
        Reject(new History().Failing("a").Claimed("t1", 10).Ran("t3", 12, "c").Started("t1", 10).Threw("t1", 10).Is(JobState.Failed, error: "UnrecoverableJobException")
            .Node("b", after: "a").Is(JobState.Failed, id: "b", error: "DependencyFailed").Node("c", Continue, "b").Completed("t3", "c", given: "b=Failed"), "before its dependency b had ended");

    [Fact]
    public void A_node_must_not_run_when_its_dependency_failed() =>
        Reject(Broken.Node("b", after: "a").Ran("t2", 11, "b").Is(JobState.Failed, id: "b", error: "DependencyFailed"), "though its dependency a did not complete");

    [Fact]
    public void A_node_that_waits_for_ever_has_not_met_its_fate() =>
        Reject(Two.Is(JobState.WaitingChildren, id: "b"), "is WaitingChildren");

    [Fact]
    public void A_node_that_should_have_gone_on_must_not_fail() =>
        Reject(Broken.Node("b", Continue, "a").Is(JobState.Failed, id: "b", error: "DependencyFailed"), "its fate is Completed");

    [Fact]
    public void A_node_that_failed_by_itself_did_not_fail_by_a_dependency() =>
        Reject(Broken.Node("b", after: "a").Is(JobState.Failed, id: "b", error: "Stalled"), "its error is Stalled");

    [Fact]
    public void A_result_of_another_run_is_not_the_dependency_s() =>
        Reject(Two.Ran("t2", 11, "b").Completed("t2", "b", given: "a=t0"), "was handed a=t0");

    [Fact]
    public void A_result_must_not_be_missing() =>
        Reject(Two.Ran("t2", 11, "b").Completed("t2", "b"), "was handed ");

    [Fact]
    public void A_node_must_not_be_lost() => Reject(Two, "the store does not know it");

    private static void Accept(History history) => Assert.Empty(history.CheckFlow());

    private static void Reject(History history, string reason) =>
        Assert.Contains(history.CheckFlow(), violation => violation.Contains(reason, StringComparison.Ordinal));
}
