using AsyncMQ.Jobs;
using AsyncMQ.Queues;
using AsyncMQ.Seams;

namespace AsyncMQ.Tests.Jobs;

/// <summary>Dependencies as an option, and as a document says them.</summary>
public class DependsOnTests
{
    private readonly JobFactory factory = new(new JobJson([]), RuntimeSeams.System, 1 << 20);

    [Fact]
    public void Jobs_are_copied_and_each_counts_once()
    {
        JobRef[] jobs = [new("q", "a"), new("q", "b"), new("q", "a"), new("other", "a")];
        var options = new JobOptions { DependsOn = jobs };

        jobs[0] = new("q", "changed");

        Assert.Equal([new("q", "a"), new("q", "b"), new("other", "a")], options.DependsOn);
    }

    [Fact]
    public void No_job_is_none() => Assert.Null(new JobOptions { DependsOn = [] }.DependsOn);

    [Fact]
    public void A_thousand_are_allowed_however_often_each_is_said()
    {
        IEnumerable<JobRef> jobs = Enumerable.Range(0, 1_000).Select(i => new JobRef("q", $"job-{i}"));

        Assert.Equal(1_000, new JobOptions { DependsOn = [.. jobs, .. jobs] }.DependsOn!.Count);
        Assert.Throws<ArgumentException>(() => new JobOptions { DependsOn = [.. jobs, new("q", "one-more")] });
    }

    [Theory]
    [InlineData("01jc8m4qv3x2h6w0a9k7t5b1zd")]
    [InlineData("@nightly:1")]
    [InlineData("123")]
    public void Any_id_that_a_job_can_have_may_be_named(string id) => Assert.Equal(id, new JobOptions { DependsOn = [new("q", id)] }.DependsOn![0].Id);

    [Fact]
    public void They_reach_the_store_with_their_policy_and_a_flag()
    {
        NewJob plain = Create(new()), linked = Create(new() { DependsOn = [new("q", "a")], OnDependencyFailure = OnDependencyFailure.Continue });

        Assert.Equal((0, JobFlags.None), (plain.DependsOn.Count, plain.Flags));
        Assert.Equal([new("q", "a")], linked.DependsOn);
        Assert.Equal((OnDependencyFailure.Continue, JobFlags.Linked), (linked.OnDependencyFailure, linked.Flags));
    }

    [Fact]
    public void A_job_of_the_same_id_in_another_queue_is_another() =>
        Assert.Single(Create(new() { JobId = "a", DependsOn = [new("other", "a")] }).DependsOn);

    [Fact]
    public void A_document_names_jobs_of_the_queue_it_is_added_to()
    {
        JobSpec spec = JobSpec.FromJson("""{"task":"t","job_id":"c","depends_on":["a","01jc8m4qv3x2h6w0a9k7t5b1zd","a"]}""");

        Assert.Equal([new("mail", "a"), new("mail", "01jc8m4qv3x2h6w0a9k7t5b1zd")], factory.Create(spec, "mail").DependsOn);
        Assert.Equal("default", factory.Create(spec, null).DependsOn[0].Queue);
        Assert.Equal("there", factory.Create(spec with { Queue = "there" }, null).DependsOn[0].Queue);
    }

    [Theory]
    [InlineData("""{"task":"t","depends_on":[]}""")]
    [InlineData("""{"task":"t","depends_on":null}""")]
    [InlineData("""{"task":"t"}""")]
    public void A_document_need_not_depend_on_anything(string json) => Assert.Empty(factory.Create(JobSpec.FromJson(json), null).DependsOn);

    private NewJob Create(JobOptions options) => factory.Create(JobSpec.Of("t", null, options), "q");
}
