using System.Globalization;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Scripting;

/// <summary>What begins the answer of every step.</summary>
internal static class Replies
{
    private const long Done = 0;
    private const long SessionLost = 1;
    private const long Stale = 2;

    /// <summary>The answer of a step that was done, now or before.</summary>
    /// <exception cref="SessionLostException">The session is lost; nothing was done.</exception>
    /// <exception cref="StaleStepException">A later step of the lane was done before.</exception>
    public static RedisResult[] Of(RedisResult[] reply, StepId step) => (long)reply[0] switch
    {
        SessionLost => throw new SessionLostException(step.Session),
        Stale => throw new StaleStepException(step, long.Parse((string)reply[1]!, CultureInfo.InvariantCulture)),
        _ => reply,
    };

    /// <summary>True when the step was done now, false when it was sent again.</summary>
    public static bool IsFirst(RedisResult[] reply) => (long)reply[0] == Done;

    /// <summary>The bytes of an entry.</summary>
    public static byte[] Bytes(this RedisResult[] reply, int index) => (byte[]?)reply[index] ?? [];

    public static string Text(this RedisResult[] reply, int index) => (string?)reply[index] ?? "";

    public static long Number(this RedisResult[] reply, int index) => (long)reply[index];
}
