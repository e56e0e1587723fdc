#pragma warning disable RS0030 // This file is the store's thread seam: the one place where it makes a thread, and where a thread sleeps.

namespace AsyncMQ.Sqlite.Engine;

/// <summary>Threads of the store's own: SQLite is synchronous, and must not hold threads of the pool while it waits for the disk.</summary>
internal static class StoreThread
{
    /// <summary>Starts a background thread.</summary>
    public static Thread Start(string name, Action body)
    {
        var thread = new Thread(() => body()) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }

    /// <summary>Runs something long, such as an audit, on a thread of its own.</summary>
    public static Task<T> RunAsync<T>(string name, Func<T> body)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Start(name, () =>
        {
            try
            {
                done.SetResult(body());
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        });
        return done.Task;
    }

    /// <summary>Lets another process have the file's lock for a moment.</summary>
    public static void Pause() => Thread.Sleep(1);

    /// <summary>Milliseconds that only count up: for deadlines of waiting, never for what is stored.</summary>
    public static long Milliseconds => Environment.TickCount64;
}
