using AsyncMQ.Storage;
using Npgsql;

namespace AsyncMQ.Postgres.Inspecting;

/// <summary>Reads what <c>find_flow</c>, <c>list_flows</c> and <c>flow_jobs</c> give.</summary>
internal static class FlowReader
{
    public static async ValueTask<FlowRecord?> ReadAsync(NpgsqlDataReader reader) => await reader.ReadAsync().ConfigureAwait(false) ? Read(reader) : null;

    public static async ValueTask<IReadOnlyList<FlowRecord>> ReadAllAsync(NpgsqlDataReader reader)
    {
        List<FlowRecord> flows = [];
        while (await reader.ReadAsync().ConfigureAwait(false))
            flows.Add(Read(reader));
        return flows;
    }

    /// <summary>A page of a flow's jobs, for which one more than wanted was asked for. Its key is the handle of the last.</summary>
    public static async ValueTask<StorePage> ReadJobsAsync(NpgsqlDataReader reader, int take)
    {
        List<JobRecord> jobs = [];
        long last = 0;
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            if (jobs.Count == take)
                return new(jobs, new PageKey(0, last));
            jobs.Add(JobReader.Read(reader));
            last = JobReader.HandleOf(reader);
        }

        return new(jobs, null);
    }

    private static FlowRecord Read(NpgsqlDataReader row) => new()
    {
        Number = row.GetInt64(0),
        Id = row.GetString(1),
        AddedAt = row.GetDateTime(2),
        Jobs = row.GetInt64(3),
        Unended = row.GetInt64(4),
        Completed = row.GetInt64(5),
    };
}
