using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite;

/// <content>Schedules.</content>
internal sealed partial class SqliteJobStore
{
    public ValueTask<ScheduleReply> UpsertScheduleAsync(UpsertScheduleStep step, CancellationToken cancellationToken) =>
        throw new NotSupportedException("This store has no schedules yet.");

    public ValueTask<ScheduleReply> ChangeScheduleAsync(ChangeScheduleStep step, CancellationToken cancellationToken) =>
        throw new NotSupportedException("This store has no schedules yet.");

    public ValueTask<TickReply> TickAsync(TickStep step, CancellationToken cancellationToken) =>
        throw new NotSupportedException("This store has no schedules yet.");

    public ValueTask<ScheduleRecord?> FindScheduleAsync(string queue, string id, CancellationToken cancellationToken) =>
        throw new NotSupportedException("This store has no schedules yet.");

    public ValueTask<IReadOnlyList<ScheduleRecord>> SchedulesAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        throw new NotSupportedException("This store has no schedules yet.");

    public ValueTask<DueSchedules> DueAsync(int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException("This store has no schedules yet.");

    public ValueTask<IReadOnlyList<OccurrenceRecord>> OccurrencesAsync(string queue, string id, int take, CancellationToken cancellationToken) =>
        throw new NotSupportedException("This store has no schedules yet.");
}
