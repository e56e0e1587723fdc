using AsyncMQ.Redis.Coding;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Inspecting;

/// <summary>Reads flows and their jobs from the answers of <c>Scripts/Looking</c>.</summary>
internal static class FlowReader
{
    private const int Fields = 6;

    public static List<FlowRecord> ReadAll(RedisResult[] reply)
    {
        var flows = new List<FlowRecord>(reply.Length / Fields);
        for (int i = 0; i < reply.Length; i += Fields)
        {
            flows.Add(new()
            {
                Id = reply.Text(i),
                Number = reply.Number(i + 1),
                AddedAt = Micros.ToTime(reply.Number(i + 2)),
                Jobs = reply.Number(i + 3),
                Unended = reply.Number(i + 4),
                Completed = reply.Number(i + 5),
            });
        }

        return flows;
    }

    public static StorePage ReadJobs(RedisResult[] reply, JobParts parts)
    {
        var reader = new JobReader(reply, 1, parts);
        List<JobRecord> jobs = [];
        while (!reader.IsAtEnd)
        {
            if (reader.Next(new(reader.NextText(), reader.NextText())) is { } job)
                jobs.Add(job);
        }

        return new(jobs, reply.Number(0) is not 0 and var last ? new PageKey(0, last) : null);
    }
}
