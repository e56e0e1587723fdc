using AsyncMQ.Redis.Coding;
using AsyncMQ.Redis.Producing;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tending;

/// <summary>Packs commands for the scripts in <c>Scripts/Tending</c>, and reads their answers.</summary>
internal static class Administering
{
    private const int None = 255;

    public static RedisValue[] Pack(AdministerJobsStep step)
    {
        Arguments arguments = Arguments.Of(step.Step, 8 + (2 * step.Jobs.Count))
            .Add((int)step.Command)
            .Add((int)step.Expected)
            .Add(step.NotAfter is { } time ? Floor(time) : RedisValue.EmptyString)
            .Add(step.RunAt is null && step.Delay is null ? RedisValue.EmptyString : Adding.PackDue(step.RunAt, step.Delay));
        foreach (JobRef job in step.Jobs)
            arguments.Add(job.Queue).Add(job.Id);
        return arguments.ToArray();
    }

    public static IReadOnlyList<JobChangeReply> Unpack(byte[] packed)
    {
        var replies = new JobChangeReply[packed.Length / 2];
        for (int i = 0; i < replies.Length; i++)
            replies[i] = new((JobChangeOutcome)packed[2 * i], packed[(2 * i) + 1] == None ? null : (JobState)packed[(2 * i) + 1]);
        return replies;
    }

    public static RedisValue[] Pack(AdministerQueueStep step)
    {
        Arguments arguments = Arguments.Of(step.Step).Add(step.Queue);
        return (step.Command switch
        {
            QueueCommand.Pause pause => arguments.Add("pause").Add(PackOptional(pause.By)).Add(PackOptional(pause.Why))
                .Add(pause.For is { } time ? Micros.Of(time) : RedisValue.EmptyString),
            QueueCommand.Resume => arguments.Add("resume"),
            QueueCommand.SetRetention set => arguments.Add("retention").Add(set.Retention is { } policy ? PackRetention(policy) : RedisValue.EmptyString),
            QueueCommand.Hold { Key: null } hold => arguments.Add("hold").Add(Micros.Of(hold.For)),
            QueueCommand.Close close => arguments.Add("close").Add(close.Force ? 1 : 0),
            QueueCommand.Delete => arguments.Add("delete"),
            QueueCommand.ReleaseDeduplication release => arguments.Add("release").Add(release.Id),
            QueueCommand.SetLimits set => arguments.Add("limits").Add(LimitCodec.Pack(set.Limits)),
            QueueCommand.SetKeyLimits set => arguments.Add("keylimits").Add(set.Key).Add(LimitCodec.Pack(set.Limits)),
            QueueCommand.Hold { Key: { } key } hold => arguments.Add("keyhold").Add(key).Add(Micros.Of(hold.For)),
            _ => throw new ArgumentOutOfRangeException(nameof(step), step.Command, "There is no such command."),
        }).ToArray();
    }

    public static RedisValue[] Pack(AdministerSessionStep step) =>
        Arguments.Of(step.Step).Add(Arguments.Name(step.Target)).Add(step.Quiet ? 1 : 0).ToArray();

    public static RedisValue[] Pack(MaintainStep step) => Arguments.Of(step.Step).Add(step.Limit).Add(PackRetention(step.DefaultRetention)).ToArray();

    public static MaintainReply UnpackMaintained(byte[] packed)
    {
        var reader = new Unpacker(packed);
        int removed = reader.Int(), expired = reader.Int();
        bool more = reader.Byte() == 1;
        long schedule = reader.Long();
        return new(removed, expired, more, schedule < 0 ? null : Micros.ToSpan(schedule));
    }

    public static RetentionPolicy? UnpackRetention(byte[] packed)
    {
        if (packed.Length == 0)
            return null;

        var reader = new Unpacker(packed);
        return new()
        {
            Age = Span(reader.Long()),
            Count = Count(reader.Long()),
            FailedAge = Span(reader.Long()),
            FailedCount = Count(reader.Long()),
        };
    }

    /// <summary>Who and why, which may be unsaid: nothing at all, or a mark and what was said.</summary>
    public static string? UnpackOptional(string packed) => packed.Length == 0 ? null : packed[1..];

    private static string PackOptional(string? said) => said is null ? "" : "=" + said;

    private static byte[] PackRetention(RetentionPolicy policy) => new Packer(4 * sizeof(long))
        .Long(policy.Age is { } age ? Micros.Of(age) : -1)
        .Long(policy.Count ?? -1)
        .Long(policy.FailedAge is { } failedAge ? Micros.Of(failedAge) : -1)
        .Long(policy.FailedCount ?? -1)
        .ToArray();

    private static TimeSpan? Span(long micros) => micros < 0 ? null : Micros.ToSpan(micros);

    private static int? Count(long count) => count < 0 ? null : (int)count;

    // A part of a microsecond is no time after it: the store's own times are whole.
    private static long Floor(DateTimeOffset time) => (time.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
