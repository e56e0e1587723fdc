using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Scheduling;

/// <summary>Creates, replaces and commands schedules. The reply is kept without its record, which is read anew each time.</summary>
internal sealed class ChangingSchedules(Books books, Schedules schedules, Ticking ticking)
{
    private readonly ScheduleReader reader = new(books.Database);

    public ScheduleReply Run(UpsertScheduleStep step)
    {
        SessionEntry session = books.Sessions.Require(step.Step);
        ScheduleReply reply = books.Sessions.Replay(session, step.Step) is { } before ? Read(before) : Keep(session, step.Step, Upsert(step));
        return reply with { Schedule = reader.Find(step.Queue, step.Id) };
    }

    public ScheduleReply Run(ChangeScheduleStep step)
    {
        SessionEntry session = books.Sessions.Require(step.Step);
        ScheduleReply reply = books.Sessions.Replay(session, step.Step) is { } before ? Read(before) : Keep(session, step.Step, Change(step));
        return reply with { Schedule = reader.Find(step.Queue, step.Id) };
    }

    private ScheduleReply Upsert(UpsertScheduleStep step)
    {
        if (books.Queues.Find(step.Queue) is { IsClosed: true })
            return new(ScheduleOutcome.QueueClosed, null);
        ScheduleRow? schedule = schedules.Find(step.Queue, step.Id);
        if (schedule?.Revision != step.Expected)
            return new(schedule is null ? ScheduleOutcome.NotFound : ScheduleOutcome.Conflict, null);

        if (schedule is null)
        {
            schedules.Add(books.Queues.FindOrAdd(step.Queue), step);
            return new(ScheduleOutcome.Done, null);
        }

        schedule.IsPaused = step.Paused ?? schedule.IsPaused;
        schedules.Revise(schedule, step.Next);
        schedules.Save(schedule);
        schedules.SetDefinition(schedule, step.Definition);
        return new(ScheduleOutcome.Done, null);
    }

    private ScheduleReply Change(ChangeScheduleStep step)
    {
        if (schedules.Find(step.Queue, step.Id) is not { } schedule)
            return new(ScheduleOutcome.NotFound, null);

        switch (step.Command)
        {
            case ScheduleCommand.Pause:
                if (!schedule.IsPaused)
                    Set(schedule, schedule.Next, paused: true);
                break;

            case ScheduleCommand.Resume resume:
                if (!schedule.IsPaused)
                    break;
                if (schedule.Revision != resume.Expected)
                    return new(ScheduleOutcome.Conflict, null);
                Set(schedule, resume.Next, paused: false);
                break;

            case ScheduleCommand.Remove:
                schedules.Delete(schedule);
                break;

            case ScheduleCommand.Trigger when schedule.Queue.IsClosed:
                return new(ScheduleOutcome.QueueClosed, null);

            case ScheduleCommand.Trigger trigger:
                return new(ScheduleOutcome.Done, null, ticking.Trigger(schedule, trigger.Job));

            default:
                throw new NotSupportedException($"The SQLite store does not know the schedule command {step.Command.GetType().Name}.");
        }

        return new(ScheduleOutcome.Done, null);
    }

    private void Set(ScheduleRow schedule, DateTimeOffset? next, bool paused)
    {
        schedule.IsPaused = paused;
        schedules.Revise(schedule, next);
        schedules.Save(schedule);
    }

    private ScheduleReply Keep(SessionEntry session, StepId step, ScheduleReply reply)
    {
        if (reply.Outcome == ScheduleOutcome.Done)
            books.Sessions.Keep(session, step, books.Reply.Byte((byte)reply.Outcome).Text(reply.JobId ?? "").Written);
        return reply;
    }

    private static ScheduleReply Read(byte[] data)
    {
        var reader = new ByteReader(data);
        return new((ScheduleOutcome)reader.Byte(), null, reader.Text() is { Length: > 0 } job ? job : null);
    }
}
