namespace AsyncMQ.Conformance.Operating;

/// <summary>While jobs are added, claimed, ended and removed between pages, a job that did not move is neither skipped nor repeated. Seeded random runs.</summary>
public abstract class MovingPagesTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private const int Stay = 60;

    [Theory]
    [InlineData(1, JobState.Waiting, false)]
    [InlineData(2, JobState.Waiting, true)]
    [InlineData(3, JobState.Delayed, false)]
    [InlineData(4, JobState.Delayed, true)]
    [InlineData(5, JobState.Completed, false)]
    [InlineData(6, JobState.Completed, true)]
    [InlineData(7, JobState.Active, false)]
    [InlineData(8, JobState.Active, true)]
    public async Task A_job_that_did_not_move_is_seen_once(int seed, JobState state, bool descending)
    {
        var random = new Random(seed);
        await using AsyncMQHost mq = Store.Host();
        Worker worker = await Store.OpenWorker();
        var life = new RandomLife(Store, worker, random);
        for (int i = 0; i < Stay; i++)
            await life.Add();
        if (state is JobState.Completed or JobState.Active)
            await life.Run(20, toItsEnd: state == JobState.Completed);
        HashSet<string> still = [.. await mq.Ids(state)];
        life.Moved.Clear();

        List<string> seen = [];
        string? after = null;
        do
        {
            JobPage page = await mq.Queue().GetJobsAsync(new()
            {
                States = [state],
                Take = random.Next(1, 6),
                After = after,
                Descending = descending,
                Name = random.Next(2) == 0 ? "w*" : null, // a filter changes nothing about the place
            });
            seen.AddRange(page.Jobs.Select(job => job.Id));
            after = page.Next;
            for (int i = random.Next(4); i > 0; i--)
                await life.Go();
        }
        while (after is not null);

        still.ExceptWith(life.Moved);
        Assert.NotEmpty(still);
        Assert.Equal(still.Order(StringComparer.Ordinal), seen.Where(still.Contains).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_job_that_is_claimed_while_a_page_of_all_states_is_read_stands_on_it_once()
    {
        Worker worker = await Store.OpenWorker();
        await Store.Add(Job("job-1"));
        await using AsyncMQHost mq = Store.Host(new Between(Store.Store) { PageAndNext = () => worker.Claim(1) });

        Assert.Equal(["job-1"], (await mq.Queue().GetJobsAsync(new())).Jobs.Select(job => job.Id));
    }

    [Fact]
    public async Task A_job_that_is_claimed_and_handed_back_while_a_filtered_page_is_read_stands_on_it_once()
    {
        Worker worker = await Store.OpenWorker();
        await Store.Add(Job("job-1"));
        IReadOnlyList<ClaimedJob> held = [];
        await using AsyncMQHost mq = Store.Host(new Between(Store.Store)
        {
            PageAndNext = async () => held = held.Count == 0 ? await worker.Claim(1) : held,
            FindAndNext = async () => await worker.HandBack(held[0]),
        });

        Assert.Equal(["job-1"], (await mq.Queue().GetJobsAsync(new() { Name = "w*" })).Jobs.Select(job => job.Id));
    }

    [Fact]
    public async Task A_filtered_page_has_no_job_that_left_the_states_asked_for_while_it_was_read()
    {
        Worker worker = await Store.OpenWorker();
        await Store.Add(Job("job-1"));
        await using AsyncMQHost mq = Store.Host(new Between(Store.Store) { PageAndNext = () => worker.Claim(1) });

        Assert.Empty((await mq.Queue().GetJobsAsync(new() { Name = "w*", States = [JobState.Waiting] })).Jobs);
    }

    /// <summary>A store in which something happens between a look and the next.</summary>
    private sealed class Between(IJobStore store) : BorrowedStore(store)
    {
        public Func<Task> PageAndNext { get; init; } = () => Task.CompletedTask;

        public Func<Task> FindAndNext { get; init; } = () => Task.CompletedTask;

        public override async ValueTask<StorePage> PageAsync(PageRequest request, CancellationToken cancellationToken)
        {
            StorePage page = await base.PageAsync(request, cancellationToken);
            await PageAndNext();
            return page;
        }

        public override async ValueTask<IReadOnlyList<JobRecord?>> FindAsync(IReadOnlyList<JobRef> jobs, JobParts parts, CancellationToken cancellationToken)
        {
            IReadOnlyList<JobRecord?> found = await base.FindAsync(jobs, parts, cancellationToken);
            await FindAndNext();
            return found;
        }
    }

    /// <summary>Jobs that come, run and go, and a note of each that moved.</summary>
    private sealed class RandomLife(StoreDriver store, Worker worker, Random random)
    {
        private readonly List<ClaimedJob> running = [];
        private int added;

        public HashSet<string> Moved { get; } = [];

        public async Task Add()
        {
            NewJob job = Job($"job-{added++}").WithPriority(random.Next(3));
            await store.Add(random.Next(3) == 0 ? job.Delayed(random.Next(1, 1_000).Minutes()) : job);
        }

        public async Task Run(int count, bool toItsEnd)
        {
            foreach (ClaimedJob job in await worker.Claim(count))
            {
                await store.Advance(1.Milliseconds());
                if (toItsEnd)
                    await worker.Complete(job);
                else
                    running.Add(job);
            }
        }

        public async Task Go()
        {
            await store.Advance(1.Milliseconds());
            switch (random.Next(6))
            {
                case 0:
                    await Add();
                    break;
                case 1 or 2:
                    IReadOnlyList<ClaimedJob> claimed = await worker.Claim(1);
                    running.AddRange(claimed);
                    Moved.UnionWith(claimed.Ids());
                    break;
                case 3 or 4 when running.Count > 0:
                    ClaimedJob job = running[random.Next(running.Count)];
                    running.Remove(job);
                    Moved.Add(job.Ref.Id);
                    await worker.Complete(job);
                    break;
                case 5 when added > 0:
                    string id = $"job-{random.Next(added)}";
                    Moved.Add(id);
                    running.RemoveAll(held => held.Ref.Id == id);
                    await store.Do(JobCommand.Remove, id);
                    break;
            }
        }
    }
}
