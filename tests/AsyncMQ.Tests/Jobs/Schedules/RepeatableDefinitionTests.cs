using System.Text;
using AsyncMQ.Jobs;

namespace AsyncMQ.Tests.Jobs.Schedules;

/// <summary>What is kept of a repeatable comes back as it was; what cannot be read says so and throws nothing.</summary>
public class RepeatableDefinitionTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly JobTemplate Plain = new() { Name = "work", Priority = 5 };

    public static TheoryData<int> Schedules => [.. Enumerable.Range(0, All.Length)];

    private static Schedule[] All { get; } =
    [
        Schedule.Every(TimeSpan.FromMilliseconds(1)),
        Schedule.Every(TimeSpan.FromDays(36_525)) with { Missed = MissedRuns.Skip },
        Schedule.Cron("@daily"),
        Schedule.Cron("*/5 1-4 * * MON", "America/Argentina/Buenos_Aires"),
        Schedule.Cron("0 30 2 L * *", "Europe/Berlin") with
        {
            Start = Noon.AddMilliseconds(7),
            End = Noon.AddYears(3),
            MaxRuns = long.MaxValue,
            RunAtOnce = true,
            Jitter = TimeSpan.FromTicks(12_345),
            Missed = MissedRuns.RunAll(1_000),
            Overlap = OverlapPolicy.Skip,
        },
    ];

    [Theory]
    [MemberData(nameof(Schedules))]
    public void A_schedule_comes_back_as_it_was(int number)
    {
        var definition = new RepeatableDefinition(All[number], Plain, Noon);

        RepeatableDefinition? read = RepeatableDefinition.Read(definition.Pack(), out string? error);

        Assert.Null(error);
        Assert.Equal((definition.Schedule, definition.Created), (read!.Schedule, read.Created));
        Assert.True(definition.Pack().Span.SequenceEqual(read.Pack().Span));
    }

    [Fact]
    public void A_job_comes_back_to_the_byte()
    {
        byte[] payload = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        var job = new JobTemplate
        {
            Name = "wörk",
            Payload = payload,
            Envelope = "{\"r\": 3 }"u8.ToArray(),
            Priority = -7,
            TimeToLive = TimeSpan.FromTicks(98_765),
            Deduplication = new("d:1") { Ttl = TimeSpan.FromTicks(11), Extend = true, Replace = true, KeepLastIfActive = true },
        };

        JobTemplate read = RepeatableDefinition.Read(new RepeatableDefinition(All[0], job, Noon).Pack(), out _)!.Job;

        Assert.Equal(payload, read.Payload.ToArray());
        Assert.Equal(job.Envelope.ToArray(), read.Envelope.ToArray());
        Assert.Equal((job.Name, job.Priority, job.TimeToLive, job.Deduplication), (read.Name, read.Priority, read.TimeToLive, read.Deduplication));
        Assert.Equal(JobFlags.TimeToLive | JobFlags.Deduplication, read.ToJob(new("q", "a"), 1, TimeSpan.Zero).Flags);
        Assert.Equal(3, read.ToOptions().Retries);
    }

    [Theory]
    [InlineData("", "damaged")]
    [InlineData("null", "format none")]
    [InlineData("{}", "format 0")]
    [InlineData("[1]", "damaged")]
    [InlineData("\0\u0001\u0002", "damaged")]
    [InlineData("""{"v":2,"n":"work","i":10000}""", "format 2, and this version reads format 1")]
    [InlineData("""{"v":1,"n":"work","c":"0 0 31 2 *"}""", "never comes true")]
    [InlineData("""{"v":1,"n":"work","c":"@daily","z":"Mars/Olympus"}""", "Time zone 'Mars/Olympus' is unknown")]
    [InlineData("""{"v":1,"n":"work"}""", "has 0")]
    [InlineData("""{"v":1,"i":10000}""", "name")]
    [InlineData("""{"v":1,"n":"work","i":-1}""", "An interval")]
    [InlineData("""{"v":1,"n":"work","i":10000,"l":5000}""", "Missed runs")]
    [InlineData("""{"v":1,"n":"work","i":10000,"o":9}""", "overlap")]
    [InlineData("""{"v":1,"n":"work","i":10000,"t":999999999999999999}""", "")]
    [InlineData("""{"v":1,"n":"work","i":10000,"p":"not base64!"}""", "damaged")]
    [InlineData("""{"v":1,"n":"work","i":10000,"d":{}}""", "")]
    [InlineData("""{"v":1,"n":"work","i":10000,"k":-1}""", "TimeToLive")]
    [InlineData("""{"v":1,"n":"work","i":10000,"k":9223372036854775807}""", "TimeToLive")]
    public void What_cannot_be_read_says_why(string stored, string says)
    {
        Assert.Null(RepeatableDefinition.Read(Encoding.UTF8.GetBytes(stored), out string? error));

        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_bytes_at_all_can_do_harm()
    {
        var random = new Random(20260501);
        byte[] good = new RepeatableDefinition(All[^1], Plain, Noon).Pack().ToArray();
        for (int round = 0; round < 5_000; round++)
        {
            byte[] bad = [.. good];
            for (int flips = random.Next(1, 6); flips > 0; flips--)
                bad[random.Next(bad.Length)] = (byte)random.Next(256);

            RepeatableDefinition? read = RepeatableDefinition.Read(bad.AsMemory(0, random.Next(bad.Length + 1)), out string? error);
            Assert.Equal(read is null, error is not null);
        }
    }

    [Fact]
    public void Members_of_a_later_version_of_the_same_format_are_passed_over() =>
        Assert.NotNull(RepeatableDefinition.Read("""{"v":1,"n":"work","i":10000,"new":[1]}"""u8.ToArray(), out _));
}
