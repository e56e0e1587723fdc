using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Engine;

/// <summary>Who in this process wants to know what happens.</summary>
internal sealed class Watchers
{
    private Action<StoreSignal>[] observers = [];

    /// <summary>True when somebody watches.</summary>
    public bool Any => observers.Length > 0;

    /// <summary>Adds an observer until the result is disposed.</summary>
    public IDisposable Add(Action<StoreSignal> observer)
    {
        Change(all => [.. all, observer]);
        return new Watch(this, observer);
    }

    /// <summary>Tells everybody.</summary>
    public void Tell(StoreSignal signal)
    {
        foreach (Action<StoreSignal> observer in observers)
        {
            try
            {
                observer(signal);
            }
            catch (Exception)
            {
                // It promised not to throw. The writer, and with it every caller, must not suffer when it does; the signal was only a hint.
            }
        }
    }

    private void Change(Func<Action<StoreSignal>[], Action<StoreSignal>[]> change)
    {
        Action<StoreSignal>[] before;
        do
            before = observers;
        while (Interlocked.CompareExchange(ref observers, change(before), before) != before);
    }

    private sealed class Watch(Watchers watchers, Action<StoreSignal> observer) : IDisposable
    {
        private Action<StoreSignal>? observer = observer;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref observer, null) is not { } gone)
                return;

            // One registration of it, even when the same delegate watches twice.
            watchers.Change(all =>
            {
                int index = Array.IndexOf(all, gone);
                return [.. all[..index], .. all[(index + 1)..]];
            });
        }
    }
}
