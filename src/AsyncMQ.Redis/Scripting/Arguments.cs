using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Scripting;

/// <summary>The arguments of a script, in order.</summary>
internal sealed class Arguments(int capacity = 16)
{
    private readonly List<RedisValue> values = new(capacity);

    /// <summary>Those of a step begin with its name.</summary>
    public static Arguments Of(StepId step, int capacity = 16) => new Arguments(capacity).Add(Name(step.Session)).Add(step.Lane).Add(step.Sequence);

    public static string Name(SessionId session) => session.ToString();

    public Arguments Add(RedisValue value)
    {
        values.Add(value);
        return this;
    }

    public int Count => values.Count;

    /// <summary>Replaces one that was not known yet when those behind it were added.</summary>
    public void Set(int index, RedisValue value) => values[index] = value;

    public RedisValue[] ToArray() => [.. values];
}
