using System.Runtime.CompilerServices;

namespace AsyncMQ.Conformance;

/// <summary>Streams of any length, in atomic groups as they come.</summary>
public abstract class StreamTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Twenty_five_thousand_jobs_are_stored_in_order_in_groups_of_a_thousand()
    {
        var store = new WatchedAdds(Store.Store);
        await using AsyncMQHost mq = Store.Host(store);
        var ids = new List<string>();

        await foreach (JobHandle handle in mq.Client.AddBulkAsync(Jobs(25_000)))
        {
            Assert.Equal(AddOutcome.Created, handle.Outcome);
            ids.Add(handle.Id);
        }

        Assert.Equal(Enumerable.Range(0, 25_000).Select(i => $"job-{i}"), ids);
        Assert.Equal(25_000, await mq.Count());
        Assert.Equal(25, store.Steps.Count);
        Assert.All(store.Steps, step => Assert.Equal(1_000, Assert.Single(step.Groups).Jobs.Count));
    }

    [Fact]
    public async Task Groups_are_cut_at_a_mebibyte()
    {
        var store = new WatchedAdds(Store.Store);
        await using AsyncMQHost mq = Store.Host(store);
        string text = new('x', 400_000);

        int count = await mq.Client.AddBulkAsync(Jobs(7, [text])).CountAsync();

        Assert.Equal(7, count);
        Assert.Equal([2, 2, 2, 1], store.Steps.Select(step => step.Groups.Sum(group => group.Jobs.Count)));
    }

    [Fact]
    public async Task Handles_come_before_the_stream_has_ended()
    {
        await using AsyncMQHost mq = Store.Host();
        int read = 0;
        await using IAsyncEnumerator<JobHandle> handles = mq.Client.AddBulkAsync(Jobs(int.MaxValue, onNext: () => read++)).GetAsyncEnumerator();

        Assert.True(await handles.MoveNextAsync());

        Assert.Equal("job-0", handles.Current.Id);
        Assert.InRange(read, 1_000, 1_001);
        Assert.Equal(1_000, await mq.Count());
    }

    [Fact]
    public async Task Cancelling_in_between_leaves_whole_groups()
    {
        await using AsyncMQHost mq = Store.Host();
        using var source = new CancellationTokenSource();
        int answered = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (JobHandle _ in mq.Client.AddBulkAsync(Jobs(25_000), source.Token))
            {
                if (++answered == 3_500)
                    await source.CancelAsync();
            }
        });

        Assert.InRange(answered, 3_500, 4_000);
        Assert.Equal(4_000, await mq.Count());
    }

    [Fact]
    public async Task The_token_of_the_enumeration_cancels_too()
    {
        await using AsyncMQHost mq = Store.Host();
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await mq.Client.AddBulkAsync(Jobs(10)).CountAsync(source.Token));

        Assert.Equal(0, await mq.Count());
    }

    [Fact]
    public async Task A_bad_job_ends_the_stream_and_its_own_group_only()
    {
        await using AsyncMQHost mq = Store.Host();
        int answered = 0;

        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(async () =>
        {
            await foreach (JobHandle _ in mq.Client.AddBulkAsync(WithBadJob(at: 2_500)))
                answered++;
        });

        Assert.Contains("Job 2500 of the bulk", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2_000, answered);
        Assert.Equal(2_000, await mq.Count());
    }

    [Fact]
    public async Task A_source_that_fails_fails_the_stream_with_its_own_error()
    {
        await using AsyncMQHost mq = Store.Host();

        InvalidOperationException thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await mq.Client.AddBulkAsync(Jobs(5_000, onNext: () => throw new InvalidOperationException("the source broke"))).CountAsync());

        Assert.Equal("the source broke", thrown.Message);
    }

    [Fact]
    public async Task An_empty_stream_writes_nothing()
    {
        await using AsyncMQHost mq = Store.Host();

        Assert.Equal(0, await mq.Client.AddBulkAsync(Jobs(0)).CountAsync());
        Assert.Empty(await mq.Client.GetQueuesAsync());
    }

    [Fact]
    public async Task Through_a_queue_a_stream_goes_to_that_queue()
    {
        await using AsyncMQHost mq = Store.Host();

        await mq.Queue("here").AddBulkAsync(Jobs(3)).CountAsync();

        Assert.Equal(["job-0", "job-1", "job-2"], await mq.Ids(queue: "here"));
    }

    private static async IAsyncEnumerable<JobSpec> Jobs(
        int count, JobArgs? args = null, Action? onNext = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (int i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (i % 100 == 99)
                await Task.Yield();
            onNext?.Invoke();
            yield return JobSpec.Of("a", args, new() { JobId = $"job-{i}" });
        }
    }

    private static async IAsyncEnumerable<JobSpec> WithBadJob(int at)
    {
        await foreach (JobSpec job in Jobs(at))
            yield return job;
        yield return null!;
    }
}
