namespace AsyncMQ.Tests.Workers;

/// <summary>Results of dependencies as a user's own unit test of a handler gives them.</summary>
public class DependencyResultsTests
{
    private static readonly JobRef One = new("etl", "one"), Two = new("etl", "two"), Three = new("mail", "one"), Four = new("etl", "gone");

    private readonly JobContext context = new(new("etl", "merge"), "merge")
    {
        GivenDependencies =
        [
            DependencyResult.Completed(One, "etl.part", new Part("a", 1)),
            DependencyResult.Ended(Two, "etl.part", JobState.Failed, new("IOException", "disk", null)),
            DependencyResult.Ended(Three, "mail.sent"),
            DependencyResult.Gone(Four),
        ],
        GivenFlowId = "import-1",
    };

    [Fact]
    public async Task They_are_found_by_place_by_job_and_by_name()
    {
        DependencyResults results = await context.GetDependenciesAsync();

        Assert.Equal([One, Two, Three, Four], results.Select(result => result.Ref));
        Assert.Same(results[1], results[Two]);
        Assert.Equal([One, Two], results.Named("etl.part").Select(result => result.Ref));
        Assert.Empty(results.Named("other"));
        Assert.Contains("etl/one, etl/two, mail/one, etl/gone", Assert.Throws<KeyNotFoundException>(() => results[new JobRef("etl", "other")]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_is_typed()
    {
        DependencyResult result = (await context.GetDependenciesAsync())[One];

        Assert.Equal(new Part("a", 1), result.Get<Part>());
        Assert.Equal((JobState.Completed, true, false), (result.State, result.HasValue, result.IsGone));
        Assert.Equal("""{"text":"a","number":1}""", System.Text.Encoding.UTF8.GetString(result.Result!.Utf8.Span));
    }

    [Fact]
    public async Task One_that_failed_says_why()
    {
        DependencyResult result = (await context.GetDependenciesAsync())[Two];

        Assert.Equal((JobState.Failed, false, false, "disk"), (result.State, result.HasValue, result.IsGone, result.Error!.Message));
        Assert.Contains("disk", Assert.Throws<JobNotCompletedException>(() => result.Get<Part>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_without_a_value_says_so()
    {
        DependencyResult result = (await context.GetDependenciesAsync())[Three];

        Assert.Equal((JobState.Completed, false, false), (result.State, result.HasValue, result.IsGone));
        Assert.Throws<InvalidOperationException>(() => result.Get<Part>());
    }

    [Fact]
    public async Task One_that_is_gone_is_told()
    {
        DependencyResult result = (await context.GetDependenciesAsync())[Four];

        Assert.Equal((null, null, true, false), (result.State, result.Name, result.IsGone, result.HasValue));
        Assert.Null(result.Result);
        Assert.Equal("etl/gone (gone)", result.ToString());
        Assert.Contains("There is no job etl/gone", Assert.Throws<JobNotCompletedException>(() => result.Get<Part>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_that_was_given_none_has_none()
    {
        var plain = new JobContext(new("etl", "a"), "a");

        Assert.Empty(await plain.GetDependenciesAsync());
        Assert.Null(await plain.GetFlowIdAsync());
        Assert.Equal("import-1", await context.GetFlowIdAsync());
    }

    [Theory]
    [InlineData(JobState.Active)]
    [InlineData(JobState.WaitingChildren)]
    [InlineData((JobState)99)]
    public void A_dependency_has_ended_when_its_dependent_runs(JobState state) =>
        Assert.Contains("has ended", Assert.Throws<ArgumentException>(() => DependencyResult.Ended(One, "a", state)).Message, StringComparison.Ordinal);

    private sealed record Part(string Text, int Number);
}
