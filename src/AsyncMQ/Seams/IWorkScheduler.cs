namespace AsyncMQ.Seams;

/// <summary>Where the core's work runs. The real one is the thread pool; a test's is one thread under a seeded order.</summary>
internal interface IWorkScheduler
{
    /// <summary>Runs a handler's slot soon.</summary>
    void Queue(IThreadPoolWorkItem item);

    /// <summary>Starts a loop of the core.</summary>
    Task Start(Func<Task> loop);

    /// <summary>Calls <paramref name="beat"/> at once and then again and again on a thread of its own, which a full thread pool cannot delay.</summary>
    IBeat StartBeat(string name, TimeSpan interval, Action beat);

    /// <summary>Somebody begins to wait for the end of a job; the answer is disposed when the wait is over. For a host that must know who waits for what.</summary>
    IDisposable? EnterWait() => null;

    /// <summary>
    /// Stands before each wait for a task whose awaiters do not all go on inside the call that completes it, but on the pool: it was made so, or it has
    /// several. For a scheduler that is not the pool, and must bring them back to itself.
    /// </summary>
    Task Rejoin(Task task) => task;

    /// <summary>As <see cref="Rejoin(Task)"/>.</summary>
    Task<T> Rejoin<T>(Task<T> task) => task;

    /// <summary>Fires a token. Its callbacks, which may be a user's, do not run inside this call.</summary>
#pragma warning disable RS0030 // the seam itself
    Task Cancel(CancellationTokenSource source) => source.CancelAsync();
#pragma warning restore RS0030
}

/// <summary>A running beat; dispose it to stop (waits for the call under way, but not for ever).</summary>
internal interface IBeat : IDisposable
{
    /// <summary>Beat now rather than at the next interval.</summary>
    void Now();
}

/// <summary>The thread pool, and real threads for beats.</summary>
internal sealed class PoolScheduler : IWorkScheduler
{
    public static readonly PoolScheduler Instance = new();

#pragma warning disable RS0030 // the seam itself
    public void Queue(IThreadPoolWorkItem item) => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);

    public Task Start(Func<Task> loop) => Task.Run(loop);

    public IBeat StartBeat(string name, TimeSpan interval, Action beat) => new ThreadBeat(name, interval, beat);

    private sealed class ThreadBeat : IBeat
    {
        // A call that does not return must not hold up who stops.
        private static readonly TimeSpan LongestJoin = TimeSpan.FromSeconds(2);

        private readonly AutoResetEvent wake = new(false);
        private readonly Thread thread;
        private volatile bool stopped;

        public ThreadBeat(string name, TimeSpan interval, Action beat)
        {
            thread = new Thread(() =>
            {
                while (!stopped)
                {
                    beat();
                    wake.WaitOne(interval);
                }
            })
            { IsBackground = true, Name = name, Priority = ThreadPriority.AboveNormal };
            thread.Start();
        }

        public void Now() => wake.Set();

        public void Dispose()
        {
            stopped = true;
            wake.Set();
            if (thread != Thread.CurrentThread)
                thread.Join(LongestJoin);
            // The event is left to the collector: a signal under way may still set it.
        }
    }
#pragma warning restore RS0030
}
