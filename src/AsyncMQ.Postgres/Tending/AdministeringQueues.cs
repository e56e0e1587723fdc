using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Storage;

namespace AsyncMQ.Postgres.Tending;

/// <summary>Each command to a queue is a function of its own; all answer with one byte.</summary>
internal static class AdministeringQueues
{
    public static (string Function, Arguments Arguments) Pack(AdministerQueueStep step)
    {
        Arguments arguments = new Arguments().Add(step.Step).Add(step.Queue);
        return step.Command switch
        {
            QueueCommand.Pause pause => ("pause_queue", arguments.AddAnyText(pause.By).AddAnyText(pause.Why).Add(pause.For)),
            QueueCommand.Resume => ("resume_queue", arguments),
            QueueCommand.SetRetention set => ("set_retention", Add(arguments.Add(set.Retention is not null), set.Retention)),
            QueueCommand.SetLimits set => ("limit_queue", Add(Add(arguments.Add(set.Limits is not null), set.Limits?.Concurrency, set.Limits?.Rate), set.Limits?.PerKey)),
            QueueCommand.SetKeyLimits set => ("limit_key", Add(arguments.Add(set.Key), set.Limits)),
            QueueCommand.Hold hold => ("hold_claims", arguments.Add(hold.Key).Add((TimeSpan?)hold.For)),
            QueueCommand.Close close => ("close_queue", arguments.Add(close.Force)),
            QueueCommand.Delete => ("delete_queue", arguments),
            QueueCommand.ReleaseDeduplication release => ("release_deduplication", arguments.Add(release.Id)),
            _ => throw new ArgumentOutOfRangeException(nameof(step), step.Command, "There is no such command."),
        };
    }

    /// <summary>What <c>maintain</c> takes.</summary>
    public static Arguments Pack(MaintainStep step) => Add(new Arguments().Add(step.Step).Add(step.Limit), step.DefaultRetention);

    private static Arguments Add(Arguments arguments, KeyLimits? limits) =>
        Add(arguments.Add(limits is not null), limits?.Concurrency, limits?.Rate).Add(limits?.StrictOrder ?? false);

    // Windows are in ticks, of which the permits' parts are made as in RateWindow.
    private static Arguments Add(Arguments arguments, int? concurrency, RateLimit? rate) => arguments.Add(concurrency).Add(rate?.Permits).Add(rate?.Window.Ticks);

    private static Arguments Add(Arguments arguments, RetentionPolicy? policy) =>
        arguments.Add(policy?.Age).Add(policy?.Count).Add(policy?.FailedAge).Add(policy?.FailedCount);
}
