using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>
/// News: collected while a step runs, told after its lock is released. And the index of ready queues, brought up to date at the same point.
/// </content>
internal sealed partial class InMemoryJobStore
{
    private const int MostReadyQueues = 64;

    private static readonly Comparer<StoredQueue> ByReadiness = Comparer<StoredQueue>.Create(
        static (a, b) => a.ReadyAt != b.ReadyAt ? a.ReadyAt.CompareTo(b.ReadyAt) : a.ReadyOrder.CompareTo(b.ReadyOrder));

    /// <summary>Queues with work for anybody, now or at a time known: by the time since when or from when.</summary>
    private readonly SortedSet<StoredQueue> ready = new(ByReadiness);

    /// <summary>Queues that have parked jobs: work for those who know their names.</summary>
    private readonly HashSet<StoredQueue> parking = [];
    private readonly List<StoredQueue> touched = [];
    private readonly List<StoreSignal> signals = [];

    /// <summary>Replaced, never changed: a step takes it along out of the lock.</summary>
    private Watcher[] observers = [];

    public IDisposable Watch(Action<StoreSignal> observer)
    {
        var watcher = new Watcher(this, observer);
        lock (gate)
            observers = [.. observers, watcher];
        return watcher;
    }

    /// <summary>Notes that the step under way changes a queue.</summary>
    private void Touch(StoredQueue queue)
    {
        if (queue.IsTouched)
            return;
        queue.IsTouched = true;
        queue.WasBusy = queue.IsBusy;
        queue.TellsLimits = journal.Wants(JobEventKinds.LimitReached, queue.Name, null, now);
        touched.Add(queue);
    }

    private void AnnounceEnd(JobEntry entry)
    {
        if (observers.Length > 0)
            signals.Add(new(StoreSignalKind.Ended, entry.Queue.Name, entry.Id));
    }

    private void AnnounceMail(StoredSession session)
    {
        if (observers.Length > 0)
            signals.Add(new(StoreSignalKind.Mail, Session: session.Id));
    }

    private bool MoveClock(TimeSpan offset)
    {
        bool isBack = offset < clockOffset;
        now += (offset - clockOffset).Ticks;
        clockOffset = offset;
        LookAtTimesAnew(isBack);
        if (observers.Length > 0)
            signals.Add(new(StoreSignalKind.Changed));
        return true;
    }

    /// <summary>The clock was moved: what was ready may be ready only later, or the reverse, and a window that was over may be open again.</summary>
    private void LookAtTimesAnew(bool isBack)
    {
        foreach (StoredQueue queue in queues.Values)
        {
            if (isBack && queue.HasKeys)
                queue.Keys.ReviewAll(now);
            IndexReady(queue);
            foreach (DeduplicationHold hold in queue.Deduplication.Values)
                SetWindow(hold, hold.WindowEnds);
        }
    }

    private News TakeNews()
    {
        foreach (StoredQueue queue in touched)
        {
            if (queue.HasNews && observers.Length > 0 && HasWorkToCome(queue))
                signals.Add(new(StoreSignalKind.Work, queue.Name));
            (queue.HasNews, queue.IsTouched) = (false, false);
            if (queue.WasBusy && !queue.IsBusy)
                TellQueue(JobEventKinds.QueueDrained, queue);
            if (queue.TellsLimits)
                TellLimits(queue);
            IndexReady(queue);
        }

        touched.Clear();
        if (hasEffectNews && observers.Length > 0 && NextEffect() is not null)
            signals.Add(new(StoreSignalKind.Changed));
        hasEffectNews = false;
        if (hasEvents && observers.Length > 0)
            signals.Add(new(StoreSignalKind.Events));
        hasEvents = false;
        if (signals.Count == 0)
            return default;

        var news = new News(observers, [.. signals]);
        signals.Clear();
        return news;
    }

    private bool HasWorkToCome(StoredQueue queue) =>
        queue.NextWorkAt(hasWaiting: queue.HasClaimable, now) < long.MaxValue;

    /// <summary>Brings a queue's place in the index of ready queues up to date. One that stays ready keeps its place.</summary>
    private void IndexReady(StoredQueue queue)
    {
        if (queue.ParkedCount > 0)
            parking.Add(queue);
        else if (parking.Count > 0)
            parking.Remove(queue);

        long next = queue.NextWorkAt(hasWaiting: queue.Waiting.GivesWork, now);
        if (next != queue.ReadyAt && (next > now || queue.ReadyAt > now))
            SetReady(queue, next);
    }

    private void SetReady(StoredQueue queue, long readyAt)
    {
        if (queue.ReadyAt < long.MaxValue)
            ready.Remove(queue);
        (queue.ReadyAt, queue.ReadyOrder) = (readyAt, NextNumber());
        if (readyAt < long.MaxValue)
            ready.Add(queue);
    }

    /// <summary>
    /// Ready queues that a session works and did not ask for in the Exchange under way: those not asked for the longest come first.
    /// </summary>
    private List<string> ReadyQueues(IReadOnlyList<QueueClaim> asked, StoredSession session)
    {
        foreach (QueueClaim claim in asked)
        {
            if (queues.TryGetValue(claim.Queue, out StoredQueue? queue) && queue.ReadyAt <= now)
                SetReady(queue, now);
        }

        var names = new List<string>();
        foreach (StoredQueue queue in parking)
        {
            if (names.Count < MostReadyQueues && MayGive(queue, session) && queue.Budget(now) > 0 && queue.NextFor(session) is { IsParked: true })
                names.Add(queue.Name);
        }

        foreach (StoredQueue queue in ready)
        {
            if (queue.ReadyAt > now || names.Count == MostReadyQueues)
                break;
            if (MayGive(queue, session) && !names.Contains(queue.Name))
                names.Add(queue.Name);
        }

        return names;
    }

    private bool MayGive(StoredQueue queue, StoredSession session) => queue.AskedAt != exchanges && session.Works(queue);

    /// <summary>What a step has to tell, and to whom.</summary>
    private readonly record struct News(Watcher[]? Observers, StoreSignal[]? Signals)
    {
        public void Tell()
        {
            if (Signals is null)
                return;
            foreach (StoreSignal signal in Signals)
            {
                foreach (Watcher watcher in Observers!)
                    watcher.Tell(signal);
            }
        }
    }

    /// <summary>One observer, until disposed.</summary>
    private sealed class Watcher(InMemoryJobStore store, Action<StoreSignal> observer) : IDisposable
    {
        public void Tell(in StoreSignal signal) => observer(signal);

        public void Dispose()
        {
            lock (store.gate)
                store.observers = [.. store.observers.Where(watcher => watcher != this)];
        }
    }
}
