namespace AsyncMQ.Workers;

/// <summary>A batch that waits for more jobs: who is in it, and the timer that ends the wait. Under the lock of the worker's batches.</summary>
internal sealed class Gathering(Batches batches, BatchDefinition definition)
{
    private readonly List<BatchMember> members = [];
    private ITimer? timer;

    public BatchDefinition Definition => definition;

    public int Count => members.Count;

    public bool Has(JobRun run) => members.Exists(member => member.Run == run);

    public void Add(BatchMember member)
    {
        members.Add(member);
        member.Gathering = this;
    }

    public void Remove(BatchMember member)
    {
        members.Remove(member);
        member.Gathering = null;
    }

    /// <summary>Lets those go that are to end, of which their tokens have not told yet: a batch is not filled by a job that another worker may have by now.</summary>
    public void DropEnding()
    {
        foreach (BatchMember ending in members.FindAll(static member => member.Run.Reason != JobCancellationReason.None))
            Remove(ending);
    }

    /// <summary>Starts the wait, unless it goes on already: a batch's time counts from its first job, even if that one has left.</summary>
    public void StartTimer(TimeProvider time) =>
        timer ??= time.CreateTimer(static gathering => ((Gathering)gathering!).OnTime(), this, definition.Wait, Timeout.InfiniteTimeSpan);

    /// <summary>Ends the wait.</summary>
    public BatchMember[] Close()
    {
        timer?.Dispose();
        foreach (BatchMember member in members)
            member.Gathering = null;
        return [.. members];
    }

    private void OnTime() => batches.RunOnTime(this);
}
