using System.Collections.Concurrent;

namespace AsyncMQ.Conformance.Driving;

/// <summary>Hears what a store tells this process.</summary>
public sealed class Ears : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<StoreSignal> heard = [];
    private readonly SemaphoreSlim news = new(0);
    private readonly IDisposable watch;

    public Ears(IJobStore store) => watch = store.Watch(signal =>
    {
        heard.Enqueue(signal);
        news.Release();
    });

    public IReadOnlyCollection<StoreSignal> Heard => heard;

    /// <summary>Waits until something like this was heard.</summary>
    public async Task Hears(Func<StoreSignal, bool> wanted)
    {
        while (!heard.Any(wanted))
        {
            if (!await news.WaitAsync(Patience, TestContext.Current.CancellationToken))
                Assert.Fail($"Heard only: {string.Join("; ", heard)}");
        }
    }

    public void Dispose() => watch.Dispose();
}
