using System.Text.Json;

namespace AsyncMQ.Tests.Workers;

/// <summary>A context as a user's own unit test makes it.</summary>
public class JobContextTests
{
    [Fact]
    public async Task It_keeps_what_is_reported()
    {
        var context = new JobContext(new("mail", "1"), "welcome", ["a@b.c"]);

        await context.ReportProgressAsync(10, "begun", TestContext.Current.CancellationToken);
        await context.ReportProgressAsync(60, "going", TestContext.Current.CancellationToken);
        await context.LogAsync("one", TestContext.Current.CancellationToken);
        await context.LogAsync("two", TestContext.Current.CancellationToken);

        Assert.Equal(new JobProgress(60, "going"), context.Progress);
        Assert.Equal(["one", "two"], context.Lines);
    }

    [Fact]
    public void It_says_what_it_was_given_and_sound_defaults_for_the_rest()
    {
        var context = new JobContext(new("mail", "1"), "welcome") { Attempt = 2, MaxAttempts = 4, Stalls = 1 };

        Assert.Equal((new JobRef("mail", "1"), "1", "welcome"), (context.Ref, context.Id, context.Name));
        Assert.Equal((2, 4, 1), (context.Attempt, context.MaxAttempts, context.Stalls));
        Assert.Equal(0, context.Args.Count);
        Assert.Empty(context.Headers);
        Assert.Empty(context.Lines);
        Assert.Null(context.Progress);
        Assert.Equal(JobCancellationReason.None, context.CancellationReason);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(100.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public async Task It_refuses_a_progress_that_is_no_percentage(double percent)
    {
        var context = new JobContext(new("mail", "1"), "welcome");

        var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => context.ReportProgressAsync(percent));

        Assert.Contains("0 to 100", error.Message, StringComparison.Ordinal);
        Assert.Null(context.Progress);
    }

    [Fact]
    public async Task It_refuses_a_line_of_null() =>
        await Assert.ThrowsAsync<ArgumentNullException>(() => new JobContext(new("mail", "1"), "welcome").LogAsync(null!));

    [Fact]
    public void It_says_how_to_give_it_services()
    {
        var context = new JobContext(new("mail", "1"), "welcome");

        Assert.Contains("new JobContext", Assert.Throws<InvalidOperationException>(() => context.Services).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_that_are_no_JSON_are_told_when_they_are_read()
    {
        var context = new JobContext(new("mail", "1"), "welcome", new JobArgs("{{"u8.ToArray()));

        Assert.ThrowsAny<JsonException>(() => context.Args.Count);
    }
}
