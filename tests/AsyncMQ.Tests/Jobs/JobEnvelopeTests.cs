using AsyncMQ.Jobs;

namespace AsyncMQ.Tests.Jobs;

public class JobEnvelopeTests
{
    [Fact]
    public void Options_that_the_store_keeps_itself_leave_the_envelope_empty() =>
        Assert.Equal(0, JobEnvelope.Pack(new() { JobId = "a", Priority = 1, Delay = TimeSpan.FromHours(1), TimeToLive = TimeSpan.FromDays(1), Deduplication = new("d") }).Length);

    [Fact]
    public void What_is_set_comes_back_and_what_is_not_stays_unset()
    {
        JobEnvelope envelope = JobEnvelope.Unpack(JobEnvelope.Pack(new() { Retries = 0, Timeout = TimeSpan.FromTicks(10_001), Tags = ["x"], Headers = new Dictionary<string, string> { ["a"] = "1" } }));

        Assert.Equal((0, TimeSpan.FromTicks(10_001), null), (envelope.Policy().Retries, envelope.Policy().Timeout, envelope.Policy().Backoff));
        Assert.Equal(["x"], envelope.Tags!);
        Assert.Equal("1", envelope.Headers!["a"]);
        Assert.Equal(new JobPolicy(), JobEnvelope.Empty.Policy());
    }

    [Fact]
    public void A_member_of_a_later_version_is_passed_over() =>
        Assert.Equal(3, JobEnvelope.Unpack("""{"r":3,"later":{"x":[1]}}"""u8.ToArray()).Retries);

    [Theory]
    [InlineData(null, null, null, 7)]
    [InlineData(null, null, 5, 5)]
    [InlineData(null, 2, 5, 2)]
    [InlineData(0, 2, 5, 0)]
    public void The_first_level_that_says_something_wins(int? add, int? handler, int? queue, int expected) =>
        Assert.Equal(expected, new JobPolicy { Retries = add }.Or(new() { Retries = handler }).Or(new() { Retries = queue }).Or(new() { Retries = 7 }).Retries);
}
