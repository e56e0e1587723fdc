using System.Text;
using AsyncMQ.Redis.Coding;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Producing;

/// <summary>Packs the flows of groups and what their jobs depend on, as <c>Scripts/Library/12-groups.lua</c> reads them.</summary>
internal static class Linking
{
    /// <summary>The flow of each group; nothing when no group has one.</summary>
    public static RedisValue PackFlows(IReadOnlyList<AddGroup> groups)
    {
        if (!groups.Any(static group => group.Flow is not null))
            return RedisValue.EmptyString;

        var packer = new Packer(64);
        foreach (AddGroup group in groups)
        {
            packer.Short(group.Flow is { } named ? Encoding.UTF8.GetByteCount(named.Id) : 0);
            if (group.Flow is { } flow)
                packer.Text(flow.Id).Long(flow.Stamp).Byte(flow.Extends ? 1 : 0);
        }

        return packer.ToArray();
    }

    /// <summary>What a job depends on; null: nothing.</summary>
    /// <param name="job">The job.</param>
    /// <param name="queues">The queues that the step names, those of the dependencies too.</param>
    public static byte[]? PackDependencies(NewJob job, List<string> queues)
    {
        if (job.DependsOn.Count == 0)
            return null;

        Packer packer = new Packer(1 + (24 * job.DependsOn.Count)).Byte((int)job.OnDependencyFailure);
        for (int i = 0; i < job.DependsOn.Count; i++)
        {
            JobRef dependency = job.DependsOn[i];
            packer.Short(Adding.NumberOf(dependency.Queue, queues)).Short(Encoding.UTF8.GetByteCount(dependency.Id)).Text(dependency.Id);
        }

        return packer.ToArray();
    }
}
