using AsyncMQ.Workers;

namespace AsyncMQ.Testing.Running;

/// <summary>Whether something goes on by itself, without the clock being moved. The greater, the busier.</summary>
internal enum Rest
{
    /// <summary>It waits for the clock.</summary>
    Waits = 0,

    /// <summary>It may wait for the clock, or for something real that the clock only puts an end to: time must tell.</summary>
    MayWait = 1,

    /// <summary>It goes on.</summary>
    Busy = 2,
}

/// <summary>One attempt while its handler runs: on how many threads it is, and what it waits for.</summary>
/// <param name="run">The attempt.</param>
/// <param name="context">What its handler is given.</param>
/// <param name="activity">The host's.</param>
/// <param name="leader">The attempt of the same batch for which threads and timers are counted; null: this one.</param>
internal sealed class RunWatch(JobRun run, JobContext context, Activity activity, RunWatch? leader = null)
{
    private int threads;
    private long entries;
    private long expected;
    private int waits;
    private int deadlines;
    private volatile bool isTold;

    public JobRun Run => run;

    public JobContext Context => context;

    public int Threads => Volatile.Read(ref threads);

    /// <summary>A thread begins to run the handler's code.</summary>
    public void Enter()
    {
        Interlocked.Increment(ref threads);
        Interlocked.Increment(ref entries);
        activity.Note();
    }

    /// <summary>A thread ceases to run the handler's code.</summary>
    public void Leave()
    {
        Interlocked.Decrement(ref threads);
        activity.Note();
    }

    /// <summary>Something that the handler waited for is over: it is to go on, though perhaps not on any thread yet.</summary>
    public void ExpectEntry() => Interlocked.Exchange(ref expected, Interlocked.Read(ref entries) + 1);

    /// <summary>The handler's token has fired, and whoever listened has been told.</summary>
    public void NoteToken()
    {
        isTold = true;
        activity.Note();
    }

    public void AddTimer(bool isDeadline, int change)
    {
        if (isDeadline)
            Interlocked.Add(ref deadlines, change);
        else
            Interlocked.Add(ref waits, change);
        activity.Note();
    }

    /// <summary>The handler waits for the end of a job.</summary>
    public void AddWait(int change)
    {
        Interlocked.Add(ref waits, change);
        activity.Note();
    }

    public Rest Look(bool isTimed)
    {
        if (run.Reason != JobCancellationReason.None && !isTold)
            return Rest.Busy;
        return leader is null ? LookAtThreads(isTimed) : leader.LookAtThreads(isTimed);
    }

    private Rest LookAtThreads(bool isTimed)
    {
        if (Threads > 0)
            return Rest.Busy;

        int waiting = Volatile.Read(ref waits);
        bool mayWait = waiting > 0 || Volatile.Read(ref deadlines) > 0 || isTimed;
        if (!mayWait)
            return Rest.Busy;
        return waiting > 0 && Interlocked.Read(ref entries) >= Interlocked.Read(ref expected) ? Rest.Waits : Rest.MayWait;
    }
}
