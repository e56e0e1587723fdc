using System.Text.Json;
using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>Turns a store's record of a repeatable into what users see. One that cannot be read is still shown.</summary>
internal static class RepeatableInfoReader
{
    public static RepeatableInfo Read(ScheduleRecord record, RecordReader reader)
    {
        RepeatableDefinition? definition = RepeatableDefinition.Read(record.Definition, out string? error);
        return new()
        {
            Queue = record.Queue,
            Id = record.Id,
            Schedule = definition?.Schedule,
            Error = error,
            JobName = definition?.Job.Name,
            Args = definition is null ? JobArgs.Empty : reader.ArgsOf(definition, record.Queue, record.Id),
            Options = OptionsOf(definition),
            Next = record.Next,
            IsPaused = record.IsPaused,
            Runs = record.Runs,
            LastFiredAt = record.LastFiredAt,
            LastJobId = record.LastJobId,
            CreatedAt = record.CreatedAt,
            Created = definition?.Created ?? record.CreatedAt,
        };
    }

    private static JobOptions OptionsOf(RepeatableDefinition? definition)
    {
        try
        {
            return definition?.Job.ToOptions() ?? JobOptions.None;
        }
        catch (JsonException)
        {
            return JobOptions.None;
        }
    }
}
