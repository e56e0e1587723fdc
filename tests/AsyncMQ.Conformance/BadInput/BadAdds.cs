using static AsyncMQ.Conformance.BadCall;

namespace AsyncMQ.Conformance;

/// <summary>Adds that must be refused for their names and options. Source: reliability survey S-1 to S-17, S-32 to S-37, S-54.</summary>
public static class BadAdds
{
    private static readonly TimeSpan TooLong = TimeSpan.FromDays(36_526);

    public static TheoryData<string> Names => NamesOf(All);

    public static IReadOnlyList<BadCall> All { get; } =
    [
        .. BadTexts.Names.Select(bad => Argument($"a job name {bad.What}", mq => mq.Client.AddAsync(bad.Text, [Secret]), "A job name", bad.Says)),
        .. BadTexts.Names.Select(bad => Argument($"a queue name {bad.What}", mq => mq.Client.GetQueue(bad.Text).AddAsync("a", [Secret]), "A queue name", bad.Says)),
        .. BadTexts.JobIds.Select(bad => Argument($"a job id {bad.What}", mq => mq.Client.AddAsync("a", [Secret], new() { JobId = bad.Text }), "ob id", bad.Says)),
        .. BadTexts.Ids.Select(bad => Argument(
            $"a deduplication id {bad.What}", mq => mq.Client.AddAsync("a", [Secret], new() { Deduplication = new(bad.Text) }), "A deduplication id", bad.Says)),
        .. BadTexts.Names.Select(bad => Argument($"a tag {bad.What}", mq => mq.Client.AddAsync("a", [Secret], new() { Tags = ["good", bad.Text] }), "A tag", bad.Says)),
        .. BadTexts.Names.Select(bad => Argument($"a header {bad.What}", mq => mq.Client.AddAsync("a", [], Header(bad.Text, Secret)), "A header name", bad.Says)),
        Null("no name", mq => mq.Client.AddAsync((string)null!)),
        Null("no name through a queue", mq => mq.Queue().AddAsync((string)null!)),
        Null("no typed job", mq => mq.Client.AddAsync((IJob)null!)),
        Null("no typed job with a result", mq => mq.Client.AddAsync((SendWelcome)null!)),
        Null("no queue name", mq => mq.Client.GetQueue(null!).AddAsync("a")),
        Null("no deduplication id", mq => mq.Client.AddAsync("a", [], new() { Deduplication = new(null!) })),
        Null("a tag that is null", mq => mq.Client.AddAsync("a", [], new() { Tags = [null!] })),
        Argument("a header without a value", mq => mq.Client.AddAsync("a", [], Header("tenant", null!)), "Header 'tenant' has no value"),
        Argument("a header's value with a lone surrogate", mq => mq.Client.AddAsync("a", [], Header("tenant", Secret + "\ud800")), "A header's value", "lone surrogate"),
        TooLarge("a header of a mebibyte", mq => mq.Client.AddAsync("a", [], Header("traceparent", new string('x', 1 << 20))), "arguments, headers and tags", "limit of 1048576"),
        Argument("33 tags", mq => mq.Client.AddAsync("a", [], new() { Tags = [.. Enumerable.Repeat("x", 33)] }), "at most 32 tags, but got 33"),
        OutOfRange("a negative delay", mq => mq.Client.AddAsync("a", [], new() { Delay = -1.Seconds() }), "Delay must be zero to 100 years, but was -00:00:01"),
        OutOfRange("a delay over 100 years", mq => mq.Client.AddAsync("a", [], new() { Delay = TooLong }), "100 years"),
        OutOfRange("the longest delay of all", mq => mq.Client.AddAsync("a", [], new() { Delay = TimeSpan.MaxValue }), "100 years"),
        OutOfRange("the shortest delay of all", mq => mq.Client.AddAsync("a", [], new() { Delay = TimeSpan.MinValue }), "Delay must be zero"),
        Argument("a delay and a time", mq => mq.Client.AddAsync("a", [], new() { Delay = 1.Seconds(), RunAt = DateTimeOffset.UnixEpoch }), "Delay and RunAt are both set. Give one"),
        Argument("the end of time", mq => mq.Client.AddAsync("a", [], new() { RunAt = DateTimeOffset.MaxValue }), "RunAt must be within about 100 years, but was 9999-12-31"),
        Argument("the year 2201", mq => mq.Client.AddAsync("a", [], new() { RunAt = new DateTimeOffset(2201, 1, 1, 0, 0, 0, TimeSpan.Zero) }), "RunAt"),
        OutOfRange("no time to live", mq => mq.Client.AddAsync("a", [], new() { TimeToLive = TimeSpan.Zero }), "TimeToLive must be longer than zero"),
        OutOfRange("a negative time to live", mq => mq.Client.AddAsync("a", [], new() { TimeToLive = -1.Seconds() }), "TimeToLive"),
        OutOfRange("a time to live over 100 years", mq => mq.Client.AddAsync("a", [], new() { TimeToLive = TooLong }), "at most 100 years"),
        Argument("a time to live shorter than the delay", mq => mq.Client.AddAsync("a", [], new() { TimeToLive = 1.Seconds(), Delay = 2.Seconds() }), "must be longer than Delay", "00:00:02"),
        Argument("a time to live as long as the delay", mq => mq.Client.AddAsync("a", [], new() { TimeToLive = 2.Seconds(), Delay = 2.Seconds() }), "must be longer than Delay"),
        OutOfRange("negative retries", mq => mq.Client.AddAsync("a", [], new() { Retries = -1 }), "Retries must be 0 to 1 000 000, but was -1"),
        OutOfRange("a thousand million retries", mq => mq.Client.AddAsync("a", [], new() { Retries = 1_000_000_000 }), "Retries"),
        OutOfRange("no timeout at all", mq => mq.Client.AddAsync("a", [], new() { Timeout = TimeSpan.Zero }), "Timeout must be longer than zero and at most 24 days"),
        OutOfRange("a negative timeout", mq => mq.Client.AddAsync("a", [], new() { Timeout = Timeout.InfiniteTimeSpan }), "Timeout"),
        OutOfRange("a timeout over 24 days", mq => mq.Client.AddAsync("a", [], new() { Timeout = 25.Days() }), "24 days"),
        OutOfRange("no deduplication window", mq => mq.Client.AddAsync("a", [], new() { Deduplication = Deduplication.Throttle("d", TimeSpan.Zero) }), "A deduplication window must be longer than zero"),
        OutOfRange("a negative deduplication window", mq => mq.Client.AddAsync("a", [], new() { Deduplication = Deduplication.Debounce("d", -1.Seconds()) }), "A deduplication window"),
        OutOfRange("an endless deduplication window", mq => mq.Client.AddAsync("a", [], new() { Deduplication = new("d") { Ttl = TimeSpan.MaxValue } }), "100 years"),
        OutOfRange("a negative back-off", mq => mq.Client.AddAsync("a", [], new() { Backoff = Backoff.Fixed(-1.Seconds()) }), "A back-off delay"),
        OutOfRange("a back-off that starts at zero", mq => mq.Client.AddAsync("a", [], new() { Backoff = Backoff.Exponential(TimeSpan.Zero) }), "The first back-off delay"),
        OutOfRange("a back-off that multiplies by NaN", mq => mq.Client.AddAsync("a", [], new() { Backoff = Backoff.Exponential(1.Seconds(), double.NaN) }), "A back-off factor must be 1 to 100, but was NaN"),
        OutOfRange("a back-off that grows for ever at once", mq => mq.Client.AddAsync("a", [], new() { Backoff = Backoff.Exponential(1.Seconds(), double.PositiveInfinity) }), "factor"),
        OutOfRange("a back-off that shrinks", mq => mq.Client.AddAsync("a", [], new() { Backoff = Backoff.Exponential(1.Seconds(), 0.3) }), "factor must be 1 to 100"),
        OutOfRange("a back-off without a cap above zero", mq => mq.Client.AddAsync("a", [], new() { Backoff = Backoff.Exponential(1.Seconds(), longest: TimeSpan.Zero) }), "The longest back-off delay"),
        OutOfRange("a jitter over one", mq => mq.Client.AddAsync("a", [], new() { Backoff = Backoff.Exponential(1.Seconds(), jitter: 1.1) }), "jitter must be 0 to 1"),
        OutOfRange("a jitter of NaN", mq => mq.Client.AddAsync("a", [], new() { Backoff = Backoff.Exponential(1.Seconds(), jitter: double.NaN) }), "jitter"),
        Argument("a stepped back-off without steps", mq => mq.Client.AddAsync("a", [], new() { Backoff = Backoff.Steps() }), "1 to 100 delays, but got 0"),
        Argument("a stepped back-off of 101 steps", mq => mq.Client.AddAsync("a", [], new() { Backoff = Backoff.Steps(new TimeSpan[101]) }), "but got 101"),
        OutOfRange("a stepped back-off with an endless step", mq => mq.Client.AddAsync("a", [], new() { Backoff = Backoff.Steps(1.Seconds(), TimeSpan.MaxValue) }), "A back-off delay"),
    ];

    private static JobOptions Header(string name, string value) => new() { Headers = new Dictionary<string, string> { [name] = value } };
}
