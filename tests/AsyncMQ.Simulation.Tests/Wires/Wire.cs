using AsyncMQ.Simulation.Living;
using AsyncMQ.Simulation.Machine;

namespace AsyncMQ.Simulation.Wires;

/// <summary>
/// The line between one process and the store. Under the seed it delays calls, loses them on the way there or back, breaks them off, and repeats, delays
/// and loses the store's news. What arrives is witnessed.
/// </summary>
internal sealed partial class Wire(World world, SimulatedProcess process)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    private readonly Chance chance = world.Chance.Fork();
    private readonly List<IDisposable> watches = [];

    /// <summary>True while nothing gets through, for this process alone.</summary>
    public bool IsCut { get; set; }

    public bool IsDown => IsCut || world.IsStoreAway;

    private Weather Weather => world.Weather;

    /// <summary>The process is gone: nobody hears the store's news. What is on its way to the store may still come there.</summary>
    public void Close()
    {
        watches.ForEach(watch => watch.Dispose());
        watches.Clear();
    }

    private ValueTask<T> Send<T>(Func<T> effect)
    {
        world.Agenda.RequireThread();
        if (!IsDown && chance.Is(Weather.Direct))
            return Answer(effect);

        var reply = new TaskCompletionSource<T>();
        bool isLate = chance.Is(Weather.Late);
        TimeSpan away = isLate ? CallTimeout + chance.Spread(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(3)) : Latency();
        world.Agenda.Post(null, ErrandKind.Request, away, () => Arrive(effect, reply));
        return new(reply.Task);
    }

    private TimeSpan Latency() => chance.Is(Weather.Slow) ? chance.Spread(Usual, Slow) : chance.Spread(Shortest, Usual);

    private void Arrive<T>(Func<T> effect, TaskCompletionSource<T> reply)
    {
        if (IsDown)
        {
            process.NoteTrouble();
            if (chance.Is(600))
                Return(reply, default!, chance.Of<Exception>(new StoreException("The store is away."), new IOException("Connection refused.")));
            return;
        }

        if (process.IsGone ? chance.Is(500) : chance.Is(Weather.LostRequests))
            return;
        if (chance.Is(Weather.Refused))
        {
            Return(reply, default!, new StoreException("The line broke on the way there."));
            return;
        }

        (T answer, Exception? error) = Try(effect);
        if (chance.Is(Weather.LostReplies))
            return;
        if (error is null && chance.Is(Weather.Broken))
            error = chance.Of<Exception>(new StoreException("The line broke on the way back."), new TimeoutException("No answer in time."));
        Return(reply, answer, error);
    }

    private void Return<T>(TaskCompletionSource<T> reply, T answer, Exception? error) =>
        world.Agenda.Post(process, ErrandKind.Reply, Latency(), () =>
        {
            if (error is null)
                reply.SetResult(answer);
            else
                reply.SetException(error);
        });

    private static ValueTask<T> Answer<T>(Func<T> effect)
    {
        (T answer, Exception? error) = Try(effect);
        return error is null ? new(answer) : ValueTask.FromException<T>(error);
    }

    private static (T Answer, Exception? Error) Try<T>(Func<T> effect)
    {
        try
        {
            return (effect(), null);
        }
        catch (Exception e)
        {
            return (default!, e);
        }
    }
}
