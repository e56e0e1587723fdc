using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Postgres.Producing;
using AsyncMQ.Storage;
using NpgsqlTypes;

namespace AsyncMQ.Postgres.Scheduling;

/// <summary>What the functions in <c>Sql/Functions/Scheduling</c> take.</summary>
internal static class ScheduleArguments
{
    private enum Command
    {
        Pause = 0,
        Resume = 1,
        Remove = 2,
        Trigger = 3,
    }

    public static Arguments Pack(UpsertScheduleStep step) => new Arguments().Add(step.Step).Add(step.Queue).Add(step.Id)
        .Add(step.Expected).Add(step.Next).Add(step.Paused).Add(step.Definition);

    public static Arguments Pack(ChangeScheduleStep step)
    {
        var resume = step.Command as ScheduleCommand.Resume;
        var trigger = step.Command as ScheduleCommand.Trigger;
        Arguments arguments = new Arguments().Add(step.Step).Add(step.Queue).Add(step.Id).Add((int)CommandOf(step.Command)).Add(resume?.Expected).Add(resume?.Next);
        return new JobColumns(trigger is null ? [] : [trigger.Job]).AddTo(arguments);
    }

    public static Arguments Pack(TickStep step)
    {
        IReadOnlyList<ScheduleTick> ticks = step.Ticks;
        List<NewOccurrence> occurrences = [.. ticks.SelectMany(static tick => tick.Occurrences)];
        Arguments arguments = new Arguments().Add(step.Step)
            .AddColumn(ticks.Select(static tick => tick.Queue).ToArray(), NpgsqlDbType.Text)
            .AddColumn(ticks.Select(static tick => tick.Id).ToArray(), NpgsqlDbType.Text)
            .AddColumn(ticks.Select(static tick => tick.Expected).ToArray(), NpgsqlDbType.Bigint)
            .AddColumn(ticks.Select(static tick => tick.Next is { } next ? Micros.Of(next) : (DateTime?)null).ToArray(), NpgsqlDbType.TimestampTz)
            .AddColumn(ticks.Select(static tick => tick.MaxRuns).ToArray(), NpgsqlDbType.Bigint)
            .AddColumn(ticks.Select(static tick => tick.SkipWhileUnended).ToArray(), NpgsqlDbType.Boolean)
            .AddColumn(ticks.Select(static tick => tick.Occurrences.Count).ToArray(), NpgsqlDbType.Integer)
            .AddColumn(occurrences.Select(static occurrence => Micros.Of(occurrence.DueAt)).ToArray(), NpgsqlDbType.TimestampTz)
            .AddColumn(occurrences.Select(static occurrence => occurrence.Job is not null).ToArray(), NpgsqlDbType.Boolean);
        return new JobColumns([.. occurrences.Select(static occurrence => occurrence.Job).OfType<NewJob>()]).AddTo(arguments);
    }

    private static Command CommandOf(ScheduleCommand command) => command switch
    {
        ScheduleCommand.Pause => Command.Pause,
        ScheduleCommand.Resume => Command.Resume,
        ScheduleCommand.Remove => Command.Remove,
        ScheduleCommand.Trigger => Command.Trigger,
        _ => throw new NotSupportedException($"The PostgreSQL store does not know the schedule command {command.GetType().Name}."),
    };
}
