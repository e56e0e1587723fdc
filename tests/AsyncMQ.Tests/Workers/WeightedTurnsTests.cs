using AsyncMQ.Workers;

namespace AsyncMQ.Tests.Workers;

public class WeightedTurnsTests
{
    [Fact]
    public void One_queue_gets_all()
    {
        Assert.Equal([new QueueClaim("a", 7)], Allot([("a", 3)], [0], 7));
    }

    [Fact]
    public void Shares_follow_the_weights_and_what_is_left_goes_to_anyone()
    {
        Assert.Equal(
            [new QueueClaim("a", 3), new QueueClaim("b", 1), new QueueClaim("a", 4), new QueueClaim("b", 4)],
            Allot([("a", 3), ("b", 1)], [0, 1], 4));
    }

    [Fact]
    public void Single_claims_come_smoothly_not_in_runs()
    {
        var turns = new WeightedTurns([new("a", 3), new("b", 1)]);

        string order = string.Concat(Enumerable.Range(0, 8).Select(_ => First(turns)));

        Assert.Equal("aabaaaba", order);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1_000)]
    public void In_the_long_run_the_shares_are_exact_whatever_the_batches(int batch)
    {
        var turns = new WeightedTurns([new("a", 5), new("b", 3), new("c", 2)]);
        var shares = new Dictionary<string, int> { ["a"] = 0, ["b"] = 0, ["c"] = 0 };
        var claims = new List<QueueClaim>();
        for (int i = 0; i < 1_000; i++)
        {
            turns.Allot([0, 1, 2], batch, claims);
            foreach (QueueClaim claim in claims.Take(claims.Count - 3))
                shares[claim.Queue] += claim.Max;
        }

        Assert.Equal([500 * batch, 300 * batch, 200 * batch], shares.Values);
    }

    [Fact]
    public void Never_more_than_128_entries_are_asked_for()
    {
        var queues = Enumerable.Range(0, 64).Select(i => ($"q{i}", 1)).ToArray();

        Assert.InRange(Allot(queues, [.. Enumerable.Range(0, 64)], 1_000).Count, 64, 128);
    }

    private static string First(WeightedTurns turns)
    {
        var claims = new List<QueueClaim>();
        turns.Allot([0, 1], 1, claims);
        return claims[0].Queue;
    }

    private static List<QueueClaim> Allot((string, int)[] queues, int[] chosen, int total)
    {
        var claims = new List<QueueClaim>();
        new WeightedTurns([.. queues.Select(queue => new WeightedQueue(queue.Item1, queue.Item2))]).Allot(chosen, total, claims);
        return claims;
    }
}
