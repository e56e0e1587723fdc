using static AsyncMQ.Conformance.BadCall;

namespace AsyncMQ.Conformance;

/// <summary>Keys, limits and holds that must be refused, and calls about them.</summary>
public static class BadLimits
{
    private static readonly RateLimit Rate = new(1, TimeSpan.FromSeconds(1));

    public static TheoryData<string> Names => NamesOf(All);

    public static IReadOnlyList<BadCall> All { get; } =
    [
        .. BadTexts.Ids.Select(bad => Argument($"a job with a key {bad.What}", Do(mq => mq.Queue().AddAsync("work", null, new() { Key = bad.Text })), "A key", bad.Says)),
        .. BadTexts.Ids.Select(bad => Argument($"limits of a key {bad.What}", Do(mq => mq.Queue().SetKeyLimitsAsync(bad.Text, new())), "A key", bad.Says)),
        .. BadTexts.Ids.Select(bad => Argument($"a look at a key {bad.What}", Do(mq => mq.Queue().GetKeyAsync(bad.Text)), "A key", bad.Says)),
        .. BadTexts.Ids.Select(bad => Argument($"a hold of a key {bad.What}", Do(mq => mq.Queue().HoldKeyAsync(bad.Text, 1.Seconds())), "A key", bad.Says)),
        Argument("a document with a key of a space", Do(mq => mq.Queue().EnqueueAsync(JobPayload.FromJson("""{"task":"work","key":" "}"""))), "white space"),
        Argument("a document with a key that is a number", Do(mq => mq.Queue().EnqueueAsync(JobPayload.FromJson("""{"task":"work","key":7}"""))), "'key'"),
        Null("limits of no key", Do(mq => mq.Queue().SetKeyLimitsAsync(null!, new()))),
        Null("a look at no key", Do(mq => mq.Queue().GetKeyAsync(null!))),
        Null("a hold of no key", Do(mq => mq.Queue().HoldKeyAsync(null!, 1.Seconds()))),

        .. new[] { 0, -1, int.MinValue, 1_000_000_001 }.Select(permits =>
            OutOfRange($"a rate of {permits}", Set(() => new() { Rate = new(permits, 1.Seconds()) }), $"must permit 1 to 1 000 000 000 starts, but was {permits}", "pause the queue")),
        .. new[] { TimeSpan.Zero, -1.Seconds(), 9.Milliseconds(), 367.Days(), TimeSpan.MaxValue, TimeSpan.MinValue, Timeout.InfiniteTimeSpan }.Select(window =>
            OutOfRange($"a rate in a window of {window}", Set(() => new() { Rate = new(1, window) }), $"must be 10 milliseconds to 366 days, but was {window}")),
        .. new[] { 0, -1, int.MinValue }.Select(most =>
            OutOfRange($"a concurrency of {most}", Set(() => new() { Concurrency = most }), $"at least 1, but was {most}", "pause the queue")),
        .. new[] { 0, -1, int.MinValue }.Select(most =>
            OutOfRange($"a concurrency per key of {most}", Set(() => new() { PerKey = new() { Concurrency = most } }), $"at least 1, but was {most}")),
        OutOfRange("a concurrency of a key of nothing", Do(mq => mq.Queue().SetKeyLimitsAsync("k", new() { Concurrency = 0 })), "at least 1, but was 0"),
        OutOfRange("a configured concurrency of nothing", Configured(queue => queue.MaxConcurrency = 0), "at least 1, but was 0"),
        OutOfRange("a configured rate of nothing", Configured(queue => queue.RateLimit = new(0, 1.Seconds())), "1 to 1 000 000 000"),

        .. new[] { -1.Seconds(), TimeSpan.MinValue, TimeSpan.MaxValue, Timeout.InfiniteTimeSpan, 36_526.Days() }.SelectMany(time => new[]
        {
            OutOfRange($"a hold of {time}", Do(mq => mq.Queue().HoldAsync(time)), $"The time of a hold must be zero to 100 years, but was {time}"),
            OutOfRange($"a hold of a key of {time}", Do(mq => mq.Queue().HoldKeyAsync("k", time)), $"zero to 100 years, but was {time}"),
        }),
        .. new[] { TimeSpan.Zero, -1.Seconds(), TimeSpan.MaxValue }.Select(time =>
            OutOfRange($"a handler told to come again after {time}", Do(_ => throw new RateLimitedException(time)), $"longer than zero and at most 100 years, but was {time}")),
        OutOfRange("a handler that holds back what is nothing", Do(_ => throw new RateLimitedException(1.Seconds(), (RateLimitScope)7)), "must be Key or Queue, but was 7"),

        .. new[] { 0, -1, 1_001, int.MaxValue }.Select(take => OutOfRange($"a page of {take} keys", Do(mq => mq.Queue().GetKeysAsync(take: take)), $"1 to 1000, but was {take}")),
        .. Calls.Select(call => new BadCall($"{call.What} with a cancelled token", typeof(OperationCanceledException), [], mq => call.Do(mq.Queue(), new(canceled: true)))),
        .. Calls.Select(call => new BadCall($"{call.What} after dispose", typeof(ObjectDisposedException), [], mq => AfterDispose(mq, call.Do))),
        Argument("a limit of a queue with a bad name", Do(mq => mq.Client.GetQueue("two words").SetLimitsAsync(new() { Rate = Rate })), "must not contain white space"),
    ];

    private static IEnumerable<(string What, Func<IJobQueue, CancellationToken, Task> Do)> Calls =>
    [
        ("limits", (queue, token) => queue.SetLimitsAsync(new() { Rate = Rate }, token)),
        ("limits of a key", (queue, token) => queue.SetKeyLimitsAsync("k", new() { Rate = Rate }, token)),
        ("a hold", (queue, token) => queue.HoldAsync(1.Hours(), token)),
        ("a hold of a key", (queue, token) => queue.HoldKeyAsync("k", 1.Hours(), token)),
        ("a look at limits", (queue, token) => queue.GetLimitsAsync(token)),
        ("a look at a key", (queue, token) => queue.GetKeyAsync("k", token)),
        ("a look at keys", (queue, token) => queue.GetKeysAsync(cancellationToken: token)),
    ];

    private static Func<AsyncMQHost, Task> Set(Func<QueueLimits> limits) => Do(mq => mq.Queue().SetLimitsAsync(limits()));

    private static Func<AsyncMQHost, Task> Configured(Action<QueueOptions> configure) => Do(async _ =>
    {
        await using AsyncMQHost mq = AsyncMQHost.Create(mq => mq.UseInMemory().AddQueue("q", configure));
    });

    // What a constructor or an option throws is to come from the call, as where a user writes it.
    private static Func<AsyncMQHost, Task> Do(Func<AsyncMQHost, Task> call) => async mq => await call(mq);

    private static async Task AfterDispose(AsyncMQHost mq, Func<IJobQueue, CancellationToken, Task> call)
    {
        IJobQueue queue = mq.Queue();
        await mq.DisposeAsync();
        await call(queue, default);
    }
}
