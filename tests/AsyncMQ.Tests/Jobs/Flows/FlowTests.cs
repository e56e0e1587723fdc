namespace AsyncMQ.Tests.Jobs.Flows;

/// <summary>Putting a flow together.</summary>
public class FlowTests
{
    private readonly Flow flow = new("import:2031-03-01");

    [Fact]
    public void Nodes_stand_in_the_order_in_which_they_were_put_in()
    {
        FlowNode one = flow.Add("a"), two = flow.Add(new Etl(1)), three = flow.Add(JobSpec.Of("c", [1], new() { JobId = "three" }) with { Queue = "other" }, [one, two]);

        Assert.Equal([one, two, three], flow.Nodes);
        Assert.Equal(["a", "Etl", "three"], flow.Nodes.Select(node => node.ToString()));
        Assert.All(flow.Nodes, node => Assert.Same(flow, node.Flow));
    }

    [Fact]
    public void The_first_five_minutes_compile()
    {
        FlowNode one = flow.Add(new Etl(1)), two = flow.Add(new Etl(2));
        FlowNode done = flow.Add(new Etl(3), after: [one, two]);
        flow.Add("mail", ["a", 3], new() { Retries = 2 }, [done]);
        flow.Add("mail", ["a"], after: [done]);
        flow.Add(new Etl(4), new() { Delay = TimeSpan.FromSeconds(1) }, [done]).After(one, two);

        Assert.Equal([one, two], done.Dependencies);
        Assert.Equal([done, one, two], flow.Nodes[^1].Dependencies);
    }

    [Fact]
    public void A_chain_comes_one_after_the_other_and_gives_its_last()
    {
        FlowNode start = flow.Add("start");

        FlowNode last = flow.Chain([JobSpec.Of("a"), JobSpec.Of("b"), JobSpec.Of("c")], after: [start]);

        Assert.Same(flow.Nodes[3], last);
        Assert.Equal([[], ["start"], ["a"], ["b"]], Edges());
    }

    [Fact]
    public void A_fan_out_comes_after_one_and_a_fan_in_after_all()
    {
        FlowNode split = flow.Add("split");

        FlowNode merge = flow.FanIn(JobSpec.Of("merge"), flow.FanOut([JobSpec.Of("a"), JobSpec.Of("b")], after: [split]));

        Assert.Same(flow.Nodes[3], merge);
        Assert.Equal([[], ["split"], ["split"], ["a", "b"]], Edges());
    }

    [Fact]
    public void A_node_that_is_refused_is_not_put_in()
    {
        Assert.Throws<ArgumentException>(() => flow.Add("a", after: [new Flow("other").Add("b")]));
        Assert.Throws<ArgumentException>(() => flow.Add("a", options: new() { Deduplication = new("d") }));

        Assert.Empty(flow.Nodes);
    }

    [Fact]
    public void What_it_comes_after_is_copied()
    {
        FlowNode[] after = [flow.Add("a"), flow.Add("b")];
        FlowNode last = flow.Add("c", after: after);

        after[0] = last;

        Assert.Equal(["a", "b"], last.Dependencies.Select(node => node.ToString()));
    }

    private IEnumerable<string[]> Edges() => flow.Nodes.Select(node => node.Dependencies.Select(other => other.ToString()).ToArray());

    [Job("etl")]
    private sealed record Etl(int Part) : IJob;
}
