using System.Text;

namespace AsyncMQ.Tests.Jobs;

public class JobSpecTests
{
    [Fact]
    public void As_text_it_shows_no_payload()
    {
        Assert.Equal("JobSpec (work, queue mail)", $"{JobSpec.Of("work", ["s3cr3t"]) with { Queue = "mail" }}");
        Assert.Equal("JobSpec (Secret)", $"{JobSpec.Of(new Secret("s3cr3t"))}");
    }

    private sealed record Secret(string Text) : IJob;

    [Fact]
    public void The_references_seconds_and_bullmqs_milliseconds_mean_the_same()
    {
        JobOptions reference = JobSpec.FromJson("""{"task":"t","delay":1.5,"deduplication":{"id":"d","ttl":2}}""").Options;
        JobOptions bull = JobSpec.FromJson("""{"name":"t","opts":{"delay":1500,"deduplication":{"id":"d","ttl":2000}}}""").Options;

        Assert.Equal(reference, bull);
        Assert.Equal(TimeSpan.FromSeconds(1.5), reference.Delay);
    }

    [Theory]
    [InlineData("""{"task":"t","retries":2}""", 2)]
    [InlineData("""{"task":"t","retries":2,"max_retries":5}""", 5)]
    [InlineData("""{"task":"t"}""", null)]
    [InlineData("""{"name":"t","opts":{"attempts":3}}""", 2)]
    [InlineData("""{"name":"t","opts":{"attempts":1}}""", 0)]
    [InlineData("""{"name":"t","opts":{"attempts":0}}""", 0)]
    [InlineData("""{"name":"t","opts":{}}""", null)]
    public void Retries_are_counted_after_the_first_attempt(string json, int? retries) => Assert.Equal(retries, JobSpec.FromJson(json).Options.Retries);

    public static TheoryData<string, Backoff> Backoffs => new()
    {
        { """{"task":"t","backoff":0}""", Backoff.None },
        { """{"task":"t","backoff":0.3}""", Backoff.Fixed(TimeSpan.FromSeconds(0.3)) },
        { """{"task":"t","backoff":1}""", Backoff.Fixed(TimeSpan.FromSeconds(1)) },
        { """{"task":"t","backoff":2}""", Backoff.Exponential(TimeSpan.FromSeconds(2), 2, jitter: 0) },
        { """{"task":"t","backoff":300}""", Backoff.Fixed(TimeSpan.FromMinutes(5)) },
        { """{"name":"t","opts":{"backoff":500}}""", Backoff.Fixed(TimeSpan.FromMilliseconds(500)) },
        { """{"name":"t","opts":{"backoff":{"type":"fixed","delay":500}}}""", Backoff.Fixed(TimeSpan.FromMilliseconds(500)) },
        { """{"name":"t","opts":{"backoff":{"type":"exponential","delay":500,"jitter":0.5}}}""", Backoff.Exponential(TimeSpan.FromMilliseconds(500), jitter: 0.5) },
    };

    [Theory]
    [MemberData(nameof(Backoffs))]
    public void Each_spelling_of_a_back_off_is_understood(string json, Backoff backoff) => Assert.Equal(backoff, JobSpec.FromJson(json).Options.Backoff);

    [Fact]
    public void Deduplication_wins_over_its_older_name()
    {
        Assert.Equal("b", JobSpec.FromJson("""{"task":"t","debounce":{"id":"b","delay":5,"mode":"simple","expires_at":1}}""").Options.Deduplication!.Id);
        Assert.Equal("a", JobSpec.FromJson("""{"task":"t","deduplication":{"id":"a"},"debounce":{"id":"b"}}""").Options.Deduplication!.Id);
        Assert.Equal("a", JobSpec.FromJson("""{"task":"t","debounce":{"id":"b"},"deduplication":{"id":"a"}}""").Options.Deduplication!.Id);
    }

    [Fact]
    public void A_delayed_record_keeps_its_time()
    {
        JobOptions options = JobSpec.FromJson("""{"task":"t","delay":5,"delay_until":1800000000.5}""").Options;

        Assert.Null(options.Delay);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_500), options.RunAt);
    }

    [Fact]
    public void A_spec_says_its_queue_and_options_and_never_its_arguments()
    {
        JobSpec spec = JobSpec.Of("t", ["s3cr3t"], new() { Priority = 1 }) with { Queue = "q" };

        Assert.Equal(("q", 1), (spec.Queue, spec.Options.Priority));
        Assert.DoesNotContain("s3cr3t", spec.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_hundred_thousand_mutated_documents_are_read_or_refused()
    {
        string[] seeds =
        [
            """{"task_id":"t","args":[1,"x"],"job_id":"one","retries":2,"ttl":90.5,"backoff":1.5,"priority":1,"delay":30,"queue":"mail","depends_on":["a","b"],"deduplication":{"id":"d","ttl":60,"extend":true}}""",
            """{"name":"p","data":{"a":"\u00e4"},"opts":{"jobId":"one","attempts":3,"backoff":{"type":"exponential","delay":1000,"jitter":0.5},"delay":5000,"timeout":10}}""",
        ];
        string[] pieces = ["\"", "{", "}", "[", "]", ",", ":", "-", "1e999", "0", "9999999999", "null", "true", "\\ud800", "\\u0000", "\u0001", "opts", "ttl", ".5", " "];
        var random = new Random(1);
        int read = 0;
        for (int i = 0; i < 100_000; i++)
        {
            var text = new StringBuilder(seeds[i % seeds.Length]);
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int at = random.Next(text.Length);
                if (random.Next(2) == 0)
                    text.Remove(at, Math.Min(random.Next(1, 6), text.Length - at));
                text.Insert(Math.Min(at, text.Length), pieces[random.Next(pieces.Length)]);
            }

            byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
            if (random.Next(10) == 0)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(128, 256);
            try
            {
                JobSpec.FromPayload(JobPayload.FromUtf8(bytes));
                read++;
            }
            catch (ArgumentException)
            {
                // Refused, as it should be.
            }
        }

        Assert.InRange(read, 1_000, 99_000);
    }
}
