using AsyncMQ.Storage;
using Npgsql;

namespace AsyncMQ.Postgres.Inspecting;

/// <summary>Reads what <c>find_flow</c> and <c>list_flows</c> give.</summary>
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
