using AsyncMQ.Diagnostics;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>
/// One worker's loop. Each round trip carries everything that was finished meanwhile and brings as many new jobs as slots are free (and a few more, see
/// <see cref="Prefetch"/>). Batches size themselves with no timers; an idle worker starts a single job at once. A store that fails is asked again, with
/// the same step, until it answers: no settlement is lost by it.
/// </summary>
internal sealed partial class Pump
{
    private static readonly TimeSpan LongestUnstarted = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EmptyHandedPause = TimeSpan.FromMilliseconds(10);
    private const int MostPerExchange = 1_000;
    private const long MostBytesPerExchange = 16 << 20;

    private readonly WorkerContext worker;
    private readonly WorkerOptions options;
    private readonly int lane;
    private readonly QueueChoice choice;
    private readonly WeightedTurns turns;
    private readonly Prefetch prefetch;
    private readonly PumpSignal signal = new();
    private readonly ITimer timer;
    private readonly List<QueueClaim> claims = [];

    private readonly Lock gate = new();
    private readonly Slot[] slots;
    private readonly Stack<Slot> idle = new();
    private readonly Queue<ClaimedJob> unstarted = new();
    private readonly Quarantine quarantine = new();
    private List<Settlement> finished = [];
    private List<Settlement>? spare;
    private long unstartedSince;
    private long runTicks;
    private int runs;

    private int mayHaveWork = 1;
    private long nextPoll;
    private volatile bool draining;
    private long tries;

