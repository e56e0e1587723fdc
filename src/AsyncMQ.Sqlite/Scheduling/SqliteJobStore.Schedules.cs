using AsyncMQ.Sqlite.Scheduling;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite;

/// <content>Schedules.</content>
internal sealed partial class SqliteJobStore
{
    public ValueTask<ScheduleReply> UpsertScheduleAsync(UpsertScheduleStep step, CancellationToken cancellationToken) =>
        Send(step, static (runner, upsert) => runner.Schedules.Run(upsert), cancellationToken);

    public ValueTask<ScheduleReply> ChangeScheduleAsync(ChangeScheduleStep step, CancellationToken cancellationToken) =>
        Send(step, static (runner, change) => runner.Schedules.Run(change), cancellationToken);

    public ValueTask<TickReply> TickAsync(TickStep step, CancellationToken cancellationToken) =>
        Send(step, static (runner, tick) => runner.Ticking.Run(tick), cancellationToken);

    public ValueTask<ScheduleRecord?> FindScheduleAsync(string queue, string id, CancellationToken cancellationToken) =>
        Look(database => new ScheduleReader(database).Find(queue, id), cancellationToken);

    public ValueTask<IReadOnlyList<ScheduleRecord>> SchedulesAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        Look<IReadOnlyList<ScheduleRecord>>(database => new ScheduleReader(database).Page(queue, after, take), cancellationToken);

    public ValueTask<DueSchedules> DueAsync(int limit, CancellationToken cancellationToken) =>
        Look(database => new ScheduleReader(database).Due(limit, Now(database)), cancellationToken);

    public ValueTask<IReadOnlyList<OccurrenceRecord>> OccurrencesAsync(string queue, string id, int take, CancellationToken cancellationToken) =>
        Look<IReadOnlyList<OccurrenceRecord>>(database => new ScheduleReader(database).Occurrences(queue, id, take), cancellationToken);
}
