using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>Puts a store's events into the words of the public ones. Payloads are read here, when somebody asks for the event.</summary>
internal sealed class EventReader(RecordReader records)
{
    /// <summary>The event; null when it is of a kind that this version does not know.</summary>
    public JobEvent? Read(in BufferedEvent buffered, TimeProvider time) => buffered.Event is { } happened
        ? Read(happened)
        : new JobEvent.Missed(buffered.Missed) { At = buffered.At ?? time.GetUtcNow() };

    private JobEvent? Read(StoreEvent e) => (e.Kind & JobEventKinds.OfJobs) != 0 ? ReadOfJob(e, new(e.Queue ?? "", e.Id ?? "")) : e.Kind switch
    {
        JobEventKinds.QueuePaused => new JobEvent.QueuePaused(e.Text, e.Detail, e.Until) { At = e.At, Queue = e.Queue ?? "" },
        JobEventKinds.QueueResumed => new JobEvent.QueueResumed { At = e.At, Queue = e.Queue ?? "" },
        JobEventKinds.QueueDrained => new JobEvent.QueueDrained { At = e.At, Queue = e.Queue ?? "" },
        JobEventKinds.LimitReached => new JobEvent.LimitReached(e.Text, e.Until) { At = e.At, Queue = e.Queue ?? "" },
        JobEventKinds.WorkerUp => new JobEvent.WorkerUp { At = e.At, SessionId = e.Id ?? "", Worker = e.Name ?? "" },
        JobEventKinds.WorkerDown => new JobEvent.WorkerDown(e.IsLost) { At = e.At, SessionId = e.Id ?? "", Worker = e.Name ?? "" },
        _ => null,
    };

    private JobEvent.OfJob? ReadOfJob(StoreEvent e, JobRef job)
    {
        string name = e.Name ?? "";
        return e.Kind switch
        {
            JobEventKinds.Added => new JobEvent.Added(e.State, e.Until) { At = e.At, Job = job, Name = name, Attempt = e.Attempt },
            JobEventKinds.Promoted => new JobEvent.Promoted(e.State, e.Until) { At = e.At, Job = job, Name = name, Attempt = e.Attempt },
            JobEventKinds.Started => new JobEvent.Started(e.Text ?? "") { At = e.At, Job = job, Name = name, Attempt = e.Attempt },
            JobEventKinds.Progressed => new JobEvent.Progressed(records.ProgressOf(e.Data, job, name) ?? default) { At = e.At, Job = job, Name = name, Attempt = e.Attempt },
            JobEventKinds.Logged => new JobEvent.Logged(records.LineOf(e.Text ?? "", job, name)) { At = e.At, Job = job, Name = name, Attempt = e.Attempt },
            JobEventKinds.Completed => new JobEvent.Completed { At = e.At, Job = job, Name = name, Attempt = e.Attempt },
            JobEventKinds.Retrying => new JobEvent.Retrying(e.State, e.Until, e.IsManual, records.ErrorOf(e.Data, job, name))
            { At = e.At, Job = job, Name = name, Attempt = e.Attempt },
            JobEventKinds.Returned => new JobEvent.Returned(e.State, e.Until) { At = e.At, Job = job, Name = name, Attempt = e.Attempt },
            JobEventKinds.Failed => new JobEvent.Failed(records.ErrorOf(e.Data, job, name)) { At = e.At, Job = job, Name = name, Attempt = e.Attempt },
            JobEventKinds.Expired => new JobEvent.Expired { At = e.At, Job = job, Name = name, Attempt = e.Attempt },
            JobEventKinds.Cancelled => new JobEvent.Cancelled { At = e.At, Job = job, Name = name, Attempt = e.Attempt },
            JobEventKinds.Stalled => new JobEvent.Stalled(e.Stalls, e.Text) { At = e.At, Job = job, Name = name, Attempt = e.Attempt },
            JobEventKinds.Rescheduled => new JobEvent.Rescheduled(e.Until ?? e.At) { At = e.At, Job = job, Name = name, Attempt = e.Attempt },
            JobEventKinds.Deduplicated => new JobEvent.Deduplicated(e.Detail ?? "", e.Text ?? "") { At = e.At, Job = job, Name = name, Attempt = e.Attempt },
            JobEventKinds.Removed => new JobEvent.Removed(e.State) { At = e.At, Job = job, Name = name, Attempt = e.Attempt },
            _ => null,
        };
    }
}
