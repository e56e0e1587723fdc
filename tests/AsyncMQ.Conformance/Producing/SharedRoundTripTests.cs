namespace AsyncMQ.Conformance;

/// <summary>Concurrent adds share round trips, and yet each has its own fate.</summary>
public abstract class SharedRoundTripTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Adds_that_come_while_one_is_under_way_travel_together()
    {
        WatchedAdds store = Gated(out TaskCompletionSource gate);
        await using AsyncMQHost mq = await Started(store);

        Task<JobHandle>[] adds = [.. Enumerable.Range(0, 500).Select(i => mq.Client.AddAsync("a", [i], new() { JobId = i % 5 == 4 ? "same" : $"job-{i}" }))];
        gate.SetResult();
        JobHandle[] handles = await Task.WhenAll(adds);

        Assert.Equal([1, 256, 243], store.Steps.Select(step => step.Groups.Count));
        for (int i = 0; i < 500; i++)
        {
            Assert.Equal(i % 5 == 4 ? "same" : $"job-{i}", handles[i].Id);
            Assert.Equal(i % 5 == 4 && i > 4 ? AddOutcome.Duplicate : AddOutcome.Created, handles[i].Outcome);
        }
    }

    [Fact]
    public async Task A_round_trip_carries_at_most_a_mebibyte()
    {
        WatchedAdds store = Gated(out TaskCompletionSource gate);
        await using AsyncMQHost mq = await Started(store);
        string text = new('x', 300_000);

        Task<JobHandle>[] adds = [.. Enumerable.Range(0, 8).Select(_ => mq.Client.AddAsync("a", [text]))];
        gate.SetResult();
        await Task.WhenAll(adds);

        Assert.Equal([1, 3, 3, 1], store.Steps.Select(step => step.Groups.Count));
    }

    [Fact]
    public async Task An_add_that_finds_nothing_under_way_is_sent_at_once()
    {
        var store = new WatchedAdds(Store.Store);
        await using AsyncMQHost mq = Store.Host(store);

        for (int i = 0; i < 10; i++)
            await mq.Client.AddAsync("a");

        Assert.Equal(10, store.Steps.Count);
    }

    [Fact]
    public async Task Each_small_bulk_stays_a_group_of_its_own()
    {
        WatchedAdds store = Gated(out TaskCompletionSource gate);
        await using AsyncMQHost mq = await Started(store);

        Task first = mq.Client.AddAsync("a");
        Task bulk = mq.Client.AddBulkAsync([JobSpec.Of("b"), JobSpec.Of("c")]);
        Task single = mq.Client.AddAsync("d");
        gate.SetResult();
        await Task.WhenAll(first, bulk, single);

        Assert.Equal([2, 1], store.Steps[1].Groups.Select(group => group.Jobs.Count));
    }

    [Fact]
    public async Task A_refused_add_never_fails_its_neighbours()
    {
        await Store.Add(Job("x").In("closing"));
        await Store.Do(new QueueCommand.Close(Force: false), "closing");
        WatchedAdds store = Gated(out TaskCompletionSource gate);
        await using AsyncMQHost mq = await Started(store);

        Task<JobHandle>[] adds = [.. Enumerable.Range(0, 100).Select(i => mq.Queue(i % 10 == 5 ? "closing" : "open").AddAsync("a", [i]))];
        gate.SetResult();

        for (int i = 0; i < 100; i++)
        {
            if (i % 10 == 5)
                await Assert.ThrowsAsync<AddRefusedException>(() => adds[i]);
            else
                Assert.Equal(AddOutcome.Created, (await adds[i]).Outcome);
        }

        Assert.Equal(90, await mq.Count(queue: "open"));
        Assert.Equal(2, store.Steps.Count);
    }

    [Theory]
    [InlineData(typeof(ArgumentException))]
    [InlineData(typeof(NotSupportedException))]
    [InlineData(typeof(StoreRejectedException))]
    public async Task A_job_that_the_store_chokes_on_never_fails_its_neighbours(Type choke)
    {
        WatchedAdds store = Gated(out TaskCompletionSource gate);
        await using AsyncMQHost mq = Store.Host(store);
        Func<AddStep, Func<Task<AddReply>>, Task<AddReply>> gated = store.OnAdd;
        store.OnAdd = (step, add) => gated(step, () => step.Groups.Any(group => group.Jobs.Any(IsPoison))
            ? throw (choke == typeof(ArgumentException) ? new ArgumentException("poison") : choke == typeof(NotSupportedException) ? new NotSupportedException("poison") : new StoreRejectedException("poison"))
            : add());

        Task<JobHandle>[] adds = [.. Enumerable.Range(0, 100).Select(i => mq.Client.AddAsync("a", [i == 50 ? "poison" : "food"], new() { JobId = $"job-{i}" }))];
        gate.SetResult();

        for (int i = 0; i < 100; i++)
        {
            if (i == 50)
                Assert.Equal("poison", (await Assert.ThrowsAsync(choke, () => adds[i])).Message);
            else
                Assert.Equal(AddOutcome.Created, (await adds[i]).Outcome);
        }

        Assert.Equal(99, await mq.Count());

        static bool IsPoison(NewJob job) => job.Payload.Text().Contains("poison", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adds_from_many_threads_all_arrive_once()
    {
        var store = new WatchedAdds(Store.Store);
        await using AsyncMQHost mq = Store.Host(store);

        await Parallel.ForAsync(0, 5_000, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, token) =>
        {
            JobHandle handle = await mq.Queue($"q{i % 7}").AddAsync("a", [i], new() { JobId = $"job-{i}" }, token);
            Assert.Equal(($"q{i % 7}/job-{i}", AddOutcome.Created), (handle.Ref.ToString(), handle.Outcome));
        });

        long sum = 0;
        for (int queue = 0; queue < 7; queue++)
            sum += await mq.Count(queue: $"q{queue}");
        Assert.Equal(5_000, sum);
    }

    /// <summary>A host whose store is started: only then do adds go out in the order of the calls.</summary>
    private async Task<AsyncMQHost> Started(WatchedAdds store)
    {
        AsyncMQHost mq = Store.Host(store);
        await mq.Client.GetQueuesAsync();
        return mq;
    }

    /// <summary>A store whose adds wait until the gate opens.</summary>
    private WatchedAdds Gated(out TaskCompletionSource gate)
    {
        var opens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gate = opens;
        return new(Store.Store)
        {
            OnAdd = async (_, add) =>
            {
                await opens.Task;
                return await add();
            },
        };
    }
}