    public Pump(WorkerContext worker, WorkerOptions options, int lane)
    {
        this.worker = worker;
        this.options = options;
        this.lane = lane;
        choice = new(options.WeightedQueues);
        turns = new(options.WeightedQueues);
        prefetch = new(options.Concurrency);
        Scope = new(worker, options.Concurrency, options.WeightedQueues.Select(queue => queue.Queue).ToHashSet(StringComparer.Ordinal));
        Batches = new(worker, options.Concurrency, Scope);
        Meter = options.RecordsMetrics ? new(gate) : null;
        slots = new Slot[options.Concurrency];
        for (int i = slots.Length - 1; i >= 0; i--)
            idle.Push(slots[i] = new(this, worker, Meter?.ForSlot()));
        timer = worker.Seams.Time.CreateTimer(static pump => ((Pump)pump!).signal.Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public HandlerScope Scope { get; }

    public Batches Batches { get; }

    /// <summary>What measures its attempts; null: nobody does.</summary>
    public JobMeter? Meter { get; }

    /// <summary>True when the loop sleeps, with nothing to say and nothing to ask.</summary>
    public bool IsAtRest
    {
        get
        {
            lock (gate)
                return finished.Count == 0 && (idle.Count == 0 || quiet || Volatile.Read(ref mayHaveWork) == 0) && signal.IsWaitedFor;
        }
    }

    /// <summary>What the slots hold now.</summary>
    public IReadOnlyList<JobRun> Running
    {
        get
        {
            lock (gate)
                return [.. slots.Select(slot => slot.Current).OfType<JobRun>()];
        }
    }

    public string Name => options.Name ?? string.Join('+', options.WeightedQueues.Select(queue => queue.Queue).Take(3));

    private TimeSpan PollInterval => options.PollInterval ?? worker.Options.PollInterval;

    /// <summary>Runs until drained or given up; never throws.</summary>
    public async Task RunAsync()
    {
        using IDisposable watch = worker.Store.Watch(OnSignal);
        bool isDone = false;
        while (!isDone && !givingUp)
        {
            try
            {
                isDone = await TurnAsync().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // Not foreseen; but a worker that goes on lamely is better than one that is silently dead.
                Log.WorkerFailed(worker.Logger, Name, e);
                lock (gate)
                    EndTrip();
                await Task.Delay(PauseAfterFault, worker.Seams.Time).ConfigureAwait(false);
            }
        }

        await timer.DisposeAsync().ConfigureAwait(false);
    }

    // True when drained.
    private async ValueTask<bool> TurnAsync()
    {
        signal.Reset();
        ExchangeStep? step = Compose(out bool isDone);
        if (isDone)
            return true;
        if (step is null)
        {
            SetTimer();
            await worker.Seams.Scheduler.Rejoin(signal.WaitAsync()).ConfigureAwait(false);
            return false;
        }

        long sent = worker.Seams.Time.GetTimestamp();
        ExchangeReply? reply = await ExchangeAsync(step).ConfigureAwait(false);
        Apply(step, reply, worker.Seams.Time.GetElapsedTime(sent));
        if (reply is not null && wasSentOnce)
            Reuse(step.Settlements);
        return false;
    }

    // Only what the store has answered: a try given up on may still be under way, and reads the list.
    private void Reuse(IReadOnlyList<Settlement> settled)
    {
        spare = settled as List<Settlement>;
        spare?.Clear();
    }

    /// <summary>A slot ended a run. Gives it the next job, or takes it back.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="run">What it ran.</param>
    /// <param name="settlement">What is to be told of it; null: nothing.</param>
    /// <param name="started">The run's start, as a timestamp.</param>
    /// <param name="ended">Its end, which is now.</param>
    public JobRun? Finish(Slot slot, JobRun run, Settlement? settlement, long started, long ended)
    {
        JobRun? next = null;
        bool isAwaited;
        MeasuredAttempt measured = default;
        bool isMeasured = slot.Meter is not null && run.HasRun && settlement is not null;
        if (isMeasured)
            measured = slot.Meter!.Measure(run.Job, settlement!.Value.Kind, worker.Seams.Time.GetElapsedTime(started, ended));
        lock (gate)
        {
            if (run.IsAbandoned)
                return null;
            if (settlement is { Kind: SettlementKind.HandBack })
                handedBack++;
            if (settlement is { } settled && run.Job.Token.Session == worker.Session.Id)
            {
                finished.Add(settled);
                if (isMeasured)
                    slot.Meter!.Note(measured);
            }

            runs++;
            runTicks += ended - started;
            quarantine.End(run.Job);
            if (!TakesNone && quarantine.Next is null && unstarted.TryDequeue(out ClaimedJob? job))
            {
                unstartedSince = ended;
                next = slot.Hold(job);
            }
            else
            {
                slot.Release();
                idle.Push(slot);
                if (idle.Count == slots.Length)
                    handlersEnd?.TrySetResult();
            }

            // After a round trip the loop looks by itself.
            isAwaited = !isUnderWay;
        }

        if (isAwaited)
            signal.Set();
        return next;
    }

    // Takes what is finished, and decides what to ask for; null: nothing to say and nothing to ask.
    private ExchangeStep? Compose(out bool isDone)
    {
        lock (gate)
        {
            if (TakesNone || IsUnstartedOverdue() || quarantine.Next is not null)
                HandBackUnstarted();

            int free = idle.Count;
            isDone = draining && free == slots.Length && finished.Count == 0;
            bool takesMore = !TakesNone && quarantine.Next is null;
            int wanted = takesMore ? Math.Min(free, MostPerExchange) : 0;
            bool isPoll = worker.Seams.Time.GetTimestamp() >= nextPoll;
            bool asks = wanted > 0 && (Volatile.Read(ref mayHaveWork) == 1 || isPoll);
            if (isDone || (!asks && finished.Count == 0))
                return null;

            int ahead = !takesMore || Volatile.Read(ref mayHaveWork) == 0 ? 0 : Math.Max(0, Math.Min(prefetch.Target - unstarted.Count, MostPerExchange - wanted));
            asks |= ahead > 0;
            if (asks)
            {
                Volatile.Write(ref mayHaveWork, 0);
                turns.Allot(choice.Choose(isPoll), wanted + ahead, claims);
                nextPoll = worker.Seams.Time.GetTimestamp() + (long)(PollInterval.TotalSeconds * worker.Seams.Time.TimestampFrequency);
            }

            var step = new ExchangeStep
            {
                Step = worker.Session.NextStep(lane),
                Settlements = TakeFinished(),
                Claims = asks ? [.. claims] : [],
                Slots = asks ? wanted : 0,
                Prefetch = asks ? ahead : 0,
            };
            BeginTrip();
            return step;
        }
    }

    private List<Settlement> TakeFinished()
    {
        int count = 0;
        for (long bytes = 0; count < finished.Count && count < MostPerExchange; count++)
        {
            bytes += finished[count].Data.Length;
            if (bytes > MostBytesPerExchange && count > 0)
                break;
        }

        List<Settlement> taken = finished;
        if (count == finished.Count)
        {
            (finished, spare) = (spare ?? [], null);
        }
        else
        {
            taken = finished.GetRange(0, count);
            finished.RemoveRange(0, count);
        }

        return taken;
    }

    private bool IsUnstartedOverdue() => unstarted.Count > 0 && worker.Seams.Time.GetElapsedTime(unstartedSince) >= LongestUnstarted;

    private void HandBackUnstarted()
    {
        if (unstarted.Count > 0)
            prefetch.Waste();
        if (TakesNone && quarantine.GiveUp() is { } suspect)
            unstarted.Enqueue(suspect);
        while (unstarted.TryDequeue(out ClaimedJob? job))
        {
            finished.Add(HandedBack(job));
            handedBack += draining ? 1 : 0;
        }
    }

    private static Settlement HandedBack(ClaimedJob job) => new(job.Ref, job.Handle, job.Token, job.Flags, SettlementKind.HandBack);

    private void SetTimer()
    {
        long now = worker.Seams.Time.GetTimestamp();
        TimeSpan wait = TakesNone ? Timeout.InfiniteTimeSpan : Positive(worker.Seams.Time.GetElapsedTime(now, nextPoll));
        lock (gate)
        {
            // With every slot taken only a finished job, or one that waited too long, is a reason to wake.
            if (idle.Count == 0)
                wait = unstarted.Count == 0 ? Timeout.InfiniteTimeSpan : LongestUnstarted;
        }

        timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private static TimeSpan Positive(TimeSpan span) => span > TimeSpan.FromMilliseconds(1) ? span : TimeSpan.FromMilliseconds(1);

    private long Later(TimeSpan span) => worker.Seams.Time.GetTimestamp() + (long)(span.TotalSeconds * worker.Seams.Time.TimestampFrequency);

    private void OnSignal(StoreSignal news)
    {
        switch (news.Kind)
        {
            case StoreSignalKind.Work when choice.Has(news.Queue!):
                choice.MarkReady(news.Queue!);
                goto case StoreSignalKind.Changed;
            case StoreSignalKind.Changed:
                if (Interlocked.Exchange(ref mayHaveWork, 1) == 0)
                    signal.Set();
                break;
        }
    }
}
