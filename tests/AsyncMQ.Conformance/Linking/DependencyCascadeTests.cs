namespace AsyncMQ.Conformance;

/// <summary>
/// Ends that spread far are worked off in bounded steps, by whichever step comes next, in order and once. Source: F-08, F-12; reliability survey.
/// </summary>
public abstract class DependencyCascadeTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    /// <summary>The most dependents that one step decides.</summary>
    private const int Budget = 1_000;

    public static TheoryData<string, bool> EveryStep =>
        [.. from step in (string[])["Exchange", "Recover", "Close", "AdministerJobs", "Maintain"] from reopened in (bool[])[false, true] select (step, reopened)];

    [Fact]
    public async Task A_failure_goes_down_a_chain_of_any_depth_in_bounded_steps()
    {
        const int depth = 2_500;
        await Store.AddBulk([.. Enumerable.Range(0, depth).Select(i => i == 0 ? Job("job-0") : Job($"job-{i}").DependsOn($"job-{i - 1}"))]);
        Worker worker = await Store.OpenWorker();

        ExchangeReply reply = await worker.Exchange(new()
        {
            Step = default,
            Settlements = [Worker.Settlement(await worker.ClaimOne(), SettlementKind.Fail)],
        });

        Assert.Equal((Budget + 1, TimeSpan.Zero), (await Store.Count(JobState.Failed), reply.NextWork));
        Assert.Empty(await Store.Store.AuditAsync(Cancellation));
        await worker.Exchange(Worker.ClaimOf(0));
        Assert.Equal((2 * Budget) + 1, await Store.Count(JobState.Failed));
        Assert.Null((await worker.Exchange(Worker.ClaimOf(0))).NextWork);
        Assert.Equal(depth, await Store.Count(JobState.Failed));
        Assert.Contains($"default/job-{depth - 2}", (await Store.Get($"job-{depth - 1}")).Error.Text(), StringComparison.Ordinal);
        Assert.Contains("default/job-0,", (await Store.Get("job-1")).Error.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(EveryStep))]
    public async Task What_is_left_is_worked_off_by_whichever_step_comes_next(string step, bool reopened)
    {
        await FanOut(2_500);
        await Settle(SettlementKind.Complete);
        Assert.Equal(1_500, await Store.Count(JobState.WaitingChildren));
        if (reopened)
            await Reopen();

        Assert.Equal(500, await Step(step));
        Assert.Equal(0, await Step(step));
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"job-{i}"), await Store.Page(JobState.Waiting));
        Assert.Equal(2_500, await Store.Count(JobState.Waiting));
    }

    [Fact]
    public async Task Those_that_go_on_waiting_are_looked_at_once()
    {
        await Store.Add(Job("a"));
        await Store.AddBulk([.. Enumerable.Range(0, 1_500).Select(i => Job($"job-{i}").DependsOn("a").OnDependencyFailure(OnDependencyFailure.Wait))]);
        Worker worker = await Store.OpenWorker();
        ClaimedJob claim = await worker.ClaimOne();

        ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(1) with { Settlements = [Worker.Settlement(claim, SettlementKind.Fail)] });

        Assert.Equal(TimeSpan.Zero, reply.NextWork);
        Assert.Null((await worker.Exchange(Worker.ClaimOf(1))).NextWork);
        Assert.Equal(1_500, await Store.Count(JobState.WaitingChildren));
    }

    [Fact]
    public async Task Housekeeping_says_that_something_is_left()
    {
        await FanOut(3_500);
        await Store.Do(JobCommand.Cancel, "a");

        Assert.True((await Store.Maintain()).More);
        Assert.True((await Store.Maintain()).More);
        Assert.False((await Store.Maintain()).More);
        Assert.Equal(3_500, await Store.Count(JobState.Failed));
    }

    [Fact]
    public async Task Whoever_watches_is_told_that_something_is_left()
    {
        await FanOut(1_500);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using IDisposable watch = Store.Store.Watch(signal =>
        {
            if (signal.Kind is StoreSignalKind.Work or StoreSignalKind.Changed)
                told.TrySetResult();
        });

        await Store.Do(JobCommand.Remove, "a");

        await told.Task.WaitAsync(Patience, Cancellation);
    }

    [Fact]
    public async Task Ends_are_spread_in_their_order()
    {
        await Store.AddBulk(Job("a"), Job("b"));
        await Store.AddBulk([.. Enumerable.Range(0, Budget).Select(i => Job($"of-a-{i}").DependsOn("a"))]);
        await Store.AddBulk(Job("of-b").DependsOn("b"), Job("of-both").DependsOn("b", "a"));
        await All(JobCommand.Cancel, "b", "a");

        Assert.Equal((JobState.Failed, JobState.Failed), (await Store.StateOf("of-b"), await Store.StateOf("of-both")));
        Assert.Contains("default/b,", (await Store.Get("of-both")).Error.Text(), StringComparison.Ordinal);
        Assert.Equal(2, await Store.Count(JobState.WaitingChildren));
        await Store.Maintain();
        Assert.Equal(0, await Store.Count(JobState.WaitingChildren));
    }

    [Fact]
    public async Task One_that_expires_in_a_round_trip_is_spread_by_the_next()
    {
        await Store.AddBulk(Job("a").ToLive(1.Hours()), Job("b").DependsOn("a"));
        await Store.Advance(2.Hours());
        Worker worker = await Store.OpenWorker();

        Assert.Equal(TimeSpan.Zero, (await worker.Exchange(Worker.ClaimOf(1))).NextWork);
        Assert.Equal((JobState.Expired, JobState.WaitingChildren), (await Store.StateOf("a"), await Store.StateOf("b")));
        Assert.Null((await worker.Exchange(Worker.ClaimOf(1))).NextWork);

        Assert.Equal(JobState.Failed, await Store.StateOf("b"));
    }

    [Fact]
    public async Task One_recovered_over_its_limit_of_stalls_is_spread_by_the_recovery()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"));
        Worker witness = await Store.OpenWorker("witness"), worker = await Store.OpenWorker();
        await worker.ClaimOne();
        await Store.Pass(20.Seconds(), witness);

        Assert.Equal(JobState.Failed, Assert.Single((await Store.Recover(maxStalls: 0)).Jobs).State);

        Assert.Equal(JobState.Failed, await Store.StateOf("b"));
    }

    [Fact]
    public async Task One_cancelled_by_the_closing_of_its_session_is_spread_by_it()
    {
        (Worker worker, _) = (await Store.Bring("a", JobState.Active))!.Value;
        await Store.Add(Job("b").DependsOn("a"));
        await Store.Do(JobCommand.Cancel, "a");

        await worker.Close();

        Assert.Equal((JobState.Cancelled, JobState.Failed), (await Store.StateOf("a"), await Store.StateOf("b")));
    }

    [Theory]
    [InlineData(SettlementKind.Complete, JobState.Waiting)]
    [InlineData(SettlementKind.Fail, JobState.Failed)]
    public async Task A_diamond_ends_once(SettlementKind kind, JobState state)
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"), Job("c").DependsOn("a"), Job("d").DependsOn("b", "c"), Job("e").DependsOn("d"));
        Worker worker = await Store.OpenWorker();
        await worker.Settle(Worker.Settlement(await worker.ClaimOne(), kind));
        IReadOnlyList<ClaimedJob> middle = await worker.Claim(2);
        await worker.SettleAll([.. middle.Select(claim => Worker.Settlement(claim, kind))]);

        Assert.Equal(kind == SettlementKind.Complete ? 2 : 0, middle.Count);
        Assert.Equal(state, await Store.StateOf("d"));
        Assert.Equal(kind == SettlementKind.Complete ? JobState.WaitingChildren : JobState.Failed, await Store.StateOf("e"));
        Assert.Equal(5, (await Store.Counts()).ByState.Sum());
    }

    [Fact]
    public async Task Those_that_go_on_and_those_that_wait_stop_a_failure()
    {
        await Store.AddBulk(
            Job("a"),
            Job("b").DependsOn("a"),
            Job("c").DependsOn("b").OnDependencyFailure(OnDependencyFailure.Continue),
            Job("d").DependsOn("b").OnDependencyFailure(OnDependencyFailure.Wait),
            Job("e").DependsOn("c"),
            Job("f").DependsOn("d"));

        await Store.End("a", JobState.Failed);

        Assert.Equal(["a", "b"], (await Store.Page(JobState.Failed)).Order(StringComparer.Ordinal));
        Assert.Equal(["c"], await Store.Page(JobState.Waiting));
        Assert.Equal(["d", "e", "f"], await Store.Page(JobState.WaitingChildren));
    }

    [Fact]
    [Trait("reference", "F-12")]
    public async Task A_fan_in_of_500_is_released_exactly_once_by_eight_workers_at_once()
    {
        string[] ids = [.. Enumerable.Range(0, 500).Select(i => $"job-{i}")];
        await Store.AddBulk([.. Batch(ids), Job("last").DependsOn(ids)]);

        int released = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            Worker worker = await Store.OpenWorker($"worker-{i}");
            ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(7));
            while (reply.Claimed.Count > 0)
            {
                Interlocked.Add(ref released, reply.Claimed.Count(claim => claim.Ref.Id == "last"));
                reply = await worker.Exchange(
                    Worker.ClaimOf(7) with { Settlements = [.. reply.Claimed.Select(claim => Worker.Settlement(claim, SettlementKind.Complete))] });
            }
        })));

        Assert.Equal((1, 501), (released, await Store.Count(JobState.Completed)));
    }

    [Fact]
    public async Task A_chain_of_200_runs_to_its_end_link_by_link()
    {
        await Store.AddBulk([.. Enumerable.Range(0, 200).Select(i => i == 0 ? Job("job-0") : Job($"job-{i}").DependsOn($"job-{i - 1}"))]);
        Worker worker = await Store.OpenWorker();
        ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(5));
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal([$"job-{i}"], reply.Claimed.Ids());
            reply = await worker.Exchange(Worker.ClaimOf(5) with { Settlements = [Worker.Settlement(reply.Claimed[0], SettlementKind.Complete)] });
        }

        Assert.Equal(200, await Store.Count(JobState.Completed));
    }

    [Theory]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Failed)]
    public async Task A_record_removed_before_its_end_was_spread_ended_as_it_did(JobState way)
    {
        await FanOut(2_500);
        await Settle(way == JobState.Completed ? SettlementKind.Complete : SettlementKind.Fail);
        await Store.Do(JobCommand.Remove, "a");
        await Store.Add(Job("a"));
        while ((await Store.Maintain()).More)
        {
        }

        Assert.Equal(0, await Store.Count(JobState.WaitingChildren));
        Assert.Equal(way == JobState.Completed ? 2_501 : 1, await Store.Count(JobState.Waiting));
        Assert.Equal(way == JobState.Completed ? "" : DependencyRules.ErrorOf(new(DefaultQueue, "a"), way).Text(), (await Store.Get("job-2499")).Error.Text());
    }

    [Fact]
    public async Task A_dependent_retried_before_it_was_told_knows_how_the_removed_record_ended()
    {
        await FanOut(4_500);
        await Settle(SettlementKind.Complete);
        await All(JobCommand.Cancel, "job-4499");
        await All(JobCommand.Remove, "a");
        Assert.Equal("a Open", await Store.DependenciesOf("job-4499"));

        await All(JobCommand.Retry, "job-4499");

        Assert.Equal((JobState.Waiting, "a Satisfied"), (await Store.StateOf("job-4499"), await Store.DependenciesOf("job-4499")));
        while ((await Store.Maintain()).More)
        {
        }

        Assert.Equal(4_500, await Store.Count(JobState.Waiting));
    }

    [Fact]
    public async Task A_retry_of_a_dependency_takes_back_what_of_its_end_has_not_been_spread()
    {
        await FanOut(2_500);
        await Settle(SettlementKind.Fail);

        await Store.Do(JobCommand.Retry, "a");
        Assert.False((await Store.Maintain()).More);
        Assert.Equal((1_000, 1_500), (await Store.Count(JobState.Failed), await Store.Count(JobState.WaitingChildren)));
        await Store.End("a");
        while ((await Store.Maintain()).More)
        {
        }

        Assert.Equal((1_000, 1_500), (await Store.Count(JobState.Failed), await Store.Count(JobState.Waiting)));
    }

    [Fact]
    public async Task Dependents_that_are_cancelled_or_removed_meanwhile_are_passed_over()
    {
        await FanOut(4_500);
        await Settle(SettlementKind.Fail);
        await All(JobCommand.Cancel, "job-4490", "job-4499");
        await All(JobCommand.Remove, "job-4491", "job-4498");
        while ((await Store.Maintain()).More)
        {
        }

        Assert.Equal((4_497, 2), (await Store.Count(JobState.Failed), await Store.Count(JobState.Cancelled)));
        Assert.Equal((0, "a Broken"), (await Store.Count(JobState.WaitingChildren), await Store.DependenciesOf("job-4499")));
    }

    [Fact]
    public async Task One_added_while_an_end_is_spread_is_decided_at_its_add()
    {
        await FanOut(2_500);
        await Settle(SettlementKind.Complete);
        await Store.Add(Job("late").DependsOn("a"));

        Assert.Equal((JobState.Waiting, "a Satisfied"), (await Store.StateOf("late"), await Store.DependenciesOf("late")));
        while ((await Store.Maintain()).More)
        {
        }

        Assert.Equal(2_501, await Store.Count(JobState.Waiting));
    }

    private async Task FanOut(int dependents)
    {
        await Store.Add(Job("a"));
        await Store.AddBulk([.. Enumerable.Range(0, dependents).Select(i => Job($"job-{i}").DependsOn("a"))]);
    }

    /// <summary>Ends the one job that can be claimed, in one step.</summary>
    private async Task Settle(SettlementKind kind)
    {
        Worker worker = await Store.OpenWorker();
        await worker.Settle(Worker.Settlement(await worker.ClaimOne(), kind));
    }

    private async Task All(JobCommand command, params string[] ids)
    {
        IReadOnlyList<JobChangeReply> replies = await Store.Administer(new()
        {
            Step = Store.NextAdministration(),
            Command = command,
            Jobs = [.. ids.Select(id => new JobRef(DefaultQueue, id))],
            Expected = JobStateSet.All,
        });
        Assert.All(replies, reply => Assert.Equal(JobChangeOutcome.Done, reply.Outcome));
    }

    /// <summary>One step of that kind that has nothing of its own to do.</summary>
    /// <returns>How many jobs wait for others after it.</returns>
    private async Task<long> Step(string kind)
    {
        Worker worker = await Store.OpenWorker("stepper");
        switch (kind)
        {
            case "Exchange":
                await worker.Exchange(Worker.ClaimOf(0));
                break;
            case "Recover":
                await Store.Recover();
                break;
            case "Close":
                await worker.Close();
                break;
            case "AdministerJobs":
                await Store.Do(JobCommand.Watch, "a");
                break;
            case "Maintain":
                await Store.Maintain();
                break;
        }

        return await Store.Count(JobState.WaitingChildren);
    }
}
