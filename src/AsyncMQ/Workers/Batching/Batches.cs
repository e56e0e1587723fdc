using AsyncMQ.Diagnostics;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>
/// One worker's batches that wait for more jobs, one for each name at most, whichever of the worker's queues the jobs are from. A batch runs when it is
/// full or its time is up; at once when the worker stops. It is full at its size, or when it has all slots of the worker: more could never come.
/// </summary>
internal sealed class Batches(WorkerContext worker, int slots, HandlerScope scope)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Gathering> gatherings = new(StringComparer.Ordinal);
    private readonly HashSet<string> cut = new(StringComparer.Ordinal);
    private bool isHurried;

    public WorkerContext Worker => worker;

    /// <summary>The worker as its handlers' waits see it.</summary>
    public HandlerScope Scope => scope;

    /// <summary>Waits for other jobs, runs with them, and ends as the handler says of this one.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> JoinAsync(BatchDefinition definition, BatchItem item)
    {
        var member = new BatchMember(this, item);
        Add(definition, member);
        using (item.CancellationToken.UnsafeRegister(static member => ((BatchMember)member!).Tell(), member))
            return await member.Outcome.ConfigureAwait(false);
    }

    /// <summary>Runs what waits, and lets nothing wait from now on: the worker stops.</summary>
    public void Hurry()
    {
        Gathering[] waiting;
        lock (gate)
        {
            isHurried = true;
            waiting = [.. gatherings.Values];
        }

        foreach (Gathering gathering in waiting)
            RunOnTime(gathering);
    }

    /// <summary>Whether a run waits for others to share a batch with.</summary>
    public bool IsGathering(JobRun run)
    {
        lock (gate)
            return gatherings.Values.Any(gathering => gathering.Has(run));
    }

    /// <summary>The time of a batch is up.</summary>
    public void RunOnTime(Gathering gathering)
    {
        BatchRun? batch = null;
        lock (gate)
        {
            if (gatherings.GetValueOrDefault(gathering.Definition.Name) == gathering)
            {
                gathering.DropEnding();
                batch = Take(gathering);
            }
        }

        Start(batch);
    }

    /// <summary>The token of a member has fired. One that still waits leaves, and never runs; the others are not told.</summary>
    public void Tell(BatchMember member)
    {
        BatchRun? batch;
        lock (gate)
        {
            batch = member.Batch;
            if (member.Gathering is { } gathering)
            {
                gathering.Remove(member);
                if (gathering.Count == 0)
                    Close(gathering);
            }
        }

        if (batch is not null)
            batch.Tell(member);
        else
            End(member, new OperationCanceledException(member.Item.CancellationToken));
    }

    /// <summary>Lets the slot of a member go on.</summary>
    public void End(BatchMember member, Exception ifOpen)
    {
        member.Item.FailIfOpen(ifOpen);
        worker.Seams.Scheduler.Queue(member);
    }

    private void Add(BatchDefinition definition, BatchMember member)
    {
        BatchRun? full = null;
        int most = Math.Min(definition.Size, slots);
        bool isCut;
        lock (gate)
        {
            isCut = most < definition.Size && cut.Add(definition.Name);
            bool isAlone = isHurried || IsSuspect(member.Run.Job);
            if (isAlone || !gatherings.TryGetValue(definition.Name, out Gathering? gathering))
                gathering = new(this, definition);
            gathering.Add(member);
            if (gathering.Count >= most)
                gathering.DropEnding();
            if (isAlone || gathering.Count >= most)
            {
                full = Take(gathering);
            }
            else
            {
                gatherings[definition.Name] = gathering;
                gathering.StartTimer(worker.Seams.Time);
            }
        }

        if (isCut)
            Log.BatchesCut(worker.Logger, definition.Name, most, definition.Size);
        Start(full);
    }

    // It may kill its process: then nobody shall have shared a batch with it, and it does not wait with them in hand.
    private bool IsSuspect(ClaimedJob job) => job.Stalls > 0 && Quarantine.Takes(job.Stalls, worker.MaxStallsOf(job.Ref.Queue));

    private BatchRun Take(Gathering gathering) => new(this, gathering.Definition, Close(gathering));

    private BatchMember[] Close(Gathering gathering)
    {
        if (gatherings.GetValueOrDefault(gathering.Definition.Name) == gathering)
            gatherings.Remove(gathering.Definition.Name);
        return gathering.Close();
    }

    private void Start(BatchRun? batch)
    {
        if (batch is not null)
            worker.Seams.Scheduler.Queue(batch);
    }
}
