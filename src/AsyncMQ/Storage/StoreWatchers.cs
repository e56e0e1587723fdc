namespace AsyncMQ.Storage;

/// <summary>Who in this process wants to hear of a store's signals: what stands behind <see cref="IJobStore.Watch"/>. Used by any number of threads.</summary>
public sealed class StoreWatchers
{
    /// <summary>Replaced, never changed.</summary>
    private Action<StoreSignal>[] observers = [];

    /// <summary>True when somebody watches.</summary>
    public bool Any => Volatile.Read(ref observers).Length > 0;

    /// <summary>Adds an observer.</summary>
    /// <param name="observer">Called with each signal; should return at once and not throw.</param>
    /// <returns>Dispose it to take this one registration back, even when the same delegate was added twice.</returns>
    public IDisposable Add(Action<StoreSignal> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        Change(all => [.. all, observer]);
        return new Registration(this, observer);
    }

    /// <summary>Tells everybody. An observer that throws is passed over: the store and the others must not suffer, and a signal is only a hint.</summary>
    /// <param name="signal">What to tell.</param>
    public void Tell(StoreSignal signal)
    {
        foreach (Action<StoreSignal> observer in Volatile.Read(ref observers))
        {
            try
            {
                observer(signal);
            }
            catch (Exception)
            {
                // It promised not to.
            }
        }
    }

    private void Change(Func<Action<StoreSignal>[], Action<StoreSignal>[]> change)
    {
        Action<StoreSignal>[] before;
        do
            before = Volatile.Read(ref observers);
        while (Interlocked.CompareExchange(ref observers, change(before), before) != before);
    }

    private sealed class Registration(StoreWatchers watchers, Action<StoreSignal> observer) : IDisposable
    {
        private Action<StoreSignal>? observer = observer;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref observer, null) is not { } gone)
                return;
            watchers.Change(all =>
            {
                int index = Array.IndexOf(all, gone);
                return [.. all[..index], .. all[(index + 1)..]];
            });
        }
    }
}
