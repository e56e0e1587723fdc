namespace AsyncMQ.Conformance;

/// <summary>Pages: one order per state, by keyset, in both directions.</summary>
public abstract class PageTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Waiting_is_by_priority_then_order_of_adding()
    {
        await Store.AddBulk(Job("a"), Job("b").WithPriority(1), Job("c"), Job("d").WithPriority(9), Job("e").WithPriority(1));

        Assert.Equal(["b", "e", "a", "c", "d"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task Delayed_is_by_due_time_then_order_of_adding()
    {
        DateTimeOffset tie = await Store.Now() + 2.Hours();
        await Store.AddBulk(Job("a").At(tie), Job("b").Delayed(1.Hours()), Job("c").At(tie), Job("d").Delayed(3.Hours()).WithPriority(0));

        Assert.Equal(["b", "a", "c", "d"], await Store.Page(JobState.Delayed));
    }

    [Fact]
    public async Task Active_is_by_claim_time_oldest_first()
    {
        await Store.AddBulk(Job("a"), Job("b"), Job("c"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob first = await worker.ClaimOne();
        await Store.Advance(1.Seconds());
        await worker.ClaimOne();
        await worker.HandBack(first);
        await Store.Advance(1.Seconds());
        await worker.Claim(2);

        Assert.Equal(["b", "a", "c"], await Store.Page(JobState.Active));
    }

    [Fact]
    public async Task Jobs_that_were_claimed_many_at_a_time_come_in_order_and_its_reverse_and_are_counted()
    {
        string[] ids = [.. Enumerable.Range(0, 50).Select(i => $"job-{i}")];
        await Store.AddBulk(Batch(ids));
        Worker worker = await Store.OpenWorker();
        IReadOnlyList<ClaimedJob> jobs = await worker.Claim(50);
        await worker.SettleAll([.. jobs.Take(3).Select(job => Worker.Settlement(job, SettlementKind.Complete))]);

        string[] forwards = await Walk(new() { Queue = DefaultQueue, State = JobState.Active, Take = 7 });
        string[] backwards = await Walk(new() { Queue = DefaultQueue, State = JobState.Active, Take = 7, Reverse = true });

        Assert.Equal(ids[3..], forwards);
        Assert.Equal(forwards, backwards.Reverse());
        Assert.Equal(47, await Store.Count(JobState.Active));
        await worker.SettleAll([.. jobs.Skip(3).Select(job => Worker.Settlement(job, SettlementKind.Complete))]);
        Assert.Empty(await Store.Page(JobState.Active));
        Assert.Equal(0, await Store.Count(JobState.Active));
    }

    [Fact]
    public async Task Running_jobs_that_report_keep_their_places()
    {
        string[] ids = [.. Enumerable.Range(0, 50).Select(i => $"job-{i}")];
        await Store.AddBulk(Batch(ids));
        Worker worker = await Store.OpenWorker();
        IReadOnlyList<ClaimedJob> jobs = await worker.Claim(50);
        foreach (int i in (int[])[0, 6, 7, 20, 49])
            Assert.Equal(SettleOutcome.Applied, await worker.Report(jobs[i], "1"));

        string[] forwards = await Walk(new() { Queue = DefaultQueue, State = JobState.Active, Take = 7 });
        string[] backwards = await Walk(new() { Queue = DefaultQueue, State = JobState.Active, Take = 7, Reverse = true });

        Assert.Equal(ids, forwards);
        Assert.Equal(forwards, backwards.Reverse());
    }

    [Theory]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.Cancelled)]
    [InlineData(JobState.Expired)]
    public async Task The_final_states_are_by_end_latest_first(JobState state)
    {
        foreach (string id in (string[])["b", "a", "c"])
        {
            await Store.Bring(id, state);
            await Store.Advance(1.Seconds());
        }

        Assert.Equal(["c", "a", "b"], await Store.Page(state));
    }

    [Fact]
    public async Task Jobs_that_ended_in_one_step_come_in_one_order_and_its_reverse()
    {
        string[] ids = [.. Enumerable.Range(0, 50).Select(i => $"job-{i}")];
        await Store.AddBulk(Batch(ids));
        Worker worker = await Store.OpenWorker();
        await worker.SettleAll([.. (await worker.Claim(50)).Select(job => Worker.Settlement(job, SettlementKind.Complete))]);

        string[] forwards = await Walk(new() { Queue = DefaultQueue, State = JobState.Completed, Take = 7 });
        string[] backwards = await Walk(new() { Queue = DefaultQueue, State = JobState.Completed, Take = 7, Reverse = true });

        Assert.Equal(ids.Order(StringComparer.Ordinal), forwards.Order(StringComparer.Ordinal));
        Assert.Equal(forwards, backwards.Reverse());
    }

    [Theory]
    [InlineData(JobState.Waiting)]
    [InlineData(JobState.Delayed)]
    public async Task Pages_put_together_are_the_whole_in_order(JobState state)
    {
        string[] ids = [.. Enumerable.Range(0, 25).Select(i => $"job-{i}")];
        await Store.AddBulk([.. ids.Select((id, i) => state == JobState.Delayed ? Job(id).Delayed((i + 10).Minutes()) : Job(id).WithPriority(i / 10))]);

        foreach (int take in (int[])[1, 7, 25, 100])
        {
            Assert.Equal(ids, await Walk(new() { Queue = DefaultQueue, State = state, Take = take }));
            Assert.Equal(ids.Reverse(), await Walk(new() { Queue = DefaultQueue, State = state, Take = take, Reverse = true }));
        }
    }

    [Fact]
    public async Task A_job_that_did_not_move_is_neither_skipped_nor_repeated_while_others_come_and_go()
    {
        await Store.AddBulk(Batch("a", "b", "c", "d", "e", "f"));
        var request = new PageRequest { Queue = DefaultQueue, State = JobState.Waiting, Take = 2 };
        StorePage first = await Store.Store.PageAsync(request, Cancellation);
        await Store.Do(JobCommand.Remove, "a");
        await Store.Do(JobCommand.Remove, "b");
        await Store.Do(JobCommand.Remove, "d");
        await Store.AddBulk(Job("early").WithPriority(0), Job("late"));

        string[] rest = await Walk(request with { After = first.Next });

        Assert.Equal(["a", "b"], first.Jobs.Ids());
        Assert.Equal(["c", "e", "f", "late"], rest);
    }

    [Fact]
    public async Task The_key_of_a_record_is_the_cursor_behind_it()
    {
        await Store.AddBulk(Batch("a", "b", "c"));

        StorePage page = await Store.Store.PageAsync(
            new() { Queue = DefaultQueue, State = JobState.Waiting, After = (await Store.Get("a")).Key }, Cancellation);

        Assert.Equal(["b", "c"], page.Jobs.Ids());
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task A_page_may_begin_further_on()
    {
        await Store.AddBulk(Batch("a", "b", "c", "d"));

        Assert.Equal(["c"], await Ids(new() { Queue = DefaultQueue, State = JobState.Waiting, Skip = 2, Take = 1 }));
        Assert.Equal(["b", "a"], await Ids(new() { Queue = DefaultQueue, State = JobState.Waiting, Skip = 2, Reverse = true }));
        Assert.Empty(await Ids(new() { Queue = DefaultQueue, State = JobState.Waiting, Skip = 9 }));
    }

    [Fact]
    public async Task A_hint_leaves_out_no_job_that_matches()
    {
        for (int i = 0; i < 20; i++)
            await Store.Add(Job($"job-{i}").Named(i % 3 == 0 ? "mail" : "work"));

        List<JobRecord> seen = [];
        await foreach (JobRecord job in Records(new() { Queue = DefaultQueue, State = JobState.Waiting, Take = 3, Hint = new("mail", null, null) }))
            seen.Add(job);

        Assert.Equal(
            Enumerable.Range(0, 20).Where(i => i % 3 == 0).Select(i => $"job-{i}"), seen.Where(job => job.Name == "mail").Ids());
    }

    [Fact]
    public async Task Pages_read_the_parts_asked_for()
    {
        await Store.Add(Job("a").WithPayload(Bytes("payload")));

        StorePage bare = await Store.Store.PageAsync(new() { Queue = DefaultQueue, State = JobState.Waiting }, Cancellation);
        StorePage full = await Store.Store.PageAsync(new() { Queue = DefaultQueue, State = JobState.Waiting, Parts = JobParts.Payload }, Cancellation);

        Assert.True(bare.Jobs[0].Payload.IsEmpty);
        Assert.Equal("payload", full.Jobs[0].Payload.Text());
    }

    [Fact]
    public async Task An_unknown_queue_has_empty_pages()
    {
        foreach (JobState state in Enum.GetValues<JobState>())
        {
            StorePage page = await Store.Store.PageAsync(new() { Queue = "never", State = state }, Cancellation);
            Assert.Empty(page.Jobs);
            Assert.Null(page.Next);
        }
    }

    private async Task<string[]> Ids(PageRequest request) => (await Store.Store.PageAsync(request, Cancellation)).Jobs.Ids();

    private async Task<string[]> Walk(PageRequest request)
    {
        List<string> seen = [];
        await foreach (JobRecord job in Records(request))
            seen.Add(job.Ref.Id);
        return [.. seen];
    }

    private async IAsyncEnumerable<JobRecord> Records(PageRequest request)
    {
        for (int pages = 0; pages < 1_000; pages++)
        {
            StorePage page = await Store.Store.PageAsync(request, Cancellation);
            Assert.InRange(page.Jobs.Count, 0, request.Take);
            foreach (JobRecord job in page.Jobs)
                yield return job;
            if (page.Next is not { } next)
                yield break;
            request = request with { After = next };
        }

        Assert.Fail("The pages do not end.");
    }
}
