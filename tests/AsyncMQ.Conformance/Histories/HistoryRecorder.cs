using System.Collections.Concurrent;

namespace AsyncMQ.Conformance.Histories;

/// <summary>Writes down what every caller asks and is answered, with moments that count up over all of them.</summary>
internal sealed class HistoryRecorder
{
    private readonly ConcurrentQueue<Happening> happenings = new();
    private long moment;

    public IReadOnlyList<Happening> Happenings => [.. happenings];

    /// <summary>Asks, and writes down what the answer says happened.</summary>
    public async Task<TReply> Record<TReply>(Func<Task<TReply>> ask, Func<TReply, IEnumerable<(Act Act, string Id, Func<Happening, Happening> Told)>> tell)
    {
        long invoked = Interlocked.Increment(ref moment);
        TReply reply = await ask();
        long returned = Interlocked.Increment(ref moment);
        foreach ((Act act, string id, Func<Happening, Happening> told) in tell(reply))
            happenings.Enqueue(told(new(act, id, invoked, returned)));
        return reply;
    }
}
