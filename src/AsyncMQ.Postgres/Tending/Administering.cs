using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Storage;

namespace AsyncMQ.Postgres.Tending;

/// <summary>What <c>administer_queue</c> takes.</summary>
internal static class Administering
{
    public static Arguments Pack(AdministerQueueStep step)
    {
        Arguments arguments = new Arguments().Add(step.Step).Add(step.Queue);
        return step.Command switch
        {
            QueueCommand.Pause pause => Pack(arguments, 0, null, pause.For, pause.By, pause.Why),
            QueueCommand.Resume => Pack(arguments, 1),
            QueueCommand.SetLimits set => Pack(arguments, 3, queue: set.Limits, key: set.Limits?.PerKey),
            QueueCommand.SetKeyLimits set => Pack(arguments, 4, set.Key, key: set.Limits),
            QueueCommand.Hold hold => Pack(arguments, 5, hold.Key, hold.For),
            _ => throw new NotSupportedException($"The PostgreSQL store does not know the queue command {step.Command.GetType().Name}."),
        };
    }

    private static Arguments Pack(
        Arguments arguments, int kind, string? name = null, TimeSpan? span = null, string? by = null, string? why = null, QueueLimits? queue = null, KeyLimits? key = null) => arguments
        .Add(kind).Add(name).Add(span).AddAnyText(by).AddAnyText(why)
        .Add(queue is not null).Add(queue?.Concurrency).Add(queue?.Rate?.Permits).Add(queue?.Rate?.Window.Ticks)
        .Add(key is not null).Add(key?.Concurrency).Add(key?.Rate?.Permits).Add(key?.Rate?.Window.Ticks).Add(key?.StrictOrder ?? false);
}
