using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Connecting;

/// <summary>
/// What the scripts publish, told to whoever watches in this process. Subscribed to when the first one begins to watch. A message is lines of: W queue,
/// E queue NUL id, M session, S, V, C.
/// </summary>
internal sealed class RedisNews(RedisConnections connections, string channel) : IDisposable
{
    private readonly Lock gate = new();
    private readonly RedisChannel channel = RedisChannel.Literal(channel);
    private readonly StoreWatchers watchers = new();
    private bool isSubscribed;
    private bool isDisposed;

    public IDisposable Watch(Action<StoreSignal> observer)
    {
        IDisposable watch = watchers.Add(observer);
        lock (gate)
            Subscribe();
        return watch;
    }

    /// <summary>Tells this process of work that it has just sent to the server itself, which will say so, too.</summary>
    public void TellWork(string queue) => Tell(new(StoreSignalKind.Work, queue));

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            if (!isSubscribed)
                return;
            isSubscribed = false;
            connections.Multiplexer.ConnectionRestored -= OnRestored;
            connections.Multiplexer.GetSubscriber().Unsubscribe(channel, OnMessage, CommandFlags.FireAndForget);
        }
    }

    // Who watches hears everything from the return on, so this waits for the server's word. Without a server the driver subscribes when it is back.
    private void Subscribe()
    {
        if (isSubscribed)
            return;

        isSubscribed = true;
        connections.Multiplexer.ConnectionRestored += OnRestored;
        try
        {
            connections.Multiplexer.GetSubscriber().Subscribe(channel, OnMessage);
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            // A watcher polls besides, and is told to look anew when the connection is back.
        }
    }

    // What was published meanwhile nobody heard.
    private void OnRestored(object? sender, ConnectionFailedEventArgs happened) => Tell(new(StoreSignalKind.Changed));

    private void OnMessage(RedisChannel from, RedisValue message)
    {
        foreach (string line in ((string?)message ?? "").Split('\n'))
        {
            if (line.Length > 0)
                Tell(StoreSignal.FromLine(line, '\0'));
        }
    }

    private void Tell(in StoreSignal signal)
    {
        if (!Volatile.Read(ref isDisposed))
            watchers.Tell(signal);
    }
}
