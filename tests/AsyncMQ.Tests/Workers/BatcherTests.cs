using AsyncMQ.Queues;
using AsyncMQ.Seams;

namespace AsyncMQ.Tests.Workers;

public class BatcherTests
{
    private static readonly BatchWeight One = new(1, 1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_item_that_finds_nothing_under_way_goes_at_once_and_alone()
    {
        var sent = new List<int>();
        Batcher<int, int> batcher = Of(items =>
        {
            sent.Add(items.Count);
            return Doubled(items);
        });

        Task<int> reply = batcher.SendAsync(21, One);

        Assert.True(reply.IsCompleted);
        Assert.Equal(42, await reply);
        Assert.Equal([1], sent);
    }

    [Fact]
    public async Task What_comes_while_one_is_under_way_goes_together_in_the_next()
    {
        var first = new TaskCompletionSource();
        var sent = new List<int[]>();
        Batcher<int, int> batcher = Of(async items =>
        {
            sent.Add([.. items]);
            if (sent.Count == 1)
                await first.Task;
            return await Doubled(items);
        });

        Task<int>[] replies = [.. Enumerable.Range(0, 5).Select(i => batcher.SendAsync(i, One))];
        first.SetResult();

        int[] doubled = await Task.WhenAll(replies).WaitAsync(Patience);
        Assert.Equal([0, 2, 4, 6, 8], doubled);
        Assert.Equal([1, 4], sent.Select(batch => batch.Length));
    }

    [Fact]
    public async Task A_batch_is_no_heavier_than_allowed_and_a_heavy_item_goes_alone()
    {
        var first = new TaskCompletionSource();
        var sent = new List<int[]>();
        var batcher = new Batcher<int, int>(new(100, 10), PoolScheduler.Instance, async items =>
        {
            sent.Add([.. items]);
            if (sent.Count == 1)
                await first.Task;
            return await Doubled(items);
        });

        Task<int>[] replies = [.. new[] { 0, 4, 4, 4, 50, 1 }.Select(weight => batcher.SendAsync(weight, new(1, weight)))];
        first.SetResult();
        await Task.WhenAll(replies).WaitAsync(Patience);

        Assert.Equal([[0], [4, 4], [4], [50], [1]], sent);
    }

    [Fact]
    public async Task One_bad_item_fails_alone()
    {
        var first = new TaskCompletionSource();
        Batcher<int, int> batcher = Of(async items =>
        {
            await first.Task;
            return items.Contains(13) ? throw new ArgumentException("unlucky") : await Doubled(items);
        });

        Task<int>[] replies = [.. new[] { 0, 1, 13, 2 }.Select(i => batcher.SendAsync(i, One))];
        first.SetResult();

        int[] doubled = await Task.WhenAll(replies[0], replies[1], replies[3]).WaitAsync(Patience);
        Assert.Equal([0, 2, 4], doubled);
        await Assert.ThrowsAsync<ArgumentException>(() => replies[2]);
    }

    [Fact]
    public async Task A_store_that_fails_fails_all_of_the_batch_and_none_after_it()
    {
        var first = new TaskCompletionSource();
        int sends = 0;
        Batcher<int, int> batcher = Of(async items =>
        {
            await first.Task;
            return Interlocked.Increment(ref sends) == 2 ? throw new StoreException("down") : await Doubled(items);
        });

        Task<int>[] replies = [.. Enumerable.Range(0, 3).Select(i => batcher.SendAsync(i, One))];
        first.SetResult();

        Assert.Equal(0, await replies[0].WaitAsync(Patience));
        await Assert.ThrowsAsync<StoreException>(() => replies[1].WaitAsync(Patience));
        await Assert.ThrowsAsync<StoreException>(() => replies[2].WaitAsync(Patience));
        Assert.Equal(8, await batcher.SendAsync(4, One).WaitAsync(Patience));
    }

    [Fact]
    public async Task A_send_that_throws_at_once_is_the_items_answer()
    {
        Batcher<int, int> batcher = Of(_ => throw new StoreException("down"));

        await Assert.ThrowsAsync<StoreException>(() => batcher.SendAsync(1, One).WaitAsync(Patience));
        await Assert.ThrowsAsync<StoreException>(() => batcher.SendAsync(1, One).WaitAsync(Patience));
    }

    [Fact]
    public async Task Every_one_of_many_concurrent_callers_gets_its_own_answer()
    {
        Batcher<int, int> batcher = Of(async items =>
        {
            await Task.Yield();
            return await Doubled(items);
        });

        int[] replies = await Task.WhenAll(Enumerable.Range(0, 5_000).Select(i => Task.Run(() => batcher.SendAsync(i, One)))).WaitAsync(Patience);

        Assert.Equal(Enumerable.Range(0, 5_000).Select(i => 2 * i), replies);
    }

    private static Batcher<int, int> Of(Func<IReadOnlyList<int>, Task<IReadOnlyList<int>>> send) => new(new(100, 100), PoolScheduler.Instance, send);

    private static Task<IReadOnlyList<int>> Doubled(IReadOnlyList<int> items) => Task.FromResult<IReadOnlyList<int>>([.. items.Select(item => 2 * item)]);
}
