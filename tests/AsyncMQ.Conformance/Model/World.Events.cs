using AsyncMQ.Conformance.Events;

namespace AsyncMQ.Conformance.Model;

/// <content>Events: whoever follows jobs by what is told of them alone knows where each one is.</content>
internal sealed partial class World
{
    private readonly LifePaths paths = new();
    private Listener? listener;

    private async Task CompareEventsAsync()
    {
        listener!.Store = Store;
        foreach (StoreEvent happened in await listener.Read())
            Same(null, paths.Follow(happened), "path of events");
        Same(
            Sorted(Model.Queues.Values.SelectMany(queue => queue.Jobs.Values).Select(job => $"{job.Ref} {job.State}")),
            Sorted(paths.States.Select(pair => $"{pair.Key} {pair.Value}")),
            "jobs by events");
    }
}
