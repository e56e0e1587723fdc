using AsyncMQ.Seams;
using AsyncMQ.Workers;

namespace AsyncMQ.Testing.Running;

/// <summary>
/// Where the runtime's work runs under a test host: on the thread pool, with a count of what has not begun or not come to its first wait. Handlers start
/// one after the other in the order in which their jobs were claimed, each when the one before has come to its first wait, so that a test sees one order.
/// </summary>
internal sealed class TestScheduler(RunWatches runs, Activity activity) : IWorkScheduler
{
    private readonly Lock gate = new();
    private readonly Queue<IThreadPoolWorkItem> slots = new();
    private readonly List<TestBeat> beats = [];
    private bool isStarting;
    private int pending;
    private bool isSilent;

    /// <summary>True while something was given to the pool that has not come to its first wait.</summary>
    public bool IsPending => Volatile.Read(ref pending) > 0;

    /// <summary>True while the process cannot renew its lease.</summary>
    public bool IsSilent { get => Volatile.Read(ref isSilent); set => Volatile.Write(ref isSilent, value); }

    public void Queue(IThreadPoolWorkItem item)
    {
        if (item is not Slot)
        {
            Run(item.Execute);
            return;
        }

        lock (gate)
        {
            slots.Enqueue(item);
            if (isStarting)
                return;
            isStarting = true;
        }

        Run(StartSlots);
    }

    public Task Start(Func<Task> loop)
    {
        var started = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        Run(() => started.SetResult(loop()));
        return started.Task.Unwrap();
    }

    public IBeat StartBeat(string name, TimeSpan interval, Action beat)
    {
        var started = new TestBeat(this, beat);
        lock (gate)
            beats.Add(started);
        started.Once();
        return started;
    }

    public IDisposable? EnterWait() => runs.Current is { } run ? new Wait(run) : null;

    /// <summary>Beats so many times, now: what a living process has done by the time that the clock was moved to.</summary>
    public void Beat(int times)
    {
        TestBeat[] all;
        lock (gate)
            all = [.. beats];
        for (int i = 0; i < times; i++)
            Array.ForEach(all, beat => beat.Once());
    }

    /// <summary>Runs something on the pool, outside anybody's execution context; the task ends with it.</summary>
    public Task RunAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Run(() =>
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    private void Run(Action action)
    {
        Interlocked.Increment(ref pending);
        activity.Note();
#pragma warning disable RS0030 // the seam itself
        ThreadPool.UnsafeQueueUserWorkItem(
            static work =>
            {
                try
                {
                    work.action();
                }
                finally
                {
                    work.activity.Note();
                    Interlocked.Decrement(ref work.Item3.pending);
                }
            },
            (action, activity, this),
            preferLocal: false);
#pragma warning restore RS0030
    }

    private void StartSlots()
    {
        while (true)
        {
            IThreadPoolWorkItem? slot;
            lock (gate)
            {
                if (!slots.TryDequeue(out slot))
                {
                    isStarting = false;
                    return;
                }
            }

            // In a context of its own, as the pool would: what one handler sets there is not the next one's.
            ExecutionContext.Run(ExecutionContext.Capture()!, static item => ((IThreadPoolWorkItem)item!).Execute(), slot);
        }
    }

    private void Remove(TestBeat beat)
    {
        lock (gate)
            beats.Remove(beat);
    }

    private sealed class TestBeat(TestScheduler scheduler, Action beat) : IBeat
    {
        private readonly Lock turn = new();
        private bool isDisposed;

        public void Now() => scheduler.Run(Once);

        public void Once()
        {
            lock (turn)
            {
                if (!isDisposed && !scheduler.IsSilent)
                    beat();
            }
        }

        public void Dispose()
        {
            scheduler.Remove(this);
            lock (turn)
                isDisposed = true;
        }
    }

    private sealed class Wait : IDisposable
    {
        private RunWatch? run;

        public Wait(RunWatch run)
        {
            this.run = run;
            run.AddWait(1);
        }

        public void Dispose() => Interlocked.Exchange(ref run, null)?.AddWait(-1);
    }
}
