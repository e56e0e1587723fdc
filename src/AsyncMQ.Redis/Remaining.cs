using AsyncMQ.Storage;

namespace AsyncMQ.Redis;

/// <summary>The parts of the contract that this store does not keep yet: asked for, they are refused before anything is written.</summary>
internal static class Remaining
{
    public static void RequirePlain(NewJob job)
    {
        if (job.DependsOn.Count > 0)
            throw NotYet("dependencies");
    }

    public static void RequireNoFlow(AddGroup group)
    {
        if (group.Flow is not null)
            throw NotYet("flows");
    }

    public static NotSupportedException NotYet(string what) => new($"The Redis store does not support {what} yet.");
}
