using System.Collections.Concurrent;

namespace AsyncMQ.Conformance.Working;

/// <summary>Keeps who ran: a handler that notes the id of each job it starts.</summary>
public sealed class Ledger
{
    private readonly ConcurrentQueue<string> started = new();
    private int running;
    private int most;

    /// <summary>The ids of the jobs in the order they were started.</summary>
    public string[] Started => [.. started];

    public int Count => started.Count;

    /// <summary>How many ran at once at most.</summary>
    public int MostAtOnce => Volatile.Read(ref most);

    /// <summary>Ids that were started more than once.</summary>
    public string[] Repeated => [.. started.GroupBy(id => id).Where(runs => runs.Count() > 1).Select(runs => runs.Key)];

    /// <summary>A handler that only notes the run.</summary>
    public Task Note(JobContext context, CancellationToken cancellationToken)
    {
        started.Enqueue(context.Id);
        return Task.CompletedTask;
    }

    /// <summary>A handler that notes the run and waits for something.</summary>
    public async Task NoteWhile(JobContext context, Func<Task> work)
    {
        started.Enqueue(context.Id);
        int now = Interlocked.Increment(ref running);
        for (int seen = most; now > seen; seen = most)
            Interlocked.CompareExchange(ref most, now, seen);
        try
        {
            await work();
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }
}
