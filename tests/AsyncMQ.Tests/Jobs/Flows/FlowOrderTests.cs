using AsyncMQ.Jobs;

namespace AsyncMQ.Tests.Jobs.Flows;

/// <summary>The order in which a flow's jobs are stored.</summary>
public class FlowOrderTests
{
    [Fact]
    public void Jobs_that_stand_in_order_stay_as_they_are() => Assert.Equal([0, 1, 2, 3], FlowOrder.Sort([[], [0], [], [1, 2]]));

    [Fact]
    public void A_job_moves_behind_those_it_comes_after_and_the_others_stay() => Assert.Equal([1, 3, 0, 2, 4], FlowOrder.Sort([[3], [], [0], [], []]));

    [Fact]
    public void Any_graph_without_cycles_is_sorted_and_moved_no_more_than_needed()
    {
        var random = new Random(7);
        for (int round = 0; round < 300; round++)
        {
            List<int>[] graph = RandomGraph(random, random.Next(1, 40));

            List<int> order = FlowOrder.Sort(graph);

            Assert.Equal(Enumerable.Range(0, graph.Length), order.Order());
            for (int place = 0; place < order.Count; place++)
            {
                HashSet<int> before = [.. order.Take(place)];
                Assert.Subset(before, graph[order[place]].ToHashSet());

                // Of all that could come next, the first that the user gave.
                Assert.Equal(order[place], Enumerable.Range(0, graph.Length).First(i => !before.Contains(i) && graph[i].TrueForAll(before.Contains)));
            }
        }
    }

    [Fact]
    public void A_chain_of_a_hundred_thousand_the_wrong_way_round_is_sorted()
    {
        const int count = 100_000;

        List<int> order = FlowOrder.Sort([.. Enumerable.Range(0, count).Select(i => i == count - 1 ? (int[])[] : [i + 1])]);

        Assert.Equal(Enumerable.Range(0, count).Reverse(), order);
    }

    [Fact]
    public void A_cycle_is_found_and_told_from_its_first_job_on()
    {
        int[][] graph = [[], [4], [1], [2, 0], [3], [4]];

        List<int> order = FlowOrder.Sort(graph);

        Assert.Equal([0], order);
        Assert.Equal([1, 4, 3, 2], FlowOrder.FindCycle(graph, order));
    }

    [Fact]
    public void A_job_that_comes_after_itself_is_a_cycle()
    {
        int[][] graph = [[], [1]];

        Assert.Equal([1], FlowOrder.FindCycle(graph, FlowOrder.Sort(graph)));
    }

    [Fact]
    public void A_cycle_of_a_hundred_thousand_is_found()
    {
        int[][] graph = [.. Enumerable.Range(0, 100_000).Select(i => (int[])[(i + 1) % 100_000])];

        Assert.Equal(100_000, FlowOrder.FindCycle(graph, FlowOrder.Sort(graph)).Count);
    }

    // Without cycles: numbered at random, each comes only after those with a lower number.
    private static List<int>[] RandomGraph(Random random, int count)
    {
        int[] rank = [.. Enumerable.Range(0, count)];
        random.Shuffle(rank);
        var graph = new List<int>[count];
        for (int i = 0; i < count; i++)
            graph[i] = [.. Enumerable.Range(0, count).Where(other => rank[other] < rank[i] && random.Next(6) == 0)];
        return graph;
    }
}
