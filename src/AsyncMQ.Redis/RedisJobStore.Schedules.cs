using AsyncMQ.Redis.Scheduling;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;

namespace AsyncMQ.Redis;

/// <content>Schedules.</content>
internal sealed partial class RedisJobStore
{
    public async ValueTask<ScheduleReply> UpsertScheduleAsync(UpsertScheduleStep step, CancellationToken cancellationToken) =>
        ScheduleCodec.UnpackReply(
            Replies.Of(await Run(Scripts.UpsertSchedule, ScheduleCodec.Pack(step), cancellationToken).ConfigureAwait(false), step.Step), step.Queue, step.Id);

    public async ValueTask<ScheduleReply> ChangeScheduleAsync(ChangeScheduleStep step, CancellationToken cancellationToken)
    {
        // One script of two kinds: of its commands one adds a job, and is refused when memory is full; the others must not be.
        Script script = step.Command is ScheduleCommand.Trigger ? Scripts.TriggerSchedule : Scripts.ChangeSchedule;
        return ScheduleCodec.UnpackReply(
            Replies.Of(await Run(script, ScheduleCodec.Pack(step), cancellationToken).ConfigureAwait(false), step.Step), step.Queue, step.Id);
    }

    public async ValueTask<TickReply> TickAsync(TickStep step, CancellationToken cancellationToken) =>
        ScheduleCodec.UnpackTicks(await Once(Scripts.Tick, step.Step, ScheduleCodec.Pack(step), cancellationToken).ConfigureAwait(false));

    public async ValueTask<ScheduleRecord?> FindScheduleAsync(string queue, string id, CancellationToken cancellationToken) =>
        ScheduleCodec.Read(queue, id, (await Run(Scripts.FindSchedule, [queue, id], cancellationToken).ConfigureAwait(false))[0]);

    public async ValueTask<IReadOnlyList<ScheduleRecord>> SchedulesAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        ScheduleCodec.ReadAll(await Run(Scripts.ListSchedules, [queue, after ?? "", take], cancellationToken).ConfigureAwait(false), queue);

    public async ValueTask<DueSchedules> DueAsync(int limit, CancellationToken cancellationToken) =>
        ScheduleCodec.ReadDue(await Run(Scripts.DueSchedules, [limit], cancellationToken).ConfigureAwait(false));

    public async ValueTask<IReadOnlyList<OccurrenceRecord>> OccurrencesAsync(string queue, string id, int take, CancellationToken cancellationToken) =>
        ScheduleCodec.ReadOccurrences(await Run(Scripts.Occurrences, [queue, id, take], cancellationToken).ConfigureAwait(false));
}
