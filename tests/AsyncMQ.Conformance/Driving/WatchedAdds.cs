using System.Collections.Concurrent;

namespace AsyncMQ.Conformance.Driving;

/// <summary>A lent store whose adds are counted, and may be held up, broken or cut off by the test.</summary>
public sealed class WatchedAdds(IJobStore store) : BorrowedStore(store)
{
    private readonly ConcurrentQueue<AddStep> steps = new();

    /// <summary>Every add step that was sent, in order.</summary>
    public IReadOnlyList<AddStep> Steps => [.. steps];

    /// <summary>What happens to an add step; the second argument hands it to the store.</summary>
    public Func<AddStep, Func<Task<AddReply>>, Task<AddReply>> OnAdd { get; set; } = (_, add) => add();

    public override async ValueTask<AddReply> AddAsync(AddStep step, CancellationToken cancellationToken)
    {
        steps.Enqueue(step);
        return await OnAdd(step, async () => await base.AddAsync(step, cancellationToken));
    }
}
