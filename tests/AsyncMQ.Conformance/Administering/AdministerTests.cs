namespace AsyncMQ.Conformance;

/// <summary>Every command in every state, its guards, and what it leaves behind. Source: reliability survey, I-11, I-18.</summary>
public abstract class AdministerTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    public static TheoryData<JobCommand, JobState> EveryCommandInEveryState =>
        [.. Enum.GetValues<JobCommand>().SelectMany(_ => Lives.AllStates, (command, state) => (command, state))];

    [Theory]
    [MemberData(nameof(EveryCommandInEveryState))]
    public async Task Every_command_does_in_every_state_what_the_table_says(JobCommand command, JobState state)
    {
        await Store.Bring("a", state);
        (JobChangeOutcome outcome, JobState? after) = Table(command, state);

        JobChangeReply reply = command == JobCommand.Reschedule ? await Store.Reschedule("a", 1.Hours()) : await Store.Do(command, "a");

        Assert.Equal(new JobChangeReply(outcome, state), reply);
        Assert.Equal(after, await Store.StateOf("a"));
        Assert.Equal(after is null ? 0 : 1, (await Store.Counts()).ByState.Sum());
    }

    [Theory]
    [MemberData(nameof(EveryCommandInEveryState))]
    public async Task A_guard_that_does_not_hold_the_state_changes_nothing(JobCommand command, JobState state)
    {
        await Store.Bring("a", state);
        JobRecord before = await Store.Get("a");

        JobChangeReply reply = Assert.Single(await Store.Administer(new()
        {
            Step = Store.NextAdministration(),
            Command = command,
            Jobs = [before.Ref],
            Expected = JobStateSet.All & ~(JobStateSet)(1 << (int)state),
            Delay = 1.Hours(),
        }));

        Assert.Equal(new JobChangeReply(JobChangeOutcome.WrongState, state), reply);
        Assert.Equivalent(before, await Store.Get("a"));
    }

    [Theory]
    [InlineData(JobCommand.Remove)]
    [InlineData(JobCommand.Retry)]
    [InlineData(JobCommand.Promote)]
    [InlineData(JobCommand.Cancel)]
    [InlineData(JobCommand.Reschedule)]
    [InlineData(JobCommand.Watch)]
    public async Task A_job_that_is_not_there_is_not_found(JobCommand command)
    {
        Assert.Equal(new JobChangeReply(JobChangeOutcome.NotFound, null), await Store.Do(command, "x"));
    }

    [Fact]
    public async Task Each_job_is_judged_by_itself_in_order()
    {
        await Store.AddBulk(Job("a"), Job("b").Delayed(1.Hours()), Job("c").Delayed(1.Hours()));

        IReadOnlyList<JobChangeReply> replies = await Store.Administer(new()
        {
            Step = Store.NextAdministration(),
            Command = JobCommand.Promote,
            Jobs = [new(DefaultQueue, "c"), new(DefaultQueue, "a"), new(DefaultQueue, "x"), new(DefaultQueue, "b"), new(DefaultQueue, "c")],
            Expected = JobStateSet.Delayed,
        });

        Assert.Equal(
            [JobChangeOutcome.Done, JobChangeOutcome.WrongState, JobChangeOutcome.NotFound, JobChangeOutcome.Done, JobChangeOutcome.WrongState],
            replies.Select(reply => reply.Outcome));
        Assert.Equal(["a", "c", "b"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task Removing_a_running_job_loses_its_claim()
    {
        (Worker worker, ClaimedJob claim) = (await Store.Bring("a", JobState.Active))!.Value;

        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Remove, "a")).Outcome);

        Assert.Empty(await worker.Claims());
        Assert.Equal(SettleOutcome.Lost, await worker.Complete(claim));
        Assert.Equal(SettleOutcome.Lost, await worker.Report(claim, "1"));
        Assert.Null(await Store.StateOf("a"));
        Assert.Equal(0, (await Store.Counts()).ByState.Sum());
    }

    [Fact]
    public async Task Rescheduling_gives_a_new_due_time()
    {
        await Store.AddBulk(Job("sooner").Delayed(2.Hours()), Job("later"));

        Assert.Equal(JobChangeOutcome.Done, (await Store.Reschedule("sooner", 1.Minutes())).Outcome);
        Assert.Equal(JobChangeOutcome.Done, (await Store.Reschedule("later", runAt: await Store.Now() + 1.Hours())).Outcome);

        Assert.Equal(["sooner", "later"], await Store.Page(JobState.Delayed));
        Worker worker = await Store.OpenWorker();
        Assert.Empty(await worker.Claim(2));
        await Store.Advance(1.Minutes());
        Assert.Equal(["sooner"], (await worker.Claim(2)).Ids());
        await Store.Advance(1.Hours());
        Assert.Equal(["later"], (await worker.Claim(2)).Ids());
    }

    [Fact]
    public async Task Rescheduling_to_now_or_to_the_past_makes_it_waiting_behind_its_equals()
    {
        await Store.AddBulk(Job("a"), Job("b").Delayed(1.Hours()), Job("c").Delayed(1.Hours()), Job("d"));

        await Store.Reschedule("c", runAt: await Store.Now() - 1.Hours());
        await Store.Reschedule("b", TimeSpan.Zero);

        Assert.Equal(["a", "d", "c", "b"], await Store.Page(JobState.Waiting));
        Assert.Null((await Store.Get("b")).DueAt);
    }

    [Fact]
    public async Task Promoting_makes_a_delayed_job_waiting_behind_its_equals()
    {
        await Store.AddBulk(Job("a").Delayed(1.Hours()), Job("b"));

        await Store.Do(JobCommand.Promote, "a");

        Assert.Equal(["b", "a"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task A_job_that_came_into_its_state_after_the_cut_off_is_left_alone()
    {
        await Store.Add(Job("old"));
        Worker worker = await Store.OpenWorker();
        await worker.Fail(await worker.ClaimOne());
        await Store.Advance(10.Seconds());
        DateTimeOffset cut = await Store.Now();
        await Store.Advance(10.Seconds());
        await Store.Add(Job("new"));
        await worker.Fail(await worker.ClaimOne());

        IReadOnlyList<JobChangeReply> replies = await Store.Administer(new()
        {
            Step = Store.NextAdministration(),
            Command = JobCommand.Remove,
            Jobs = [new(DefaultQueue, "old"), new(DefaultQueue, "new")],
            Expected = JobStateSet.Failed,
            NotAfter = cut,
        });

        Assert.Equal([JobChangeOutcome.Done, JobChangeOutcome.WrongState], replies.Select(reply => reply.Outcome));
        Assert.Equal(["new"], await Store.Page(JobState.Failed));
    }

    [Fact]
    public async Task Watching_marks_the_job()
    {
        await Store.Add(Job("a"));

        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Watch, "a")).Outcome);

        Assert.True((await Store.Get("a")).Flags.HasFlag(JobFlags.Watched));
    }

    [Fact]
    public async Task A_thousand_jobs_in_one_step()
    {
        string[] ids = [.. Enumerable.Range(0, 1_000).Select(i => $"job-{i}")];
        await Store.AddBulk(Batch(ids));

        IReadOnlyList<JobChangeReply> replies = await Store.Administer(new()
        {
            Step = Store.NextAdministration(),
            Command = JobCommand.Remove,
            Jobs = [.. ids.Select(id => new JobRef(DefaultQueue, id))],
            Expected = JobStateSet.Waiting,
        });

        Assert.All(replies, reply => Assert.Equal(JobChangeOutcome.Done, reply.Outcome));
        Assert.Equal(0, await Store.Count(JobState.Waiting));
    }

    private static (JobChangeOutcome Outcome, JobState? After) Table(JobCommand command, JobState state) => command switch
    {
        JobCommand.Remove => (JobChangeOutcome.Done, null),
        JobCommand.Watch => (JobChangeOutcome.Done, state),
        JobCommand.Retry when state.IsFinal() => (JobChangeOutcome.Done, JobState.Waiting),
        JobCommand.Promote when state == JobState.Delayed => (JobChangeOutcome.Done, JobState.Waiting),
        JobCommand.Cancel when state == JobState.Active => (JobChangeOutcome.Requested, JobState.Active),
        JobCommand.Cancel when !state.IsFinal() => (JobChangeOutcome.Done, JobState.Cancelled),
        JobCommand.Reschedule when state is JobState.Waiting or JobState.Delayed => (JobChangeOutcome.Done, JobState.Delayed),
        _ => (JobChangeOutcome.WrongState, state),
    };
}
