using AsyncMQ.Redis.Coding;
using AsyncMQ.Redis.Producing;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Scheduling;

/// <summary>Packs steps on schedules for <c>Scripts/Scheduling</c>, and reads schedules.</summary>
internal static class ScheduleCodec
{
    public static RedisValue[] Pack(UpsertScheduleStep step) => Arguments.Of(step.Step)
        .Add(step.Queue)
        .Add(step.Id)
        .Add(step.Expected ?? RedisValue.EmptyString)
        .Add(PackTime(step.Next))
        .Add(step.Paused is { } paused ? (paused ? 1 : 0) : RedisValue.EmptyString)
        .Add(step.Definition)
        .ToArray();

    public static RedisValue[] Pack(ChangeScheduleStep step)
    {
        Arguments arguments = Arguments.Of(step.Step).Add(step.Queue).Add(step.Id);
        switch (step.Command)
        {
            case ScheduleCommand.Pause:
                arguments.Add("pause");
                break;
            case ScheduleCommand.Resume resume:
                arguments.Add("resume").Add(resume.Expected).Add(PackTime(resume.Next));
                break;
            case ScheduleCommand.Remove:
                arguments.Add("remove");
                break;
            case ScheduleCommand.Trigger trigger:
                Adding.AddJob(arguments.Add("trigger").Add(trigger.Job.Ref.Queue), trigger.Job);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step.Command, "There is no such command.");
        }

        return arguments.ToArray();
    }

    public static RedisValue[] Pack(TickStep step)
    {
        Arguments arguments = Arguments.Of(step.Step);
        foreach (ScheduleTick tick in step.Ticks)
        {
            arguments.Add(tick.Queue).Add(tick.Id).Add(new Packer(29)
                .Long(tick.Expected)
                .Long(tick.Next is { } next ? Micros.Of(next) : Micros.Never)
                .Long(tick.MaxRuns ?? -1)
                .Byte(tick.SkipWhileUnended ? 1 : 0)
                .Int(tick.Occurrences.Count)
                .ToArray());
            foreach (NewOccurrence occurrence in tick.Occurrences)
            {
                arguments.Add(new Packer(9).Long(Micros.Of(occurrence.DueAt)).Byte(occurrence.Job is null ? 0 : 1).ToArray());
                if (occurrence.Job is { } job)
                    Adding.AddJob(arguments.Add(job.Ref.Queue), job);
            }
        }

        return arguments.ToArray();
    }

    /// <summary>The answer of a step on one schedule; the record is read anew each time.</summary>
    public static ScheduleReply UnpackReply(RedisResult[] reply, string queue, string id)
    {
        string kept = reply.Text(1);
        return new((ScheduleOutcome)kept[0], Read(queue, id, reply[2]), kept.Length > 1 ? kept[1..] : null);
    }

    public static TickReply UnpackTicks(byte[] outcomes) => new([.. outcomes.Select(static outcome => (ScheduleOutcome)outcome)]);

    public static IReadOnlyList<ScheduleRecord> ReadAll(RedisResult[] reply, string queue)
    {
        var schedules = new List<ScheduleRecord>();
        for (int i = 0; i < reply.Length; i += 2)
        {
            if (Read(queue, reply.Text(i), reply[i + 1]) is { } schedule)
                schedules.Add(schedule);
        }

        return schedules;
    }

    public static DueSchedules ReadDue(RedisResult[] reply)
    {
        var schedules = new List<ScheduleRecord>();
        for (int i = 2; i < reply.Length; i += 3)
        {
            if (Read(reply.Text(i), reply.Text(i + 1), reply[i + 2]) is { } schedule)
                schedules.Add(schedule);
        }

        return new(schedules, reply.Number(1) < 0 ? null : Micros.ToSpan(reply.Number(1)), Micros.ToTime(reply.Number(0)));
    }

    /// <summary>A schedule; null when there is none, or it cannot be read.</summary>
    public static ScheduleRecord? Read(string queue, string id, RedisResult packed)
    {
        if ((byte[]?)packed is not { Length: >= 51 } bytes)
            return null;

        var reader = new Unpacker(bytes);
        reader.Long();
        long revision = reader.Long(), next = reader.Long();
        bool isPaused = reader.Byte() == 1;
        long runs = reader.Long(), created = reader.Long(), lastFired = reader.Long();
        string lastJob = reader.ShortText();
        return new()
        {
            Queue = queue,
            Id = id,
            Revision = revision,
            Next = next == Micros.Never ? null : Micros.ToTime(next),
            IsPaused = isPaused,
            Runs = runs,
            CreatedAt = Micros.ToTime(created),
            LastFiredAt = lastFired > 0 ? Micros.ToTime(lastFired) : null,
            LastJobId = lastJob.Length == 0 ? null : lastJob,
            Definition = reader.Rest(),
        };
    }

    public static IReadOnlyList<OccurrenceRecord> ReadOccurrences(RedisResult[] reply)
    {
        var occurrences = new OccurrenceRecord[reply.Length];
        for (int i = 0; i < reply.Length; i++)
        {
            var reader = new Unpacker(reply.Bytes(i));
            DateTimeOffset due = Micros.ToTime(reader.Long()), at = Micros.ToTime(reader.Long());
            var outcome = (OccurrenceOutcome)reader.Byte();
            string job = reader.RestText();
            occurrences[reply.Length - 1 - i] = new(due, at, outcome, job.Length == 0 ? null : job);
        }

        return occurrences;
    }

    private static RedisValue PackTime(DateTimeOffset? time) => time is { } known ? Micros.Of(known) : RedisValue.EmptyString;
}
