using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Scheduling;

/// <summary>Reads and writes schedules and their histories.</summary>
internal sealed class Schedules(Books books)
{
    /// <summary>A schedule by name; null when there is none.</summary>
    public ScheduleRow? Find(string queueName, string id)
    {
        if (books.Queues.Find(queueName) is not { } queue)
            return null;
        Statement row = books.Database.Prepare("schedules/find").Start().Bind(queue.Id).Bind(id);
        if (!row.Step())
            return null;

        var schedule = new ScheduleRow
        {
            Key = row.Long(0),
            Queue = queue,
            Revision = row.Long(1),
            Next = Ticks.ToTime(row.OptionalLong(2)),
            IsPaused = row.Bool(3),
            Runs = row.Long(4),
            Fired = row.OptionalLong(5),
            LastJobId = row.OptionalText(6),
        };
        row.Reset();
        return schedule;
    }

    /// <summary>Creates a schedule.</summary>
    public ScheduleRow Add(QueueEntry queue, UpsertScheduleStep step)
    {
        var schedule = new ScheduleRow { Key = books.Ledger.NextNumber(), Queue = queue, IsPaused = step.Paused ?? false };
        Revise(schedule, step.Next);
        books.Database.Prepare("schedules/add").Start()
            .Bind(schedule.Key).Bind(queue.Id).Bind(step.Id).Bind(schedule.Revision).Bind(Ticks.From(schedule.Next)).Bind(schedule.IsPaused)
            .Bind(books.Now).Bind(step.Definition.Span).Run();
        return schedule;
    }

    /// <summary>Gives a schedule a new revision and time: what was decided of it before cannot fire it any more. The caller saves it.</summary>
    public void Revise(ScheduleRow schedule, DateTimeOffset? next)
    {
        schedule.Revision = books.Ledger.NextNumber();
        schedule.Next = next;
        if (next is not null && !schedule.IsPaused && !schedule.Queue.IsClosed)
            books.Ledger.Tell(new(StoreSignalKind.Schedules));
    }

    /// <summary>Writes the small facts of a schedule.</summary>
    public void Save(ScheduleRow schedule) => books.Database.Prepare("schedules/save").Start()
        .Bind(schedule.Revision).Bind(Ticks.From(schedule.Next)).Bind(schedule.IsPaused).Bind(schedule.Queue.IsClosed).Bind(schedule.Runs)
        .Bind(schedule.Fired).Bind(schedule.LastJobId).Bind(schedule.Key).Run();

    public void SetDefinition(ScheduleRow schedule, ReadOnlyMemory<byte> definition) =>
        books.Database.Prepare("schedules/set-definition").Start().Bind(definition.Span).Bind(schedule.Key).Run();

    /// <summary>Deletes a schedule; a trigger deletes its history.</summary>
    public void Delete(ScheduleRow schedule) => books.Database.Prepare("schedules/delete").Start().Bind(schedule.Key).Run();

    /// <summary>Deletes schedules of a queue. Returns how many.</summary>
    public int DeleteOf(QueueEntry queue, int limit) =>
        books.Database.Prepare("schedules/delete-of-queue").Start().Bind(queue.Id).Bind(limit).Run();

    /// <summary>Writes what came of an occurrence into the history. The caller trims that in the end.</summary>
    public void Note(ScheduleRow schedule, DateTimeOffset due, OccurrenceOutcome outcome, string? job) =>
        books.Database.Prepare("schedules/note").Start()
            .Bind(schedule.Key).Bind(books.Ledger.NextNumber()).Bind(due.UtcTicks).Bind(books.Now).Bind((int)outcome).Bind(job).Run();

    public void Trim(ScheduleRow schedule) =>
        books.Database.Prepare("schedules/trim").Start().Bind(schedule.Key).Bind(OccurrenceRecord.MostKept).Run();

    /// <summary>How long until the next schedule is due; null: none is to come.</summary>
    public TimeSpan? UntilNext() => books.Database.Prepare("schedules/next-due").Start().RunForNumber() is { } next
        ? ScheduleReader.Until(Ticks.ToTime(next), books.Now)
        : null;
}
