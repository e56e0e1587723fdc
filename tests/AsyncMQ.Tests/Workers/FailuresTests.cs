using AsyncMQ.Jobs;

namespace AsyncMQ.Tests.Workers;

/// <summary>What is kept of a failure, and who says what follows from it.</summary>
public class FailuresTests
{
    [Fact]
    public void Errors_of_any_text_can_be_stored()
    {
        foreach (string text in new[] { "", "\uD800", "\uDC00x", "a\0b", new string('é', 100_000), new string('x', 8_191) + "😀" })
        {
            JobError? read = JobError.Unpack(JobError.Of(new InvalidOperationException(text)).Pack());

            Assert.NotNull(read);
            Assert.Equal("System.InvalidOperationException", read.Type);
        }
    }

    [Fact]
    public void Late_resolution_takes_each_option_from_the_first_that_says_it()
    {
        var add = new JobPolicy { Timeout = TimeSpan.FromSeconds(1) };
        var handler = new JobPolicy { Retries = 3, Timeout = TimeSpan.FromSeconds(2) };
        var library = new JobPolicy { Retries = 0, Backoff = Backoff.None };

        Assert.Equal(new JobPolicy { Retries = 3, Backoff = Backoff.None, Timeout = TimeSpan.FromSeconds(1) }, add.Or(handler).Or(library));
    }
}
