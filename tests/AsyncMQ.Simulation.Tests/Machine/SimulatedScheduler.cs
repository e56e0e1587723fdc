using AsyncMQ.Seams;

namespace AsyncMQ.Simulation.Machine;

/// <summary>Where the runtime of one simulated process runs: on the agenda. Its threads are errands, and chance says in which order they get on.</summary>
internal sealed class SimulatedScheduler(Agenda agenda, SimulatedProcess process) : IWorkScheduler
{
    private static readonly TimeSpan BusyPool = TimeSpan.FromMilliseconds(40);

    private readonly Dictionary<CancellationToken, CancellationTokenSource> relays = [];
    private readonly Resumer resumer = new(agenda, process);

    /// <summary>Loops that were started and have not ended.</summary>
    public List<string> Loops { get; } = [];

    /// <summary>Waits for ends of jobs.</summary>
    public int Waits { get; private set; }

    public void Queue(IThreadPoolWorkItem item) => Post(item.Execute);

    public Task Start(Func<Task> loop)
    {
        var ended = new TaskCompletionSource();
        string name = $"{loop.Method.DeclaringType?.Name}.{loop.Method.Name}";
        Loops.Add(name);
        Post(() => _ = RunAsync());
        return ended.Task;

        async Task RunAsync()
        {
            try
            {
                await loop();
                Loops.Remove(name);
                ended.SetResult();
            }
            catch (Exception e)
            {
                process.Blame($"A loop of the runtime threw {e}");
                ended.SetException(e);
            }
        }
    }

    public IBeat StartBeat(string name, TimeSpan interval, Action beat)
    {
        var started = new SimulatedBeat(agenda, process, interval, beat);
        started.Now();
        return started;
    }

    public IDisposable EnterWait() => new Wait(this);

    public Task Rejoin(Task task)
    {
        if (task.IsCompleted)
            return task;
        var rejoined = new Resumption(task);
        task.ContinueWith(static (_, _) => { }, rejoined, CancellationToken.None, TaskContinuationOptions.None, resumer);
        return rejoined.Task;
    }

    public Task<T> Rejoin<T>(Task<T> task)
    {
        if (task.IsCompleted)
            return task;
        var rejoined = new Resumption<T>(task);
        task.ContinueWith(static (_, _) => { }, rejoined, CancellationToken.None, TaskContinuationOptions.None, resumer);
        return rejoined.Task;
    }

    // The flag is up at once, as in production; those who asked for a relay hear of it in a turn of their own.
    public Task Cancel(CancellationTokenSource source)
    {
        CancellationToken token = source.Token;
        source.Cancel();
        if (relays.Remove(token, out CancellationTokenSource? relay))
            Post(relay.Cancel);
        return Task.CompletedTask;
    }

    /// <summary>A token that fires after this one, in a turn of its own. Handlers register with it, never with the one that they were given.</summary>
    public CancellationToken Relay(CancellationToken token)
    {
        if (!relays.TryGetValue(token, out CancellationTokenSource? relay))
            relays[token] = relay = new();
        if (token.IsCancellationRequested)
            relay.Cancel();
        return relay.Token;
    }

    /// <summary>Nobody listens to a relay any more.</summary>
    public void EndRelay(CancellationToken token) => relays.Remove(token);

    private void Post(Action act)
    {
        TimeSpan delay = process.Chance.Is(30) ? process.Chance.Between(TimeSpan.Zero, BusyPool) : TimeSpan.Zero;
        agenda.Post(process, ErrandKind.Work, delay, act);
    }

    private sealed class Wait : IDisposable
    {
        private SimulatedScheduler? scheduler;

        public Wait(SimulatedScheduler scheduler)
        {
            this.scheduler = scheduler;
            scheduler.Waits++;
        }

        public void Dispose()
        {
            if (scheduler is not null)
                scheduler.Waits--;
            scheduler = null;
        }
    }

    /// <summary>Is told of completed tasks where they are completed, and has their awaiters go on in a turn of their own.</summary>
    private sealed class Resumer(Agenda agenda, SimulatedProcess process) : TaskScheduler
    {
        protected override void QueueTask(Task task) =>
            agenda.Post(process, ErrandKind.Resumption, TimeSpan.Zero, ((IResumption)task.AsyncState!).Resume);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }

    private interface IResumption
    {
        void Resume();
    }

    private sealed class Resumption(Task task) : TaskCompletionSource, IResumption
    {
        public void Resume() => SetFromTask(task);
    }

    private sealed class Resumption<T>(Task<T> task) : TaskCompletionSource<T>, IResumption
    {
        public void Resume() => SetFromTask(task);
    }
}
