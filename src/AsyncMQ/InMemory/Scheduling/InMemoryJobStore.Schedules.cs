using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Schedules: upserts, commands, and the index of those that will fire.</content>
internal sealed partial class InMemoryJobStore
{
    /// <summary>Schedules that fire when their time comes, by that time: those not paused, of queues not closed, that have a next time.</summary>
    private readonly SortedSet<StoredSchedule> schedules = new(StoredSchedule.ByNext);

    public ValueTask<ScheduleReply> UpsertScheduleAsync(UpsertScheduleStep step, CancellationToken cancellationToken) =>
        Run(
            step,
            static (store, step) => store.Complete(
                store.Once(step.Step, step, static (store, step) => store.Upsert(step)), step.Queue, step.Id),
            cancellationToken);

    public ValueTask<ScheduleReply> ChangeScheduleAsync(ChangeScheduleStep step, CancellationToken cancellationToken) =>
        Run(
            step,
            static (store, step) => store.Complete(
                store.Once(step.Step, step, static (store, step) => store.Change(step)), step.Queue, step.Id),
            cancellationToken);

    /// <summary>The lane keeps the reply without its record, which is read anew each time.</summary>
    private ScheduleReply Complete(ScheduleReply reply, string queue, string id) =>
        reply with { Schedule = FindSchedule(queue, id)?.ToRecord() };

    private ScheduleReply Upsert(UpsertScheduleStep step)
    {
        if (queues.TryGetValue(step.Queue, out StoredQueue? found) && found.IsClosed)
            return new(ScheduleOutcome.QueueClosed, null);
        StoredSchedule? schedule = FindSchedule(step.Queue, step.Id);
        if (schedule?.Revision != step.Expected)
            return new(schedule is null ? ScheduleOutcome.NotFound : ScheduleOutcome.Conflict, null);

        if (schedule is null)
        {
            schedule = new(QueueNamed(step.Queue), step.Id, NextNumber(), now);
            schedule.Queue.Schedules.Add(step.Id, schedule);
        }

        schedule.Definition = step.Definition;
        Revise(schedule, step.Next?.UtcTicks ?? long.MaxValue, step.Paused ?? schedule.IsPaused);
        return new(ScheduleOutcome.Done, null);
    }

    private ScheduleReply Change(ChangeScheduleStep step)
    {
        if (FindSchedule(step.Queue, step.Id) is not { } schedule)
            return new(ScheduleOutcome.NotFound, null);

        switch (step.Command)
        {
            case ScheduleCommand.Pause:
                if (!schedule.IsPaused)
                    Revise(schedule, schedule.Next, paused: true);
                break;

            case ScheduleCommand.Resume resume:
                if (!schedule.IsPaused)
                    break;
                if (schedule.Revision != resume.Expected)
                    return new(ScheduleOutcome.Conflict, null);
                Revise(schedule, resume.Next?.UtcTicks ?? long.MaxValue, paused: false);
                break;

            case ScheduleCommand.Remove:
                schedules.Remove(schedule);
                schedule.Queue.Schedules.Remove(schedule.Id);
                break;

            case ScheduleCommand.Trigger when schedule.Queue.IsClosed:
                return new(ScheduleOutcome.QueueClosed, null);

            case ScheduleCommand.Trigger trigger:
                return new(ScheduleOutcome.Done, null, Trigger(schedule, trigger.Job));

            default:
                throw new ArgumentOutOfRangeException(nameof(step), step.Command, "There is no such command.");
        }

        return new(ScheduleOutcome.Done, null);
    }

    /// <summary>Gives a schedule a new revision: what was decided of it before cannot fire it any more.</summary>
    private void Revise(StoredSchedule schedule, long next, bool paused)
    {
        schedule.Revision = NextNumber();
        SetNext(schedule, next, paused);
        if (schedule.MayFire && observers.Length > 0)
            signals.Add(new(StoreSignalKind.Schedules));
    }

    private void SetNext(StoredSchedule schedule, long next, bool paused)
    {
        schedules.Remove(schedule);
        (schedule.Next, schedule.IsPaused) = (next, paused);
        if (schedule.MayFire)
            schedules.Add(schedule);
    }

    private StoredSchedule? FindSchedule(string queue, string id) =>
        queues.TryGetValue(queue, out StoredQueue? found) ? found.Schedules.GetValueOrDefault(id) : null;
}
