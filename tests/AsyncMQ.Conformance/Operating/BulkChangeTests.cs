using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance.Operating;

/// <summary>
/// Operations over a query: loops of steps, cut off at their start, that can be stopped and taken up again. Source, RT-06.
/// </summary>
public abstract class BulkChangeTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    [Trait("reference", "RT-06")]
    public async Task All_dead_letters_of_a_name_run_again_in_the_order_in_which_they_failed()
    {
        await using AsyncMQHost mq = Store.Host();
        for (int i = 0; i < 6; i++)
        {
            await Store.Bring($"job-{i}", JobState.Failed, Job($"job-{i}").WithCustomId().Named(i % 2 == 0 ? "mail.send" : "other"));
            await Store.Advance(1.Seconds());
        }

        Assert.Equal(3, await mq.Queue().RetryAsync(new() { Name = "mail.*" }));

        Assert.Equal(["job-0", "job-2", "job-4"], await mq.Ids(JobState.Waiting));
        Assert.Equal(["job-5", "job-3", "job-1"], await mq.Ids(JobState.Failed));
    }

    [Fact]
    [Trait("reference", "A-18")]
    public async Task A_job_run_again_has_all_its_attempts_and_all_its_time()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (_, _) => throw new InvalidOperationException("no"))
            .AddWorker(DefaultQueue));
        JobHandle failing = await mq.Queue().AddAsync("work", null, new() { JobId = "a", Retries = 2, Backoff = Backoff.None });
        await failing.EndsOtherwise();
        Assert.Equal(3, (await mq.Get(failing.Ref)).Attempts.Count);
        await mq.Queue("idle").AddAsync("work", null, new() { JobId = "b", TimeToLive = 1.Minutes() });
        await Store.Advance(2.Minutes());
        await Store.Maintain();

        Assert.Equal(JobChangeOutcome.Done, (await mq.Queue().RetryJobAsync("a")).Outcome);
        Assert.Equal(JobChangeOutcome.Done, (await mq.Queue("idle").RetryJobAsync("b")).Outcome);

        await Clients.Until(async () => (await mq.Get(failing.Ref)) is { State: JobState.Failed, Attempt: 3, Attempts.Count: 6 });
        JobInfo expired = await mq.Get(new("idle", "b"));
        Assert.Equal(JobState.Waiting, expired.State);
        Assert.InRange(expired.ExpiresAt!.Value - await Store.Now(), TimeSpan.Zero, 1.Minutes());
        Assert.Null(expired.FinishedAt);
    }

    [Fact]
    public async Task Each_command_changes_the_jobs_of_its_query_and_no_others()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.AddMany(5, "red");
        await mq.AddMany(5, "blue", prefix: "blue");
        await mq.Queue().AddBulkAsync([.. Enumerable.Range(0, 4).Select(i => JobSpec.Of("red", null, new() { JobId = $"delayed-{i}", Delay = 1.Hours() }))]);

        Assert.Equal(4, await mq.Queue().PromoteAsync(new() { Name = "red" }));
        Assert.Equal(9, await mq.Queue().CancelAsync(new() { Name = "red" }));
        Assert.Equal(5, await mq.Queue().RetryAsync(new() { Id = "job-*" }));
        Assert.Equal(4, await mq.Queue().RemoveAsync(new() { States = [JobState.Cancelled] }));
        Assert.Equal(5, await mq.Queue().RemoveAsync(new() { Text = "BLUE" }));

        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"job-{i}"), await mq.Ids());
        Assert.Equal(5, await mq.Queue().GetJobCountAsync());
    }

    [Fact]
    public async Task Progress_tells_every_id_once_and_the_sum_so_far()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.AddMany(2_500);
        var steps = new Steps();

        Assert.Equal(2_500, await mq.Queue().CancelAsync(new() { Name = "work" }, steps));

        Assert.Equal([1_000, 2_000, 2_500], steps.Select(step => step.Total));
        Assert.Equal(Enumerable.Range(0, 2_500).Select(i => $"job-{i}"), steps.SelectMany(step => step.Ids));
    }

    [Fact]
    public async Task It_can_be_stopped_between_steps_and_taken_up_again()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.AddMany(3_000);
        using var stop = new CancellationTokenSource();
        var steps = new Steps { OnStep = _ => stop.Cancel() };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => mq.Queue().DrainAsync(progress: steps, cancellationToken: stop.Token));
        Assert.Equal(2_000, await mq.Count());

        Assert.Equal(2_000, await mq.Queue().DrainAsync());
        Assert.Equal(0, await mq.Count());
    }

    [Fact]
    public async Task One_that_was_stopped_before_it_began_changes_nothing()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.AddMany(3);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => mq.Queue().DrainAsync(cancellationToken: new(canceled: true)));

        Assert.Equal(3, await mq.Count());
    }

    [Fact]
    [Trait("reference", "A-13")]
    public async Task Jobs_added_while_it_runs_are_left_alone()
    {
        var pages = new BusyPages(Store.Store);
        await using AsyncMQHost mq = Store.Host(pages);
        await mq.AddMany(2_500);
        int added = 0;
        pages.OnPage = async () =>
        {
            await Store.Advance(1.Milliseconds());
            await Store.Add(Job($"late-{added++}"));
            await Store.Add(Job($"urgent-{added}").WithPriority(0));
        };

        Assert.Equal(2_500, await mq.Queue().DrainAsync());

        Assert.True(added > 2);
        Assert.Equal(2 * added, await mq.Count());
        Assert.All(await mq.Ids(), id => Assert.DoesNotContain("job", id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Jobs_that_fail_anew_while_it_runs_are_not_run_again_twice()
    {
        var pages = new BusyPages(Store.Store);
        await using AsyncMQHost mq = Store.Host(pages);
        Worker worker = await Store.OpenWorker();
        await mq.AddMany(1_500);
        await FailAll(worker);
        await Store.Advance(1.Milliseconds());
        pages.OnPage = async () =>
        {
            await Store.Advance(1.Milliseconds());
            await FailAll(worker);
        };
        var steps = new Steps();

        Assert.Equal(1_500, await mq.Queue().RetryAsync(new(), steps));

        Assert.Equal(1_500, steps.SelectMany(step => step.Ids).Distinct().Count());
        await FailAll(worker);
        Assert.All((await mq.Queue().GetFailedAsync(new() { Take = 1_000 })).Jobs, job => Assert.Equal(1, job.Attempt));
    }

    [Fact]
    public async Task A_retry_is_refused_where_another_job_owns_the_deduplication_id_by_now()
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Bring("a", JobState.Failed, Job("a").Deduplicated("x"));
        await mq.Queue().AddAsync("work", null, new() { JobId = "b", Deduplication = Deduplication.Simple("x") });

        Assert.Equal(new(JobChangeOutcome.DeduplicationTaken, JobState.Failed), await mq.Queue().RetryJobAsync("a"));
        Assert.Equal(0, await mq.Queue().RetryAsync(new()));

        Assert.Equal("b", await mq.Queue().GetDeduplicationJobIdAsync("x"));
        await mq.Queue().RemoveJobAsync("b");
        Assert.Equal(1, await mq.Queue().RetryAsync(new()));
        Assert.Equal("a", await mq.Queue().GetDeduplicationJobIdAsync("x"));
    }

    [Fact]
    [Trait("reference", "A-14, A-15, A-20")]
    public async Task Clean_takes_the_oldest_ends_first_up_to_a_limit_and_counts_their_age_from_the_end()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.AddMany(6);
        Worker worker = await Store.OpenWorker();
        await Store.Advance(10.Hours());
        for (int i = 0; i < 6; i++)
        {
            await Store.Advance(1.Hours());
            await worker.Close();
            worker = await Store.OpenWorker();
            await worker.Complete(await worker.ClaimOne());
        }

        IJobQueue queue = mq.Queue();
        Assert.Equal(0, await queue.CleanAsync(JobState.Completed, grace: 6.Hours()));
        Assert.Equal(0, await queue.CleanAsync(JobState.Completed, limit: 0));
        Assert.Equal(2, await queue.CleanAsync(JobState.Completed, limit: 2));
        Assert.Equal(["job-5", "job-4", "job-3", "job-2"], await mq.Ids(JobState.Completed));
        Assert.Equal(1, await queue.CleanAsync(JobState.Completed, grace: 150.Minutes(), limit: 5));
        Assert.Equal(["job-5", "job-4", "job-3"], await mq.Ids(JobState.Completed));
        Assert.Equal(3, await queue.CleanAsync(JobState.Completed));
    }

    [Fact]
    [Trait("reference", "A-14")]
    public async Task Clean_goes_as_far_as_its_limit_through_many_steps_and_no_farther()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.AddMany(2_600);
        await mq.Queue().CancelAsync(new());
        var steps = new Steps();

        Assert.Equal(2_100, await mq.Queue().CleanAsync(JobState.Cancelled, limit: 2_100, progress: steps));

        Assert.Equal([1_000, 2_000, 2_100], steps.Select(step => step.Total));
        Assert.Equal(Enumerable.Range(2_100, 500).Reverse().Select(i => $"job-{i}"), await mq.Ids(JobState.Cancelled));
    }

    [Fact]
    public async Task Clean_of_unended_jobs_counts_from_the_add()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.AddMany(2, prefix: "old");
        await Store.Advance(2.Hours());
        await mq.AddMany(2, prefix: "young");

        Assert.Equal(2, await mq.Queue().CleanAsync(JobState.Waiting, grace: 1.Hours()));

        Assert.Equal(["young-0", "young-1"], await mq.Ids());
    }

    [Fact]
    public async Task Nonsense_is_refused_before_anything_is_changed()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.AddMany(3);
        IJobQueue queue = mq.Queue();

        await Assert.ThrowsAsync<ArgumentException>(() => queue.CleanAsync(JobState.Active));
        await Assert.ThrowsAsync<ArgumentException>(() => queue.CleanAsync((JobState)99));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => queue.CleanAsync(JobState.Waiting, limit: -1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => queue.CleanAsync(JobState.Waiting, grace: -1.Seconds()));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => queue.RescheduleJobAsync("job-0", -1.Seconds()));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => queue.RescheduleJobAsync("job-0", DateTimeOffset.MaxValue));
        await Assert.ThrowsAsync<ArgumentNullException>(() => queue.RemoveAsync(null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => queue.RemoveJobAsync(null!));
        await Assert.ThrowsAsync<ArgumentException>(() => queue.RemoveAsync(new() { Skip = 1 }));
        await Assert.ThrowsAsync<ArgumentException>(() => queue.CancelAsync(new() { After = "x" }));

        Assert.Equal(3, await mq.Count());
    }

    [Fact]
    public async Task Running_jobs_are_removed_only_when_their_state_is_asked_for_by_name()
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Bring("running", JobState.Active);
        await mq.AddMany(2);

        Assert.Equal(2, await mq.Queue().RemoveAsync(new()));
        Assert.Equal(JobState.Active, await mq.Queue().GetJobStateAsync("running"));
        Assert.Equal(1, await mq.Queue().RemoveAsync(new() { States = Enum.GetValues<JobState>() }));
    }

    private static async Task FailAll(Worker worker)
    {
        while (await worker.Claim(1_000) is { Count: > 0 } claimed)
            await worker.SettleAll([.. claimed.Select(job => Worker.Settlement(job, SettlementKind.Fail, "error"))]);
    }

    /// <summary>Notes each step at once.</summary>
    private sealed class Steps : List<ChangedJobs>, IProgress<ChangedJobs>
    {
        public Action<ChangedJobs> OnStep { get; init; } = _ => { };

        public void Report(ChangedJobs value)
        {
            Add(value);
            OnStep(value);
        }
    }

    /// <summary>Something happens in the store after each page.</summary>
    private sealed class BusyPages(IJobStore store) : BorrowedStore(store)
    {
        public Func<Task> OnPage { get; set; } = () => Task.CompletedTask;

        public override async ValueTask<StorePage> PageAsync(PageRequest request, CancellationToken cancellationToken)
        {
            StorePage page = await base.PageAsync(request, cancellationToken);
            await OnPage();
            return page;
        }
    }
}
