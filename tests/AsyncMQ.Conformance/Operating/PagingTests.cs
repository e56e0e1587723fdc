namespace AsyncMQ.Conformance.Operating;

/// <summary>Pages through the public API: one order per state on every store, states as asked for, cursors that fit their query. Source: A-01 … .</summary>
public abstract class PagingTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    public static TheoryData<JobState> EveryState => [.. Lives.AllStates];

    [Theory]
    [MemberData(nameof(EveryState))]
    [Trait("reference", "A-03, A-04")]
    public async Task Each_state_has_one_order_and_its_reverse_whatever_the_page_size(JobState state)
    {
        await using AsyncMQHost mq = Store.Host();
        await BringTen(state);
        string[] order = InOrder(state);

        foreach (int take in (int[])[1, 3, 10, 1_000])
        {
            Assert.Equal(order, await Walk(mq.Queue(), new() { States = [state], Take = take }));
            Assert.Equal(order.Reverse(), await Walk(mq.Queue(), new() { States = [state], Take = take, Descending = true }));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("reference", "A-01, A-03")]
    public async Task States_come_in_the_order_asked_for_each_in_its_own_and_once(bool descending)
    {
        await using AsyncMQHost mq = Store.Host();
        await BringOfEach();
        JobState[] asked = [JobState.Completed, JobState.Waiting, JobState.Completed, JobState.Delayed, JobState.Waiting];
        string[][] states = [["completed-1", "completed-0"], ["waiting-0", "waiting-1"], ["delayed-0", "delayed-1"]];

        foreach (int take in (int[])[1, 2, 3, 50])
        {
            Assert.Equal(
                states.SelectMany(ids => descending ? ids.Reverse() : ids),
                await Walk(mq.Queue(), new() { States = asked, Take = take, Descending = descending }));
        }
    }

    [Fact]
    [Trait("reference", "A-01, A-02, A-08, A-10")]
    public async Task Without_states_every_job_is_listed_once_in_the_order_of_the_states()
    {
        await using AsyncMQHost mq = Store.Host();
        await BringOfEach();

        string[] ids = await Walk(mq.Queue(), new() { Take = 4 });

        Assert.Equal(
            [
                "waiting-0", "waiting-1", "active-0", "active-1", "delayed-0", "delayed-1", "waitingchildren-0", "waitingchildren-1",
                "completed-1", "completed-0", "failed-1", "failed-0", "expired-1", "expired-0", "cancelled-1", "cancelled-0",
            ],
            ids);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Skip_goes_over_pages_and_states(bool descending)
    {
        await using AsyncMQHost mq = Store.Host();
        await BringOfEach();
        string[] all = await Walk(mq.Queue(), new() { Descending = descending });

        for (int skip = 0; skip <= all.Length + 1; skip++)
        {
            Assert.Equal(all.Skip(skip), await Walk(mq.Queue(), new() { Skip = skip, Take = 3, Descending = descending }));
            Assert.Equal(all.Skip(skip), await Walk(mq.Queue(), new() { Skip = skip, Take = 3, Descending = descending, Name = "w*" }));
            Assert.Equal(all.Skip(skip).Take(4), (await mq.Queue().GetJobsAsync(new() { Skip = skip, Take = 4, Descending = descending })).Jobs.Select(job => job.Id));
        }
    }

    [Fact]
    public async Task The_total_is_told_for_states_and_not_for_filters()
    {
        await using AsyncMQHost mq = Store.Host();
        await BringOfEach();

        Assert.Equal(16, (await mq.Queue().GetJobsAsync(new() { Take = 1 })).Total);
        Assert.Equal(4, (await mq.Queue().GetJobsAsync(new() { Take = 1, States = [JobState.Failed, JobState.Active, JobState.Failed] })).Total);
        Assert.Equal(2, (await mq.Queue().GetJobsAsync(new() { Take = 1, Skip = 2, States = [JobState.Failed] })).Total);
        Assert.Null((await mq.Queue().GetJobsAsync(new() { Name = "work" })).Total);
        Assert.Null((await mq.Queue().GetJobsAsync(new() { Id = "waiting-0" })).Total);
        Assert.Null((await mq.Queue().GetPrioritizedAsync()).Total);
    }

    [Fact]
    [Trait("reference", "A-11")]
    public void A_page_takes_1_to_1000_jobs_and_skips_none_or_more()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new JobQuery { Take = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new JobQuery { Take = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new JobQuery { Take = 1_001 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new JobQuery { Skip = -1 });
        Assert.Throws<ArgumentException>(() => new JobQuery { States = [] });
        Assert.Throws<ArgumentNullException>(() => new JobQuery { States = null! });
    }

    [Fact]
    [Trait("reference", "A-02")]
    public void A_state_that_is_none_is_refused_and_does_not_match_nothing() =>
        Assert.Throws<ArgumentException>(() => new JobQuery { States = [JobState.Waiting, (JobState)99] });

    [Theory]
    [InlineData("")]
    [InlineData("not a cursor")]
    [InlineData("bm90IGEgY3Vyc29y")]
    [InlineData("MC45OS4wLi4")]
    [InlineData("====")]
    [InlineData("ä")]
    public async Task What_is_not_a_cursor_is_refused(string text)
    {
        await using AsyncMQHost mq = Store.Host();

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => mq.Queue().GetJobsAsync(new() { After = text }));

        Assert.Contains("is not a cursor of this query", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => mq.Queue().GetJobsAsync(new() { After = new string('a', 1_000_000) }));
    }

    [Fact]
    public async Task The_cursor_of_another_query_is_refused()
    {
        await using AsyncMQHost mq = Store.Host();
        await BringOfEach();
        JobQuery query = new() { States = [JobState.Waiting, JobState.Failed], Take = 1 };
        string next = (await mq.Queue().GetJobsAsync(query)).Next!;

        JobQuery[] others =
        [
            query with { States = [JobState.Failed, JobState.Waiting] }, query with { States = [JobState.Waiting] },
            query with { States = [JobState.Waiting, JobState.Failed, JobState.Expired] }, query with { Descending = true }, new(),
        ];

        foreach (JobQuery other in others)
            await Assert.ThrowsAsync<ArgumentException>(() => mq.Queue().GetJobsAsync(other with { After = next }));
        JobPage page = await mq.Queue().GetJobsAsync(query with { After = next, Take = 50, Name = "*" });
        Assert.Equal(["waiting-1", "failed-1", "failed-0"], page.Jobs.Select(job => job.Id));
    }

    [Fact]
    public async Task A_page_carries_arguments_and_results_but_no_attempts_and_logs()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddAsync("work", ["x"], new() { JobId = "a" });
        Worker worker = await Store.OpenWorker();
        ClaimedJob claim = await worker.ClaimOne();
        await worker.Report(claim, null, "a line");
        await worker.Complete(claim, "42");

        foreach (JobQuery query in (JobQuery[])[new(), new() { Name = "w*" }, new() { Id = "a" }])
        {
            JobInfo job = Assert.Single((await mq.Queue().GetJobsAsync(query)).Jobs);
            Assert.Equal("x", job.Args[0].GetString());
            Assert.Equal(42, job.Result.Get<int>());
            Assert.Empty(job.Logs);
        }
    }

    private async Task BringTen(JobState state)
    {
        for (int i = 0; i < 10; i++)
        {
            NewJob draft = Job($"job-{i}").WithCustomId().WithPriority(state == JobState.Waiting ? 5 - (i / 4) : 5);
            if (state == JobState.Delayed)
                await Store.Add(draft.Delayed((20 - i).Hours()));
            else
                await Store.Bring($"job-{i}", state, draft);
            await Store.Advance(1.Milliseconds());
        }
    }

    private static string[] InOrder(JobState state)
    {
        IEnumerable<int> order = state switch
        {
            JobState.Waiting => [8, 9, 4, 5, 6, 7, 0, 1, 2, 3],
            JobState.Active or JobState.WaitingChildren => Enumerable.Range(0, 10),
            _ => Enumerable.Range(0, 10).Reverse(), // next due, or latest ended, first
        };
        return [.. order.Select(i => $"job-{i}")];
    }

    private async Task BringOfEach()
    {
        // Whatever waits must not be claimed on another one's way.
        foreach (JobState state in Lives.AllStates.OrderBy(state => state == JobState.Waiting))
        {
            for (int i = 0; i < 2; i++)
            {
#pragma warning disable CA1308 // ids read better in lower case
                string id = $"{state.ToString().ToLowerInvariant()}-{i}";
#pragma warning restore CA1308
                if (state == JobState.Delayed)
                    await Store.Add(Job(id).Delayed((100 + i).Hours()));
                else
                    await Store.Bring(id, state);
            }
        }
    }

    private static async Task<string[]> Walk(IJobQueue queue, JobQuery query)
    {
        List<string> ids = [];
        await foreach (JobInfo job in queue.QueryAsync(query))
            ids.Add(job.Id);
        return [.. ids];
    }
}
