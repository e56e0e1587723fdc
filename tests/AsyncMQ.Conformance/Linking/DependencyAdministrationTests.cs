using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance;

/// <summary>
/// What every command on a dependency means to its dependents, and on a dependent to itself: the second table of docs/operations.md. Source: F-08, F-13.
/// </summary>
public abstract class DependencyAdministrationTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    public static TheoryData<JobCommand, bool> EveryCommand =>
        [.. from command in Enum.GetValues<JobCommand>() from reopened in (bool[])[false, true] select (command, reopened)];

    [Theory]
    [MemberData(nameof(EveryCommand))]
    public async Task Every_command_does_to_one_that_waits_for_others_what_the_table_says(JobCommand command, bool reopened)
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"));
        await Perhaps(reopened);
        (JobChangeOutcome outcome, JobState? after) = command switch
        {
            JobCommand.Remove => (JobChangeOutcome.Done, null),
            JobCommand.Cancel => (JobChangeOutcome.Done, JobState.Cancelled),
            JobCommand.Watch => (JobChangeOutcome.Done, JobState.WaitingChildren),
            _ => (JobChangeOutcome.WrongState, (JobState?)JobState.WaitingChildren),
        };

        JobChangeReply reply = command == JobCommand.Reschedule ? await Store.Reschedule("b", 1.Hours()) : await Store.Do(command, "b");

        Assert.Equal(new JobChangeReply(outcome, JobState.WaitingChildren), reply);
        Assert.Equal(after, await Store.StateOf("b"));
        await Perhaps(reopened);
        await Store.End("a");
        Assert.Equal(after == JobState.WaitingChildren ? JobState.Waiting : after, await Store.StateOf("b"));
    }

    [Theory]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.Expired)]
    [InlineData(JobState.Cancelled)]
    [InlineData(null)]
    public async Task A_person_can_release_one_that_waits_for_what_will_not_complete(JobState? way)
    {
        await Store.AddBulk(Job("a").ToEndAs(way), Job("b"));
        await Store.Add(Job("c").DependsOn("a", "b").OnDependencyFailure(OnDependencyFailure.Wait).Delayed(1.Hours()).ToLive(2.Hours()));
        await Store.End("a", way);
        JobRecord before = await Store.Get("c");
        Assert.Equal(new JobChangeReply(JobChangeOutcome.WrongState, JobState.WaitingChildren), await Store.Do(JobCommand.Promote, "c"));
        Assert.Equivalent(before, await Store.Get("c"));
        await Store.End("b");

        Assert.Equal(new JobChangeReply(JobChangeOutcome.Done, JobState.WaitingChildren), await Store.Do(JobCommand.Promote, "c"));

        JobRecord released = await Store.Get("c");
        Assert.Equal((JobState.Delayed, "a Broken, b Satisfied"), (released.State, await Store.DependenciesOf("c")));
        Assert.InRange(released.ExpiresAt!.Value - released.DueAt!.Value, 1.Hours() - 1.Milliseconds(), 1.Hours() + 1.Milliseconds());
        await Store.Do(JobCommand.Promote, "c");
        Assert.Equal(["c"], (await (await Store.OpenWorker()).Claim(1)).Ids());
    }

    [Theory]
    [InlineData(OnDependencyFailure.Fail, JobChangeOutcome.WrongState, JobState.Failed)]
    [InlineData(OnDependencyFailure.Continue, JobChangeOutcome.WrongState, JobState.Waiting)]
    [InlineData(OnDependencyFailure.Wait, JobChangeOutcome.Done, JobState.Waiting)]
    public async Task One_about_to_be_decided_needs_no_release(OnDependencyFailure policy, JobChangeOutcome outcome, JobState state)
    {
        await Store.AddBulk(Job("a").ToLive(1.Hours()), Job("b").DependsOn("a").OnDependencyFailure(policy));
        await Store.Advance(2.Hours());
        await (await Store.OpenWorker()).Claim(1); // expires it, and leaves the spreading to the next step
        Assert.Equal((JobState.Expired, JobState.WaitingChildren), (await Store.StateOf("a"), await Store.StateOf("b")));

        Assert.Equal(outcome, (await Store.Do(JobCommand.Promote, "b")).Outcome);

        Assert.Equal(state, await Store.StateOf("b"));
    }

    [Fact]
    public async Task Removing_a_dependent_frees_its_id_and_leaves_the_dependency_alone()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a").WithCustomId());
        await Store.Do(JobCommand.Remove, "b");
        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("b").WithCustomId())).Outcome);
        await Store.End("a");

        Assert.Equal((JobState.Completed, JobState.Waiting), (await Store.StateOf("a"), await Store.StateOf("b")));
        Assert.Equal("", await Store.DependenciesOf("b"));
    }

    [Fact]
    public async Task A_cancelled_dependent_gives_way_to_a_new_add_that_depends_on_something_else()
    {
        await Store.AddBulk(Job("a"), Job("b"), Job("c").DependsOn("a").WithCustomId());
        await Store.Do(JobCommand.Cancel, "c");
        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("c").DependsOn("b").WithCustomId())).Outcome);
        await Store.End("a", JobState.Failed);
        Assert.Equal((JobState.WaitingChildren, "b Open"), (await Store.StateOf("c"), await Store.DependenciesOf("c")));
        await Store.End("b");

        Assert.Equal(JobState.Waiting, await Store.StateOf("c"));
    }

    [Fact]
    public async Task One_step_on_both_takes_each_as_it_stands_in_turn()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"));

        IReadOnlyList<JobChangeReply> replies = await Store.Administer(new()
        {
            Step = Store.NextAdministration(),
            Command = JobCommand.Cancel,
            Jobs = [new(DefaultQueue, "a"), new(DefaultQueue, "b")],
            Expected = JobStateSet.All,
        });

        Assert.Equal(new JobChangeReply(JobChangeOutcome.Done, JobState.WaitingChildren), replies[1]);
        Assert.Equal((JobState.Cancelled, "a Broken"), (await Store.StateOf("b"), await Store.DependenciesOf("b")));
    }

    [Fact]
    public async Task A_queue_goes_with_half_a_flow_and_the_other_half_hears_of_it()
    {
        await Store.AddBulk(Job("a"), Job("b").In("other").DependsOn("a"), Job("c").DependsOn(new JobRef("other", "b")));
        await Store.Do(new QueueCommand.Close(Force: false), "other");
        Assert.Equal(QueueReply.Busy, await Store.Do(new QueueCommand.Delete(), "other"));
        await Store.Do(JobCommand.Remove, "b", queue: "other");
        Assert.Equal(QueueReply.Done, await Store.Do(new QueueCommand.Delete(), "other"));

        Assert.Equal(JobState.Failed, await Store.StateOf("c"));
        Assert.Equal("b Broken", await Store.DependenciesOf("c"));
        await Store.End("a");
        Assert.Empty(await Store.Store.AuditAsync(Cancellation));
    }

    [Fact]
    public async Task Draining_a_queue_with_half_a_flow_removes_what_waits_there_and_what_depended_on_it_is_decided()
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.AddFlow(
            "f",
            Job("a"),
            Job("b").DependsOn("a"),
            Job("c").In("other").DependsOn("a").OnDependencyFailure(OnDependencyFailure.Continue),
            Job("d").In("other").DependsOn("a").OnDependencyFailure(OnDependencyFailure.Wait));

        Assert.Equal(1, await mq.Queue().DrainAsync());

        Assert.Equal((null, JobState.Failed), (await Store.StateOf("a"), await Store.StateOf("b")));
        Assert.Equal((JobState.Waiting, JobState.WaitingChildren), (await Store.StateOf("c", "other"), await Store.StateOf("d", "other")));
        Assert.Equal((3, 2, 0), await Store.CountsOf("f"));
        Assert.Equal(1, await mq.Queue("other").DrainAsync());
        Assert.Equal(JobState.WaitingChildren, await Store.StateOf("d", "other"));
    }

    [Fact]
    public async Task A_release_into_a_closed_queue_waits_there_to_be_removed()
    {
        await Store.AddBulk(Job("a"), Job("b").In("other").DependsOn("a"));
        await Store.Do(new QueueCommand.Close(Force: false), "other");
        await Store.End("a");

        Assert.Equal(JobState.Waiting, await Store.StateOf("b", "other"));
        Assert.Empty(await (await Store.OpenWorker()).Claim(1, "other"));
        await Store.Do(JobCommand.Remove, "b", queue: "other");
        Assert.Equal(QueueReply.Done, await Store.Do(new QueueCommand.Delete(), "other"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Retention_spares_a_job_while_one_that_depends_on_it_has_not_ended(bool reopened)
    {
        var nothing = RetentionPolicy.Forever with { Count = 0, FailedCount = 0 };
        await Store.AddBulk(Job("a"), Job("b"), Job("c").DependsOn("a", "b"), Job("d").DependsOn("a").OnDependencyFailure(OnDependencyFailure.Wait));
        await Store.End("a", JobState.Completed);
        await Store.Maintain(nothing);
        await Perhaps(reopened);
        await Store.End("b");
        await Store.End("d");
        await Store.Maintain(nothing);
        Assert.Equal((JobState.Completed, JobState.Completed, null), (await Store.StateOf("a"), await Store.StateOf("b"), await Store.StateOf("d")));
        await Perhaps(reopened);
        await Store.Maintain(nothing);
        await Store.End("c", JobState.Failed);

        MaintainReply reply = await Store.Maintain(nothing);

        Assert.Equal((3, 0), (reply.Removed, (int)(await Store.Counts()).ByState.Sum()));
    }

    [Theory]
    [InlineData(JobState.Completed, OnDependencyFailure.Fail)]
    [InlineData(JobState.Failed, OnDependencyFailure.Continue)]
    public async Task Retention_spares_a_job_that_had_ended_before_the_one_that_depends_on_it_was_added(JobState way, OnDependencyFailure policy)
    {
        var nothing = RetentionPolicy.Forever with { Count = 0, FailedCount = 0 };
        await Store.Add(Job("a"));
        await Store.End("a", way);
        await Store.Add(Job("b").DependsOn("a").OnDependencyFailure(policy));

        Assert.Equal(0, (await Store.Maintain(nothing)).Removed);
        await Store.End("b");

        Assert.Equal(2, (await Store.Maintain(nothing)).Removed);
    }

    [Fact]
    public async Task Retention_spares_a_job_again_once_one_that_depends_on_it_is_retried()
    {
        var nothing = RetentionPolicy.Forever with { Count = 0 };
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"));
        await Store.End("a");
        await Store.End("b", JobState.Failed);
        await Store.Do(JobCommand.Retry, "b");

        Assert.Equal(0, (await Store.Maintain(nothing)).Removed);
        await Store.Do(JobCommand.Cancel, "b");

        Assert.Equal(2, (await Store.Maintain(nothing)).Removed);
    }

    [Fact]
    public async Task A_settlement_sent_again_releases_once()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"));
        Worker worker = await Store.OpenWorker();
        var step = new ExchangeStep
        {
            Step = worker.Steps.Next(StepCounter.Exchanges),
            Settlements = [Worker.Settlement(await worker.ClaimOne(), SettlementKind.Complete)],
        };
        step = step with { Step = worker.Steps.Next(StepCounter.Exchanges) };
        await worker.Send(step);
        JobRecord released = await Store.Get("b");

        Assert.Equal([SettleOutcome.Applied], (await worker.Send(step)).Settled);

        Assert.Equivalent(released, await Store.Get("b"));
        Assert.Equal(["b"], (await worker.Claim(5)).Ids());
    }

    [Fact]
    public async Task An_add_and_a_command_sent_again_are_done_once()
    {
        var add = new AddStep(Store.Steps.Next(StepCounter.Adds), [new([Job("a"), Job("b").DependsOn("a")])]);
        await Store.Store.AddAsync(add, Cancellation);
        await Store.Do(JobCommand.Remove, "a");
        Assert.Equal(JobState.Failed, await Store.StateOf("b"));

        AddReply again = await Store.Store.AddAsync(add, Cancellation);

        Assert.Equal([AddOutcome.Created, AddOutcome.Created], again.Groups[0].Jobs.Select(job => job.Outcome));
        Assert.Equal((null, JobState.Failed), (await Store.StateOf("a"), await Store.StateOf("b")));
        var retry = new AdministerJobsStep
        {
            Step = Store.NextAdministration(),
            Command = JobCommand.Retry,
            Jobs = [new(DefaultQueue, "b")],
            Expected = JobStateSet.All,
        };
        Assert.Equal(JobChangeOutcome.DependencyFailed, (await Store.Administer(retry))[0].Outcome);
        Assert.Equal(JobChangeOutcome.DependencyFailed, (await Store.Administer(retry))[0].Outcome);
    }

    private Task Perhaps(bool reopened) => reopened ? Reopen() : Task.CompletedTask;
}
