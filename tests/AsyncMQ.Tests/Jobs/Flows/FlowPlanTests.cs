using AsyncMQ.Jobs;
using AsyncMQ.Queues;
using AsyncMQ.Seams;

namespace AsyncMQ.Tests.Jobs.Flows;

/// <summary>What a flow comes to when it is added.</summary>
public class FlowPlanTests
{
    private readonly JobFactory factory = new(new JobJson([]), RuntimeSeams.System, 1 << 20);
    private readonly Flow flow = new("import-1");

    [Fact]
    public void Each_job_comes_behind_those_it_comes_after_and_names_them()
    {
        FlowNode last = flow.Add("merge", options: Id("merge"));
        FlowNode one = flow.Add("etl", options: Id("one")), two = flow.Add("etl", options: Id("two"));
        last.After(two, one);

        IReadOnlyList<NewJob> jobs = Plan().Sorted;

        Assert.Equal(["one", "two", "merge"], jobs.Select(job => job.Ref.Id));
        Assert.Equal([Ref("two"), Ref("one")], jobs[2].DependsOn);
        Assert.All(jobs, job => Assert.True(job.Flags.HasFlag(JobFlags.Linked)));
    }

    [Fact]
    public void Jobs_that_are_named_as_dependencies_are_edges_where_they_are_in_the_flow()
    {
        flow.Add("second", options: new() { JobId = "second", DependsOn = [Ref("first"), new("elsewhere", "first"), Ref("outside")] });
        flow.Add("first", options: Id("first"));

        IReadOnlyList<NewJob> jobs = Plan().Sorted;

        Assert.Equal(["first", "second"], jobs.Select(job => job.Ref.Id));
        Assert.Equal([Ref("first"), new("elsewhere", "first"), Ref("outside")], jobs[1].DependsOn);
    }

    [Fact]
    public void An_edge_that_is_said_twice_is_one()
    {
        FlowNode first = flow.Add("a", options: Id("first"));
        flow.Add("b", options: new() { JobId = "second", DependsOn = [Ref("first")] }, after: [first, first]).After(first);

        Assert.Equal([Ref("first")], Plan().Sorted[1].DependsOn);
    }

    [Fact]
    public void Parents_in_a_document_are_jobs_of_its_own_queue()
    {
        flow.Add(JobSpec.FromJson("""{"task":"b","queue":"mail","job_id":"second","depends_on":["first","first"]}"""));
        flow.Add(JobSpec.FromJson("""{"task":"a","queue":"mail","job_id":"first"}"""));

        IReadOnlyList<NewJob> jobs = Plan().Sorted;

        Assert.Equal(["first", "second"], jobs.Select(job => job.Ref.Id));
        Assert.Equal([new("mail", "first")], jobs[1].DependsOn);
    }

    [Fact]
    public void A_generated_id_ends_in_the_number_of_its_node()
    {
        flow.Add("a");
        flow.Add("b", options: Id("of-my-own-3"));
        flow.Add("c");

        IReadOnlyList<NewJob> jobs = Plan().Nodes;

        Assert.Equal([0, null, 2], jobs.Select(job => FlowPlan.NodeOf(Record(job))));
        Assert.Equal(3, jobs.Select(job => job.Ref.Id).Distinct().Count());
        Assert.All(jobs, job => Names.RequireJobId(job.Ref.Id));
    }

    [Fact]
    public void A_job_added_to_a_flow_again_under_its_id_bears_the_same_stamp_and_none_other()
    {
        flow.Add("a", options: Id("one"));
        flow.Add("a", options: Id("two"));
        flow.Add("a");

        long[] first = Stamps(flow, extends: true), again = Stamps(flow, extends: true), asNew = Stamps(flow, extends: false);
        var other = new Flow("import-2");
        other.Add("a", options: Id("one"));

        Assert.Equal(first[..2], again[..2]);
        Assert.NotEqual(first[0], first[1]);
        Assert.NotEqual(first[2], again[2]);
        Assert.NotEqual(first[0], asNew[0]);
        Assert.NotEqual(first[0], Stamps(other, extends: true)[0]);
    }

    [Fact]
    public void A_cycle_is_named()
    {
        FlowNode a = flow.Add("etl", options: Id("a")), b = flow.Add("etl", options: Id("b")), c = flow.Add("etl");
        a.After(b);
        b.After(c);
        c.After(a);

        Assert.Contains("a → b → etl (job 3) → a (each comes after the next)", Assert.Throws<ArgumentException>(Plan).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_cycle_is_named_in_short()
    {
        FlowNode first = flow.Add(new string('x', 128));
        first.After(flow.Chain([.. Enumerable.Range(0, 9_999).Select(i => JobSpec.Of("step"))], after: [first]));

        string message = Assert.Throws<ArgumentException>(Plan).Message;

        Assert.Contains("step (job 10000) → step (job 9999)", message, StringComparison.Ordinal);
        Assert.Contains("… (9992 more) → step (job 2) → xxxx", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, 1_000);
    }

    [Fact]
    public void The_largest_flow_is_planned()
    {
        FlowNode[] sources = [.. Enumerable.Range(0, 1_000).Select(_ => flow.Add("source"))];
        for (int i = 0; i < 100; i++)
            flow.Add("target", after: sources);
        while (flow.Nodes.Count < 10_000)
            flow.Add("single");

        Assert.Equal(100_000, Plan().Sorted.Sum(job => job.DependsOn.Count));

        flow.Nodes[^1].After(sources[0]);
        Assert.Contains("100001 edges", Assert.Throws<ArgumentException>(Plan).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_options_of_a_job_reach_the_store()
    {
        flow.Add("a", options: new() { OnDependencyFailure = OnDependencyFailure.Wait, Delay = TimeSpan.FromSeconds(1), TimeToLive = TimeSpan.FromSeconds(2), Priority = 1 });

        NewJob job = Plan().Sorted.Single();

        Assert.Equal((OnDependencyFailure.Wait, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), 1), (job.OnDependencyFailure, job.Delay, job.TimeToLive, job.Priority));
        Assert.Equal(JobFlags.Linked | JobFlags.TimeToLive, job.Flags);
    }

    private FlowPlan Plan() => FlowPlan.Of(flow, factory, extends: false);

    private long[] Stamps(Flow planned, bool extends) => [.. FlowPlan.Of(planned, factory, extends).Nodes.Select(job => job.Stamp)];

    private static JobOptions Id(string id) => new() { JobId = id };

    private static JobRef Ref(string id) => new("default", id);

    private static JobRecord Record(NewJob job) => new() { Ref = job.Ref, Name = job.Name, State = JobState.Waiting, Key = default, AddedAt = default, Flags = job.Flags };
}
