using static AsyncMQ.Conformance.BadCall;

namespace AsyncMQ.Conformance;

/// <summary>Subscriptions that must be refused.</summary>
public static class BadEvents
{
    public static TheoryData<string> Names => NamesOf(All);

    public static IReadOnlyList<BadCall> All { get; } =
    [
        .. BadTexts.Names.Select(bad => Argument($"events of a queue {bad.What}", Subscribe(new() { Queue = bad.Text }), "A queue name", bad.Says)),
        .. BadTexts.Names.Select(bad => Argument($"events of a job of a queue {bad.What}", Subscribe(new() { Job = new(bad.Text, "a") }), "A queue name", bad.Says)),
        Argument("events of a job without an id", Subscribe(new() { Job = new(DefaultQueue, "") }), "has no id"),
        Argument("events of a job whose id is null", Subscribe(new() { Job = new(DefaultQueue, null!) }), "has no id"),
        Null("events of a job whose queue is null", Subscribe(new() { Job = new(null!, "a") })),
        Null("events of the default of a job", Subscribe(new() { Job = default(JobRef) })),
        Argument("events of a job of another queue", Subscribe(new() { Queue = "mail", Job = new(DefaultQueue, "a") }), "default/a", "'mail'", "Leave the queue out"),
        Argument("events of no kind", Subscribe(new() { Kinds = JobEventKinds.None }), "Kinds (None)", "one or more"),
        Argument("events of a kind that is not", Subscribe(new() { Kinds = (JobEventKinds)(1 << 30) }), "one or more of the kinds"),
        Argument("events of a kind that is not, and one that is", Subscribe(new() { Kinds = JobEventKinds.Added | (JobEventKinds)(1 << 21) }), "one or more of the kinds"),
        .. new[] { 0, -1, int.MinValue, 100_001, int.MaxValue }.Select(buffer =>
            OutOfRange($"events with a buffer of {buffer}", Subscribe(new() { Buffer = buffer }), "holds 1 to 100000 events")),
        new("events with a cancelled token", typeof(OperationCanceledException), [], mq => mq.Client.SubscribeAsync(null, new(canceled: true))),
        new("events after dispose", typeof(ObjectDisposedException), [], async mq =>
        {
            await mq.DisposeAsync();
            await mq.Client.SubscribeAsync();
        }),
    ];

    private static Func<AsyncMQHost, Task> Subscribe(JobEventFilter filter) => mq => mq.Client.SubscribeAsync(filter);
}
