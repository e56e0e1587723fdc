using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance.Operating;

/// <summary>Filters by name, id, tag, text, time and priority: written once, for all stores; pages that come back short go on. Source: A-11.</summary>
public abstract class FilterTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Theory]
    [InlineData("mail.welcome", "w")]
    [InlineData("mail.*", "w, r")]
    [InlineData("*.welcome", "w, W")]
    [InlineData("*a*l*e", "w")]
    [InlineData("*", "w, r, W, x")]
    [InlineData("mail", "")]
    [InlineData("MAIL.*", "W")]
    [InlineData("m?il.*", "")]
    [InlineData("mail.welcome*", "w")]
    [InlineData("**r**", "r")]
    [InlineData("", "")]
    [Trait("reference", "A-11")]
    public async Task A_name_is_matched_with_stars(string pattern, string ids)
    {
        await using AsyncMQHost mq = Store.Host();
        foreach ((string id, string name) in (IEnumerable<(string, string)>)[("w", "mail.welcome"), ("r", "mail.reminder"), ("W", "MAIL.AL.welcome"), ("x", "x")])
            await mq.Queue().AddAsync(name, null, new() { JobId = id });

        Assert.Equal(ids.Split(", ", StringSplitOptions.RemoveEmptyEntries), await Find(mq, new() { Name = pattern }));
    }

    [Theory]
    [InlineData("order-1", "order-1")]
    [InlineData("order-*", "order-1, order-12")]
    [InlineData("*-1*", "order-1, order-12, mail-1")]
    [InlineData("order", "")]
    [InlineData("nobody", "")]
    [InlineData("a:b", "")]
    public async Task An_id_is_matched_with_stars(string pattern, string ids)
    {
        await using AsyncMQHost mq = Store.Host();
        foreach (string id in (string[])["order-1", "order-12", "mail-1"])
            await mq.Queue().AddAsync("work", null, new() { JobId = id });

        Assert.Equal(ids.Split(", ", StringSplitOptions.RemoveEmptyEntries), await Find(mq, new() { Id = pattern }));
    }

    [Fact]
    public async Task The_one_job_of_an_id_must_meet_the_other_filters_too()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Queue().AddAsync("work", null, new() { JobId = "a", Tags = ["red"] });

        Assert.Equal(["a"], await Find(mq, new() { Id = "a", Tag = "red", Name = "w*", States = [JobState.Waiting] }));
        Assert.Empty(await Find(mq, new() { Id = "a", Tag = "blue" }));
        Assert.Empty(await Find(mq, new() { Id = "a", States = [JobState.Failed] }));
        Assert.Empty(await Find(mq, new() { Id = "a", Skip = 1 }));
    }

    [Fact]
    public async Task A_tag_is_matched_whole_and_exactly()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Queue().AddAsync("work", null, new() { JobId = "a", Tags = ["red", "big"] });
        await mq.Queue().AddAsync("work", null, new() { JobId = "b", Tags = ["reddish"] });
        await mq.Queue().AddAsync("work", null, new() { JobId = "c" });

        Assert.Equal(["a"], await Find(mq, new() { Tag = "red" }));
        Assert.Equal(["a"], await Find(mq, new() { Tag = "big" }));
        Assert.Empty(await Find(mq, new() { Tag = "RED" }));
        Assert.Empty(await Find(mq, new() { Tag = "re*" }));
    }

    [Fact]
    public async Task A_text_is_looked_for_in_id_name_and_error_and_never_in_arguments()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddHandler("fail", (_, _) => throw new InvalidOperationException("The needle broke."))
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 1));
        await mq.Queue().AddAsync("work", null, new() { JobId = "my-Needle-1" });
        await mq.Queue().AddAsync("work", ["needle"], new() { JobId = "in-arguments" });
        await mq.Queue().AddAsync("fail", null, new() { JobId = "in-error" });
        await mq.Queue().AddAsync("needle.work", null, new() { JobId = "in-name", Delay = 1.Hours() });
        await Store.Until(new(DefaultQueue, "in-error"), JobState.Failed);

        string[] found = await Find(mq, new() { Text = "nEEdle" });

        Assert.Equal(["in-error", "in-name", "my-Needle-1"], found.Order(StringComparer.Ordinal));
        Assert.Equal(["in-error"], await Find(mq, new() { Text = "InvalidOperation" }));
    }

    [Fact]
    public async Task Times_include_their_beginning_and_exclude_their_end()
    {
        await using AsyncMQHost mq = Store.Host();
        foreach (string id in (string[])["a", "b", "c"])
        {
            await mq.Queue().AddAsync("work", null, new() { JobId = id });
            await Store.Advance(1.Hours());
        }

        DateTimeOffset b = (await Store.Get("b")).AddedAt, c = (await Store.Get("c")).AddedAt;

        Assert.Equal(["b", "c"], await Find(mq, new() { AddedFrom = b }));
        Assert.Equal(["a"], await Find(mq, new() { AddedTo = b }));
        Assert.Equal(["b"], await Find(mq, new() { AddedFrom = b, AddedTo = c }));
        Assert.Empty(await Find(mq, new() { AddedFrom = b, AddedTo = b }));
    }

    [Fact]
    public async Task Filters_combine_over_states_on_short_pages_in_both_directions()
    {
        await using AsyncMQHost mq = Store.Host();
        List<JobSpec> jobs = [];
        for (int i = 0; i < 300; i++)
        {
            jobs.Add(JobSpec.Of(i % 2 == 0 ? "even" : "odd", null, new()
            {
                JobId = $"job-{i:000}",
                Tags = i % 3 == 0 ? ["three"] : null,
                Priority = i % 5 == 0 ? 1 : 5,
                Delay = i >= 200 ? (i * 1).Hours() : null,
            }));
        }

        await mq.Queue().AddBulkAsync(jobs);
        string[] expected = [.. Enumerable.Range(0, 300).Where(i => i % 30 == 0).Select(i => $"job-{i:000}")];
        JobQuery query = new() { Name = "even", Tag = "three", IsPrioritized = true, Id = "job-*", States = [JobState.Waiting, JobState.Delayed] };

        foreach (int take in (int[])[1, 3, 7, 50])
        {
            Assert.Equal(expected, await Find(mq, query with { Take = take }));
            Assert.Equal(expected[4..], await Find(mq, query with { Take = take, Skip = 4 }));
            Assert.Equal(
                expected.Take(7).Reverse().Concat(expected.Skip(7).Reverse()),
                await Find(mq, query with { Take = take, Descending = true }));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("reference", "A-06, A-11")]
    public async Task Three_jobs_in_50000_are_found_page_by_page_in_bounded_steps(bool byHint)
    {
        var pages = new CountedPages(Store.Store);
        await using AsyncMQHost mq = Store.Host(pages);
        int[] rare = [17, 25_001, 49_998];
        for (int start = 0; start < 50_000; start += 5_000)
        {
            await mq.Queue().AddBulkAsync([.. Enumerable.Range(start, 5_000).Select(i =>
                JobSpec.Of(rare.Contains(i) ? "rare" : "common", null, new() { JobId = $"job-{i}" }))]);
        }

        List<string> found = [];
        int short_ = 0;
        JobQuery query = new() { Name = byHint ? "rare" : "ra*", States = [JobState.Waiting] };
        for (string? after = null; ;)
        {
            pages.Records = 0;
            JobPage page = await mq.Queue().GetJobsAsync(query with { After = after });
            found.AddRange(page.Jobs.Select(job => job.Id));
            Assert.InRange(pages.Records, 0, 20_500);
            Assert.InRange(pages.Largest, 0, 1_000);
            short_ += page.Jobs.Count < query.Take ? 1 : 0;
            after = page.Next;
            if (after is null)
                break;
        }

        Assert.Equal(rare.Select(i => $"job-{i}"), found);
        Assert.InRange(short_, 2, 10);
        Assert.Equal(found, await Find(mq, query));
        Assert.Equal(found[2..], await Find(mq, query with { Skip = 2 }));
        Assert.Equal(found.AsEnumerable().Reverse(), await Find(mq, query with { Descending = true }));
    }

    private static async Task<string[]> Find(AsyncMQHost mq, JobQuery query)
    {
        List<string> ids = [];
        await foreach (JobInfo job in mq.Queue().QueryAsync(query))
            ids.Add(job.Id);
        return [.. ids];
    }

    private sealed class CountedPages(IJobStore store) : BorrowedStore(store)
    {
        public int Records { get; set; }

        public int Largest { get; private set; }

        public override async ValueTask<StorePage> PageAsync(PageRequest request, CancellationToken cancellationToken)
        {
            StorePage page = await base.PageAsync(request, cancellationToken);
            Records += page.Jobs.Count;
            Largest = Math.Max(Largest, page.Jobs.Count);
            return page;
        }
    }
}
