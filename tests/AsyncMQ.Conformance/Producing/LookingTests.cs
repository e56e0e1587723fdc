namespace AsyncMQ.Conformance;

/// <summary>Jobs, states, results, counts and pages through the client. Source: reference behaviour .</summary>
public abstract class LookingTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Theory]
    [InlineData("nobody")]
    [InlineData("")]
    [InlineData("a:b")]
    [InlineData("123")]
    [InlineData("\0")]
    [InlineData("a\ud800")]
    [InlineData("'; DROP TABLE jobs;--")]
    public async Task An_id_that_no_job_has_is_unknown_whatever_it_looks_like(string id)
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddAsync("a");

        Assert.Null(await mq.Queue().GetJobAsync(id));
        Assert.Null(await mq.Queue().GetJobStateAsync(id));
        Assert.Null(await mq.Queue().GetJobResultAsync(id));
        JobNotCompletedException gone = await Assert.ThrowsAsync<JobNotCompletedException>(() => mq.Queue().WaitAsync(id));
        Assert.Null(gone.State);
    }

    [Fact]
    public async Task An_id_of_a_megabyte_is_unknown_too()
    {
        await using AsyncMQHost mq = Store.Host();

        Assert.Null(await mq.Queue().GetJobAsync(new string('x', 1 << 20)));
    }

    [Theory]
    [MemberData(nameof(EveryState))]
    public async Task Each_state_is_told(JobState state)
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Bring("one", state);

        Assert.Equal(state, await mq.Queue().GetJobStateAsync("one"));
        JobInfo job = await mq.Get(new("default", "one"));
        Assert.Equal(state, job.State);
        Assert.Equal(state.IsFinal(), job.FinishedAt is not null);
        JobResult? result = await mq.Queue().GetJobResultAsync("one");
        Assert.Equal((state, state.IsFinal()), (result!.State, result.IsFinished));
        QueueStats stats = await mq.Queue().GetStatsAsync();
        Assert.All(Enum.GetValues<JobState>(), other => Assert.Equal(other == state ? 1 : 0, stats[other]));
        Assert.Equal(["one"], await mq.Ids(state));
    }

    public static TheoryData<JobState> EveryState => [.. Lives.AllStates];

    [Fact]
    public async Task A_job_that_has_not_ended_has_no_result_yet()
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Bring("one", JobState.Waiting);

        JobResult result = (await mq.Queue().GetJobResultAsync("one"))!;

        Assert.False(result.IsFinished);
        Assert.False(result.HasValue);
        JobNotCompletedException early = Assert.Throws<JobNotCompletedException>(result.Get<string>);
        Assert.Equal("Job default/one has no result yet: it is Waiting.", early.Message);
    }

    [Theory]
    [InlineData("", false, null)]
    [InlineData("null", true, null)]
    [InlineData("\"value\"", true, "value")]
    [InlineData("\"\"", true, "")]
    public async Task Completed_without_a_value_with_null_and_with_a_value_are_told_apart(string stored, bool hasValue, string? value)
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Add(Job("one"));
        Worker worker = await Store.OpenWorker();
        await worker.Complete(await worker.ClaimOne(), stored);

        JobResult result = (await mq.Queue().GetJobResultAsync("one"))!;

        Assert.Equal((true, hasValue), (result.IsFinished, result.HasValue));
        Assert.Equal(stored, result.Utf8.Text());
        if (hasValue)
            Assert.Equal(value, result.Get<string>());
        else
            Assert.Contains("without a value", Assert.Throws<InvalidOperationException>(result.Get<string>).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JobState.Failed, "failed")]
    [InlineData(JobState.Cancelled, "was cancelled")]
    [InlineData(JobState.Expired, "expired")]
    public async Task Waiting_for_a_job_that_did_not_complete_says_what_became_of_it(JobState state, string said)
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Bring("one", state);

        JobNotCompletedException ended = await Assert.ThrowsAsync<JobNotCompletedException>(() => mq.Queue().WaitAsync("one"));

        Assert.Equal((state, new JobRef("default", "one")), (ended.State, ended.Job));
        Assert.Contains(said, ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_ends_when_the_job_does()
    {
        await using AsyncMQHost mq = Store.Host();
        JobHandle<string> handle = await mq.Client.AddAsync(new SendWelcome("a"));
        Task<string> typed = handle.WaitAsync();
        Task<JobResult> byId = mq.Queue("mail").WaitAsync(handle.Id);
        Worker worker = await Store.OpenWorker();

        ClaimedJob claim = await worker.ClaimOne("mail");
        Assert.False(typed.IsCompleted);
        await worker.Complete(claim, "\"sent\"");

        Assert.Equal("sent", await typed.WaitAsync(Patience));
        Assert.Equal("sent", (await byId.WaitAsync(Patience)).Get<string>());
    }

    [Fact]
    public async Task Waiting_ends_when_the_job_is_removed()
    {
        await using AsyncMQHost mq = Store.Host();
        JobHandle handle = await mq.Client.AddAsync("a");
        Task<JobResult> wait = handle.WaitAsync();

        await Store.Do(JobCommand.Remove, handle.Id);

        JobNotCompletedException gone = await Assert.ThrowsAsync<JobNotCompletedException>(() => wait.WaitAsync(Patience));
        Assert.Contains("was removed", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_other_waits_for_the_job_alone()
    {
        await using AsyncMQHost mq = Store.Host();
        JobHandle handle = await mq.Client.AddAsync("a");
        using var source = new CancellationTokenSource();
        Task<JobResult> impatient = handle.WaitAsync(source.Token);
        Task<JobResult> patient = handle.WaitAsync();

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Worker worker = await Store.OpenWorker();
        await worker.Complete(await worker.ClaimOne());

        Assert.Equal(JobState.Completed, (await patient.WaitAsync(Patience)).State);
    }

    [Fact]
    public async Task A_queue_that_does_not_exist_is_empty_and_stays_unknown()
    {
        await using AsyncMQHost mq = Store.Host();

        QueueStats stats = await mq.Queue("nowhere").GetStatsAsync();
        JobPage page = await mq.Queue("nowhere").GetJobsAsync(new() { States = Enum.GetValues<JobState>() });

        Assert.Equal(new QueueStats { Queue = "nowhere" }, stats);
        Assert.Equal((0, null, 0L), (page.Jobs.Count, page.Next, page.Total));
        Assert.Empty(await mq.Client.GetQueuesAsync());
    }

    [Fact]
    public async Task Counts_tell_waiting_from_delayed_and_prioritized()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddBulkAsync(
        [
            JobSpec.Of("a"), JobSpec.Of("a", [], new() { Priority = 1 }), JobSpec.Of("a", [], new() { Priority = 9 }),
            JobSpec.Of("a", [], new() { Delay = 1.Hours() }), JobSpec.Of("a", [], new() { Delay = 2.Hours(), Priority = 1 }),
        ]);
        await Store.Advance(1.Minutes());

        QueueStats stats = await mq.Queue().GetStatsAsync();

        Assert.Equal((3, 2, 2, 5), (stats.Waiting, stats.Delayed, stats.Prioritized, stats.Pending));
        Assert.InRange(stats.OldestWaiting!.Value, 1.Minutes(), 1.Minutes() + Patience);
        Assert.False(stats.IsPaused);
        await Store.Pause();
        Assert.True((await mq.Queue().GetStatsAsync()).IsPaused);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_walk_the_states_in_the_order_asked_for(bool descending)
    {
        await using AsyncMQHost mq = Store.Host();
        string[] delayed = [.. Enumerable.Range(0, 7).Select(i => $"d{i}")];
        string[] waiting = [.. Enumerable.Range(0, 8).Select(i => $"w{i}")];
        for (int i = 0; i < 7; i++)
            await mq.Client.AddAsync("a", [], new() { JobId = delayed[i], Delay = (i + 1).Hours() });
        foreach (string id in waiting)
            await mq.Client.AddAsync("a", [], new() { JobId = id });

        var read = new List<string>();
        var pages = new List<int>();
        string? after = null;
        do
        {
            JobPage page = await mq.Queue().GetJobsAsync(
                new() { States = [JobState.Delayed, JobState.Waiting, JobState.Delayed], Take = 5, After = after, Descending = descending });
            Assert.Equal(15, page.Total);
            read.AddRange(page.Jobs.Select(job => job.Id));
            pages.Add(page.Jobs.Count);
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(descending ? [.. delayed.Reverse(), .. waiting.Reverse()] : [.. delayed, .. waiting], read);
        Assert.Equal([5, 5, 5], pages.Where(count => count > 0));
    }

    [Fact]
    public async Task Jobs_that_come_and_go_between_pages_neither_hide_nor_repeat_those_that_stay()
    {
        await using AsyncMQHost mq = Store.Host();
        string[] ids = [.. Enumerable.Range(0, 20).Select(i => $"job-{i:00}")];
        await mq.Client.AddBulkAsync([.. ids.Select(id => JobSpec.Of("a", [], new() { JobId = id }))]);

        JobPage first = await mq.Queue().GetJobsAsync(new() { States = [JobState.Waiting], Take = 10 });
        await Store.Do(JobCommand.Remove, "job-03");
        await Store.Do(JobCommand.Remove, "job-12");
        await mq.Client.AddAsync("a", [], new() { JobId = "urgent", Priority = 1 });
        JobPage second = await mq.Queue().GetJobsAsync(new() { States = [JobState.Waiting], Take = 20, After = first.Next });

        Assert.Equal(ids[10..].Where(id => id != "job-12"), second.Jobs.Select(job => job.Id));
    }

    [Fact]
    public async Task Queues_are_listed_in_ordinal_order()
    {
        await using AsyncMQHost mq = Store.Host();
        foreach (string queue in new[] { "b", "a", "B", "ä", "_" })
            await mq.Queue(queue).AddAsync("a");

        Assert.Equal(["B", "_", "a", "b", "ä"], await mq.Client.GetQueuesAsync());
    }
}
