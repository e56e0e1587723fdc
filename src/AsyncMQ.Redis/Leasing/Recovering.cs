using AsyncMQ.Redis.Coding;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Leasing;

/// <summary>Packs a recovery for <c>Scripts/Leasing/recover.lua</c>, and reads the answer.</summary>
internal static class Recovering
{
    public static RedisValue[] Pack(RecoverStep step)
    {
        Arguments arguments = Arguments.Of(step.Step).Add(step.Limit).Add(step.MaxStalls).Add(step.StallError);
        foreach ((string queue, int most) in step.MaxStallsByQueue)
            arguments.Add(queue).Add(most);
        return arguments.ToArray();
    }

    public static RecoverReply Unpack(byte[] packed)
    {
        var reader = new Unpacker(packed);
        var dead = new string[reader.Int()];
        for (int i = 0; i < dead.Length; i++)
            dead[i] = reader.ShortText();
        var jobs = new RecoveredJob[reader.Int()];
        for (int i = 0; i < jobs.Length; i++)
            jobs[i] = new(new(reader.ShortText(), reader.ShortText()), (JobState)reader.Byte(), reader.Int());
        return new(dead, jobs, reader.Byte() == 1);
    }
}
