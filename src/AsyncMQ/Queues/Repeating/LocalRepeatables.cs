using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>A repeatable of this process only.</summary>
/// <param name="Queue">Its queue.</param>
/// <param name="Id">Its id, unique among the local ones of its queue.</param>
/// <param name="Schedule">When.</param>
/// <param name="Job">Which job.</param>
internal sealed record LocalRepeatable(string Queue, string Id, Schedule Schedule, JobTemplate Job);

/// <summary>The local repeatables of an installation: what its workers find to do besides what the store tells.</summary>
internal sealed class LocalRepeatables(JobFactory factory, Producer producer)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Queue, string Id), LocalRepeatable> all = [];
    private bool isClosed;

    /// <summary>Raised when one was added or ended; whoever listens looks at <see cref="All"/>.</summary>
    public event Action? Changed;

    public IReadOnlyList<LocalRepeatable> All
    {
        get
        {
            lock (gate)
                return [.. all.Values];
        }
    }

    /// <returns>Dispose it to end it.</returns>
    /// <exception cref="ArgumentException">There is one of that id in its queue.</exception>
    /// <exception cref="ObjectDisposedException">Nothing would ever run it.</exception>
    public IDisposable Add(LocalRepeatable repeatable)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isClosed, typeof(IJobClient));
            if (!all.TryAdd((repeatable.Queue, repeatable.Id), repeatable))
                throw new ArgumentException($"Queue '{repeatable.Queue}' has a local repeatable '{repeatable.Id}' in this process already. Dispose that one first, or use another id.");
        }

        Changed?.Invoke();
        return new End(this, repeatable);
    }

    /// <summary>Takes no more of them: the installation goes.</summary>
    public void Close()
    {
        lock (gate)
            isClosed = true;
    }

    public NewJob CreateJob(LocalRepeatable repeatable, TimeSpan delay) => factory.Create(repeatable.Job, repeatable.Queue, delay);

    public async Task<AddedJob> AddAsync(NewJob job) => (await producer.AddAsync(new([job]), CancellationToken.None).ConfigureAwait(false))[0];

    private sealed class End(LocalRepeatables locals, LocalRepeatable repeatable) : IDisposable
    {
        public void Dispose()
        {
            lock (locals.gate)
            {
                if (!ReferenceEquals(locals.all.GetValueOrDefault((repeatable.Queue, repeatable.Id)), repeatable))
                    return;
                locals.all.Remove((repeatable.Queue, repeatable.Id));
            }

            locals.Changed?.Invoke();
        }
    }
}
