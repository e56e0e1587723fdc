namespace AsyncMQ.Conformance;

/// <summary>A job that depends on others begins when they have ended, and what their ends mean to it. Source: F-04 … F-08, F-11.</summary>
public abstract class DependencyTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    /// <summary>Every way out, under every policy, with the store closed and opened between or not.</summary>
    public static TheoryData<JobState?, OnDependencyFailure, bool> EveryEnd =>
        [.. from way in Ends.Ways from policy in Enum.GetValues<OnDependencyFailure>() from reopened in (bool[])[false, true] select (way, policy, reopened)];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_waits_until_the_one_it_depends_on_has_completed(bool reopened)
    {
        await Store.Add(Job("a"));
        Assert.Equal(new AddedJob(AddOutcome.Created, "b"), await Store.Add(Job("b").DependsOn("a")));
        await Perhaps(reopened);

        Worker worker = await Store.OpenWorker();
        ClaimedJob claim = Assert.Single(await worker.Claim(10));
        Assert.Equal(("a", JobState.WaitingChildren, "a Open"), (claim.Ref.Id, await Store.StateOf("b"), await Store.DependenciesOf("b")));
        await worker.Complete(claim);

        Assert.Equal((JobState.Waiting, "a Satisfied"), (await Store.StateOf("b"), await Store.DependenciesOf("b")));
        Assert.Equal(["b"], (await worker.Claim(10)).Ids());
    }

    [Fact]
    public async Task It_is_claimed_in_the_very_round_trip_that_settles_its_last_dependency()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob claim = await worker.ClaimOne();

        ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(1) with { Settlements = [Worker.Settlement(claim, SettlementKind.Complete)] });

        Assert.Equal(["b"], reply.Claimed.Ids());
        Assert.True(reply.Claimed[0].Flags.HasFlag(JobFlags.Linked));
    }

    [Theory]
    [MemberData(nameof(EveryEnd))]
    [Trait("reference", "F-05, F-08")]
    public async Task What_the_end_of_a_dependency_means_is_the_policy_of_the_dependent(JobState? way, OnDependencyFailure policy, bool reopened)
    {
        await Store.Add(Job("a").ToEndAs(way));
        await Store.Add(Job("b").DependsOn("a").OnDependencyFailure(policy));
        await Perhaps(reopened);
        await Store.End("a", way);

        await AssertDecided("b", "a", way, policy);
    }

    [Theory]
    [MemberData(nameof(EveryEnd))]
    [Trait("reference", "F-06")]
    public async Task A_dependency_that_has_ended_already_decides_at_the_add(JobState? way, OnDependencyFailure policy, bool reopened)
    {
        await Store.Add(Job("a").ToEndAs(way));
        await Store.End("a", way);
        await Perhaps(reopened);

        NewJob job = Job("b").DependsOn("a").OnDependencyFailure(policy);
        if (way is null)
        {
            Assert.Equal(AddRefusalReason.UnknownDependency, (await Store.Refused(job)).Reason);
            return;
        }

        Assert.Equal(new AddedJob(AddOutcome.Created, "b"), await Store.Add(job));
        await AssertDecided("b", "a", way, policy);
    }

    [Theory]
    [InlineData(JobState.Completed, OnDependencyFailure.Fail)]
    [InlineData(JobState.Failed, OnDependencyFailure.Fail)]
    [InlineData(JobState.Failed, OnDependencyFailure.Continue)]
    [InlineData(JobState.Failed, OnDependencyFailure.Wait)]
    public async Task A_tombstone_speaks_for_its_job(JobState way, OnDependencyFailure policy)
    {
        await Store.Bring("a", way);
        await Store.Maintain(RetentionPolicy.Forever with { Count = 0, FailedCount = 0 });
        Assert.Null(await Store.StateOf("a"));

        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("b").DependsOn("a").OnDependencyFailure(policy))).Outcome);

        await AssertDecided("b", "a", way, policy);
    }

    [Fact]
    public async Task A_tombstone_whose_time_is_over_speaks_no_more()
    {
        await Store.Bring("a", JobState.Completed);
        await Store.Maintain(RetentionPolicy.Forever with { Age = 1.Hours(), Count = 0 });
        await Store.Advance(2.Hours());

        Assert.Equal(AddRefusalReason.UnknownDependency, (await Store.Refused(Job("b").DependsOn("a"))).Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_waits_for_all_of_them_whatever_their_queues_and_order(bool reopened)
    {
        await Store.AddBulk(Job("a"), Job("b").In("other"), Job("c").Delayed(1.Hours()));
        await Store.Add(Job("d").DependsOn(new JobRef(DefaultQueue, "a"), new("other", "b"), new(DefaultQueue, "c")));

        await Store.End("b", queue: "other");
        await Perhaps(reopened);
        await Store.End("a");
        Assert.Equal((JobState.WaitingChildren, "a Satisfied, b Satisfied, c Open"), (await Store.StateOf("d"), await Store.DependenciesOf("d")));
        await Store.Do(JobCommand.Promote, "c");
        await Store.End("c");

        Assert.Equal(JobState.Waiting, await Store.StateOf("d"));
    }

    [Fact]
    public async Task One_that_fails_it_is_enough_and_is_named()
    {
        await Store.AddBulk(Job("a"), Job("b"), Job("c").DependsOn("a", "b"));
        await Store.End("b", JobState.Failed);

        Assert.Equal((JobState.Failed, "a Open, b Broken"), (await Store.StateOf("c"), await Store.DependenciesOf("c")));
        Assert.Contains("default/b", (await Store.Get("c")).Error.Text(), StringComparison.Ordinal);
        await Store.End("a");
        Assert.Equal((JobState.Failed, "a Satisfied, b Broken"), (await Store.StateOf("c"), await Store.DependenciesOf("c")));
    }

    [Fact]
    public async Task At_the_add_the_first_one_given_that_fails_it_is_named()
    {
        await Store.AddBulk(Batch("a", "b", "c"));
        await Store.End("b", JobState.Failed);
        await Store.End("c", JobState.Cancelled);
        await Store.Add(Job("d").DependsOn("a", "c", "b"));

        Assert.Equal((JobState.Failed, "a Open, c Broken, b Broken"), (await Store.StateOf("d"), await Store.DependenciesOf("d")));
        Assert.Contains("default/c", (await Store.Get("d")).Error.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_that_is_followed_by_another_is_no_end()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"));
        Worker worker = await Store.OpenWorker();
        await worker.Retry(await worker.ClaimOne(), error: "once");
        await worker.PutBack(await worker.ClaimOne());
        await worker.HandBack(await worker.ClaimOne());
        await worker.Park(await worker.ClaimOne());

        Assert.Equal((JobState.WaitingChildren, "a Open"), (await Store.StateOf("b"), await Store.DependenciesOf("b")));
    }

    [Fact]
    [Trait("reference", "F-11")]
    public async Task A_dependency_that_is_cancelled_while_it_runs_has_not_completed_whatever_its_handler_says()
    {
        (Worker worker, ClaimedJob claim) = (await Store.Bring("a", JobState.Active))!.Value;
        await Store.Add(Job("b").DependsOn("a"));
        await Store.Do(JobCommand.Cancel, "a");
        Assert.Equal(JobState.WaitingChildren, await Store.StateOf("b"));

        await worker.Complete(claim);

        await AssertDecided("b", "a", JobState.Cancelled, OnDependencyFailure.Fail);
    }

    [Fact]
    [Trait("reference", "F-11")]
    public async Task A_stale_completion_releases_nobody()
    {
        (Worker worker, ClaimedJob claim) = (await Store.Bring("a", JobState.Active))!.Value;
        await Store.Add(Job("b").DependsOn("a"));
        await worker.HandBack(claim);

        Assert.Equal(SettleOutcome.Lost, await worker.Complete(claim));

        Assert.Equal(JobState.WaitingChildren, await Store.StateOf("b"));
    }

    [Theory]
    [InlineData(OnDependencyFailure.Fail)]
    [InlineData(OnDependencyFailure.Wait)]
    public async Task A_later_job_with_the_id_of_a_removed_dependency_is_another_job(OnDependencyFailure policy)
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a").OnDependencyFailure(policy));
        await Store.End("a", way: null);
        await Store.Add(Job("a"));
        await Store.End("a");

        await AssertDecided("b", "a", null, policy);
    }

    [Fact]
    public async Task A_dependency_that_gave_way_to_a_new_add_was_cancelled_for_good()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a").OnDependencyFailure(OnDependencyFailure.Wait));
        await Store.End("a", JobState.Cancelled);
        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("a"))).Outcome);
        await Store.End("a");

        Assert.Equal((JobState.WaitingChildren, "a Open"), (await Store.StateOf("b"), await Store.DependenciesOf("b")));
    }

    [Fact]
    public async Task A_dependency_replaced_by_deduplication_was_removed()
    {
        NewJob draft = Job("a").Delayed(1.Hours()).Deduplicated(new Deduplication("d") { Replace = true });
        await Store.AddBulk(draft, Job("b").DependsOn("a"));
        Assert.Equal(AddOutcome.Replaced, (await Store.Add(draft with { Ref = new(DefaultQueue, "c"), Stamp = -1 })).Outcome);

        await Store.Maintain();

        await AssertDecided("b", "a", null, OnDependencyFailure.Fail);
    }

    [Fact]
    public async Task The_record_tells_what_it_depends_on_in_the_order_given()
    {
        await Store.AddBulk(Batch("c", "a", "b"));
        await Store.Add(Job("d").DependsOn("b", "c", "a").OnDependencyFailure(OnDependencyFailure.Continue));

        JobRecord job = await Store.Get("d");
        Assert.Equal(["default/b", "default/c", "default/a"], job.Dependencies.Select(dependency => dependency.Job.ToString()));
        Assert.Equal(OnDependencyFailure.Continue, job.OnDependencyFailure);
        Assert.True(job.Flags.HasFlag(JobFlags.Linked));
        Assert.True((await Store.Get("a")).Flags.HasFlag(JobFlags.Dependents));
        Assert.Null(job.Flow);
        JobRecord? bare = await Store.Find("d", JobParts.All & ~JobParts.Dependencies);
        Assert.Empty(bare!.Dependencies);
        Assert.Empty((await Store.Get("a")).Dependencies);
    }

    [Fact]
    public async Task Jobs_that_wait_for_others_are_counted_and_listed_by_order_of_adding()
    {
        await Store.Add(Job("a"));
        foreach (string id in (string[])["e", "b", "d", "c"])
            await Store.Add(Job(id).DependsOn("a").WithPriority(id[0]));

        Assert.Equal(4, await Store.Count(JobState.WaitingChildren));
        Assert.Equal(["e", "b", "d", "c"], await Store.Page(JobState.WaitingChildren));
        var request = new PageRequest { Queue = DefaultQueue, State = JobState.WaitingChildren, Take = 3 };
        StorePage first = await Store.Store.PageAsync(request, Cancellation);
        Assert.Equal(["c"], (await Store.Store.PageAsync(request with { After = first.Next }, Cancellation)).Jobs.Ids());
        StorePage last = await Store.Store.PageAsync(request with { Reverse = true }, Cancellation);
        Assert.Equal(["c", "d", "b"], last.Jobs.Ids());
        Assert.Equal(["e"], (await Store.Store.PageAsync(request with { Reverse = true, After = last.Next }, Cancellation)).Jobs.Ids());
    }

    private Task Perhaps(bool reopened) => reopened ? Reopen() : Task.CompletedTask;

    private async Task AssertDecided(string id, string dependency, JobState? way, OnDependencyFailure policy)
    {
        bool isSatisfied = way == JobState.Completed;
        JobState state = isSatisfied || policy == OnDependencyFailure.Continue ? JobState.Waiting
            : policy == OnDependencyFailure.Fail ? JobState.Failed : JobState.WaitingChildren;
        DependencyStatus status = isSatisfied ? DependencyStatus.Satisfied
            : policy == OnDependencyFailure.Wait ? DependencyStatus.Open : DependencyStatus.Broken;

        JobRecord job = await Store.Get(id);
        Assert.Equal((state, status), (job.State, Assert.Single(job.Dependencies).Status));
        Assert.Equal((0, 0), (job.Attempt, job.Attempts.Count));
        Assert.Equal(state == JobState.Failed, job.FinishedAt is not null);
        Assert.Equal(
            state == JobState.Failed ? DependencyRules.ErrorOf(new(DefaultQueue, dependency), way).Text() : "",
            job.Error.Text());
    }
}
