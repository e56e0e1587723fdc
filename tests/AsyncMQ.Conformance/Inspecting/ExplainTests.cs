using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance.Inspecting;

/// <summary>Why a job does not run: one test for each reason, and none for one that runs.</summary>
public abstract class ExplainTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private Worker? worker;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        worker = await Store.OpenWorker("worker-1", 1.Days());
    }

    [Fact]
    public async Task A_job_that_nothing_keeps_from_running_has_no_reason()
    {
        await Store.Add(Job("a"));

        JobExplanation explanation = await Explain("a");

        Assert.Equal((new JobRef(DefaultQueue, "a"), JobState.Waiting, null), (explanation.Job, explanation.State, explanation.Running));
        Assert.Empty(explanation.Reasons);
        Assert.Equal("Job default/a is Waiting; nothing keeps it from running.", $"{explanation}");
    }

    [Fact]
    public async Task Of_a_job_that_runs_it_is_told_who_runs_it_and_no_reason()
    {
        await Store.LimitKeys(new() { Concurrency = 1 });
        await Store.Limit(new() { Concurrency = 1, Rate = new(1, 1.Hours()), PerKey = new() { StrictOrder = true } });
        await Store.Add(Job("a").WithKey("k"));
        await worker!.ClaimOne();
        await Store.Pause();
        await Store.Do(JobCommand.Cancel, "a");

        JobExplanation explanation = await Explain("a");

        Assert.Empty(explanation.Reasons);
        RunningJob running = explanation.Running!;
        Assert.Equal(("worker-1", true), (running.Worker, running.IsCancelRequested));
        Assert.Equal((await Store.Get("a")).StartedAt, running.Since);
        Assert.InRange(running.LastRenewal!.Value, await Store.Now() - 1.Minutes(), await Store.Now());
        Assert.Contains("worker-1 has had it since", $"{explanation}");
    }

    [Fact]
    public async Task A_job_whose_worker_is_gone_runs_and_will_be_taken_back()
    {
        Worker dying = await Store.OpenWorker("dying");
        await Store.Add(Job("a"));
        await dying.ClaimOne();
        for (int i = 0; i < 20; i++)
        {
            await Store.Advance(1.Seconds());
            worker!.Renew();
        }

        await worker!.Recover();

        Assert.Null((await Explain("a")).Running);
        Assert.Equal(JobState.Waiting, (await Explain("a")).State);
    }

    [Theory]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.Cancelled)]
    public async Task A_job_that_has_ended_has_no_reason(JobState state)
    {
        await Store.Bring("a", state);

        JobExplanation explanation = await Explain("a");

        Assert.Empty(explanation.Reasons);
        Assert.Equal($"Job default/a has ended: it is {state}.", $"{explanation}");
    }

    [Fact]
    public async Task There_is_nothing_to_say_of_a_job_that_is_not_there()
    {
        await using AsyncMQHost mq = Store.Host();

        Assert.Null(await mq.Queue().ExplainAsync("never"));
        Assert.Null(await mq.Queue("never").ExplainAsync("a"));
        await Assert.ThrowsAsync<ArgumentNullException>(() => mq.Queue().ExplainAsync(null!));
    }

    [Fact]
    public async Task It_is_delayed()
    {
        await Store.Add(Job("a").Delayed(1.Hours()));

        var reason = await OnlyReason<WaitReason.Delayed>("a");

        Assert.Equal(new((await Store.Get("a")).DueAt!.Value, null), reason);
        Assert.StartsWith("It is delayed until ", $"{reason}");
    }

    [Fact]
    public async Task It_waits_for_its_next_attempt()
    {
        await Store.Add(Job("a"));
        await worker!.Retry(await worker.ClaimOne(), 1.Hours());

        var reason = await OnlyReason<WaitReason.Delayed>("a");

        Assert.Equal(1, reason.AfterAttempt);
        Assert.EndsWith("after attempt 1 failed.", $"{reason}");
    }

    [Fact]
    public async Task It_depends_on_jobs_that_have_not_ended()
    {
        await Store.Bring("done", JobState.Completed);
        await Store.AddBulk(Job("one").Delayed(1.Hours()), Job("two").In("other"));
        await Store.Add(Job("a").DependsOn("one", "done").DependsOn(new JobRef("other", "two")));

        WaitReason[] reasons = [.. (await Explain("a")).Reasons];

        Assert.Equal([new WaitReason.DependsOn(new(DefaultQueue, "one"), JobState.Delayed), new WaitReason.DependsOn(new("other", "two"), JobState.Waiting)], reasons);
        Assert.Equal("It depends on job default/one, which is Delayed.", $"{reasons[0]}");
    }

    [Fact]
    public async Task It_waits_for_a_person_because_a_job_did_not_complete_or_is_gone()
    {
        await Store.AddBulk(Job("fails"), Job("goes"), Job("a").DependsOn("fails", "goes").OnDependencyFailure(OnDependencyFailure.Wait));
        await worker!.Fail((await worker.Claim(1))[0]);
        await Store.Do(JobCommand.Remove, "goes");

        WaitReason.DependsOn[] reasons = [.. (await Explain("a")).Reasons.OfType<WaitReason.DependsOn>()];

        Assert.Equal([JobState.Failed, null], reasons.Select(reason => reason.State));
        Assert.All(reasons, reason => Assert.True(reason.IsStuck));
        Assert.Equal(["It depends on job default/fails, which is Failed; retry that one, or promote this.", "It depends on job default/goes, which is gone; promote, cancel or remove it."], reasons.Select(reason => $"{reason}"));
    }

    [Fact]
    public async Task Nobody_works_its_queue()
    {
        await Store.Add(Job("a").In("other"));
        await using AsyncMQHost mq = Store.Host();

        Assert.Equal([new WaitReason.NobodyWorksItsQueue()], (await mq.Queue("other").ExplainAsync("a"))!.Reasons);
    }

    [Fact]
    public async Task Nobody_knows_its_name()
    {
        await Store.Add(Job("a").Named("rare"));

        Assert.Equal(new("rare"), await OnlyReason<WaitReason.NobodyKnowsItsName>("a"));
        await Store.OpenWorker("knows it", null, "rare");
        Assert.Empty((await Explain("a")).Reasons);
    }

    [Fact]
    public async Task Those_workers_that_could_run_it_are_quiet()
    {
        await Store.Add(Job("a"));
        Worker second = await Store.OpenWorker("second");
        await Store.OpenWorker("does not know it", null, "rare");
        await Store.Quiet(worker!.Id);
        Assert.Empty((await Explain("a")).Reasons);
        await Store.Quiet(second.Id);

        Assert.Equal(new(2), await OnlyReason<WaitReason.WorkersQuiet>("a"));
        await second.Close();
        Assert.Equal("Job default/a is Waiting. The live worker that could run it is quiet, until it is resumed.", $"{await Explain("a")}");
        await Store.Quiet(worker.Id, quiet: false);
        Assert.Empty((await Explain("a")).Reasons);
    }

    [Fact]
    public async Task Its_key_is_held_back()
    {
        await Store.Add(Job("a").WithKey("k"));
        await Store.Hold(1.Hours(), "k");

        Assert.Equal(new("k", (await Store.GetKey("k")).HeldUntil!.Value), await OnlyReason<WaitReason.KeyHeld>("a"));
    }

    [Fact]
    public async Task As_many_of_its_key_run_as_may()
    {
        await Store.LimitKeys(new() { Concurrency = 2 });
        await Store.AddBulk(Job("1").WithKey("k"), Job("2").WithKey("k"), Job("a").WithKey("k"));
        await worker!.Claim(5);

        var reason = await OnlyReason<WaitReason.KeyFull>("a");

        Assert.Equal(new("k", 2), reason);
        Assert.Equal("2 jobs of its key 'k' run, as many as may.", $"{reason}");
    }

    [Fact]
    public async Task Its_key_has_used_up_its_rate()
    {
        var rate = new RateLimit(1, 1.Hours());
        await Store.LimitKeys(new() { Concurrency = 9 });
        await Store.LimitKey("k", new() { Rate = rate });
        await Store.AddBulk(Job("1").WithKey("k"), Job("a").WithKey("k"));
        await worker!.Complete(await worker.ClaimOne());

        Assert.Equal(new("k", rate, (await Store.GetKey("k")).NextPermit!.Value), await OnlyReason<WaitReason.KeyRateSpent>("a"));
    }

    [Fact]
    public async Task Another_job_of_its_key_comes_first_in_strict_order()
    {
        await Store.LimitKeys(new() { StrictOrder = true });
        await Store.AddBulk(Job("1").WithKey("k"), Job("a").WithKey("k"));
        await worker!.Retry(await worker.ClaimOne(), 1.Hours());

        Assert.Equal(new("k", new(DefaultQueue, "1")), await OnlyReason<WaitReason.KeyInOrder>("a"));
        Assert.IsType<WaitReason.Delayed>(Assert.Single((await Explain("1")).Reasons));
    }

    [Fact]
    public async Task Its_queue_is_paused()
    {
        await Store.Add(Job("a"));
        await Store.Pause(during: 1.Hours());

        var reason = await OnlyReason<WaitReason.QueuePaused>("a");

        Assert.Equal((await Store.Counts()).Pause, reason.Pause);
        Assert.Matches(@"^Its queue is paused since \S+ \S+ by me \(why\), until \S+ \S+\.$", $"{reason}");
    }

    [Fact]
    public async Task Its_queue_is_being_obliterated()
    {
        await Store.Add(Job("a"));
        await Store.Do(new QueueCommand.Close(Force: false));

        await OnlyReason<WaitReason.QueueClosed>("a");
    }

    [Fact]
    public async Task Its_queue_is_held_back()
    {
        await Store.Add(Job("a"));
        await Store.Hold(1.Hours());

        Assert.Equal((await Store.Queue()).HeldUntil, (await OnlyReason<WaitReason.QueueHeld>("a")).Until);
    }

    [Fact]
    public async Task As_many_of_its_queue_run_as_may()
    {
        await Store.Limit(new() { Concurrency = 1 });
        await Store.AddBulk(Batch("1", "a"));
        await worker!.Claim(5);

        Assert.Equal("A job of its queue runs, as many as may.", $"{await OnlyReason<WaitReason.QueueFull>("a")}");
    }

    [Fact]
    public async Task Its_queue_has_used_up_its_rate()
    {
        var rate = new RateLimit(1, 1.Hours());
        await Store.Limit(new() { Rate = rate });
        await Store.AddBulk(Batch("1", "a"));
        await worker!.Claim(5);

        Assert.Equal(new(rate, (await Store.Queue()).NextPermit!.Value), await OnlyReason<WaitReason.QueueRateSpent>("a"));
    }

    [Fact]
    public async Task Others_are_ahead_of_it()
    {
        await Store.AddBulk([.. Batch(Enumerable.Range(0, 12).Select(i => $"{i}")), Job("a"), Job("behind"), Job("first").WithPriority(1)]);

        Assert.Equal(new(13, IsAtLeast: false), await OnlyReason<WaitReason.Behind>("a"));
        Assert.Equal("13 jobs are ahead of it.", $"{await OnlyReason<WaitReason.Behind>("a")}");
        Assert.Equal("1 job is ahead of it.", $"{await OnlyReason<WaitReason.Behind>("0")}");
    }

    [Fact]
    public async Task Very_many_ahead_are_not_all_counted()
    {
        await Store.AddBulk([.. Batch(Enumerable.Range(0, 9_999).Select(i => $"{i}"))]);
        await Store.AddBulk([.. Batch(Enumerable.Range(10_000, 2_000).Select(i => $"{i}")), Job("a")]);

        Assert.Equal(new(10_000, IsAtLeast: true), await OnlyReason<WaitReason.Behind>("a"));
    }

    [Fact]
    public async Task Everything_that_must_pass_is_told_the_nearest_first()
    {
        await Store.Limit(new() { Concurrency = 1, PerKey = new() { Concurrency = 1 } });
        await Store.AddBulk(Job("1").WithKey("k"), Job("2").WithKey("k"), Job("a").WithKey("k").Named("rare"));
        await worker!.Claim(5);
        await Store.Hold(1.Hours(), "k");
        await Store.Pause();

        Assert.Equal(
            ["KeyFull", "KeyHeld", "QueuePaused", "QueueFull", "NobodyKnowsItsName", "Behind"], (await Explain("a")).Reasons.Select(reason => reason.GetType().Name));
        Assert.StartsWith("Job default/a is Waiting. A job of its key 'k' runs, as many as may. Its key", $"{await Explain("a")}");
    }

    private async Task<JobExplanation> Explain(string id)
    {
        await using AsyncMQHost mq = Store.Host();
        JobExplanation? explanation = await mq.Queue().ExplainAsync(id);
        Assert.True(explanation is not null, $"There is no job {id}.");
        return explanation;
    }

    private async Task<T> OnlyReason<T>(string id)
        where T : WaitReason =>
        Assert.IsType<T>(Assert.Single((await Explain(id)).Reasons));
}
