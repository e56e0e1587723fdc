using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Postgres.Scheduling;
using AsyncMQ.Storage;

namespace AsyncMQ.Postgres;

/// <content>Schedules.</content>
internal sealed partial class PostgresJobStore
{
    public ValueTask<ScheduleReply> UpsertScheduleAsync(UpsertScheduleStep step, CancellationToken cancellationToken) =>
        steps.StepAsync(step.Step, "upsert_schedule", ScheduleArguments.Pack(step), ScheduleReader.ReadReplyAsync, cancellationToken);

    public ValueTask<ScheduleReply> ChangeScheduleAsync(ChangeScheduleStep step, CancellationToken cancellationToken) =>
        steps.StepAsync(step.Step, "change_schedule", ScheduleArguments.Pack(step), ScheduleReader.ReadReplyAsync, cancellationToken);

    public async ValueTask<TickReply> TickAsync(TickStep step, CancellationToken cancellationToken) =>
        ScheduleReader.UnpackTicks(await Once("tick_schedules", step.Step, ScheduleArguments.Pack(step), cancellationToken).ConfigureAwait(false));

    public ValueTask<ScheduleRecord?> FindScheduleAsync(string queue, string id, CancellationToken cancellationToken) =>
        steps.LookAsync("find_schedule", new Arguments().Add(queue).Add(id), ScheduleReader.ReadOneAsync, cancellationToken);

    public ValueTask<IReadOnlyList<ScheduleRecord>> SchedulesAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        steps.LookAsync("list_schedules", new Arguments().Add(queue).Add(after).Add(take), ScheduleReader.ReadAllAsync, cancellationToken);

    public ValueTask<DueSchedules> DueAsync(int limit, CancellationToken cancellationToken) =>
        steps.LookAsync("due_schedules", new Arguments().Add(limit + 1), reader => ScheduleReader.ReadDueAsync(reader, limit), cancellationToken);

    public ValueTask<IReadOnlyList<OccurrenceRecord>> OccurrencesAsync(string queue, string id, int take, CancellationToken cancellationToken) =>
        steps.LookAsync("list_occurrences", new Arguments().Add(queue).Add(id).Add(take), ScheduleReader.ReadOccurrencesAsync, cancellationToken);
}
