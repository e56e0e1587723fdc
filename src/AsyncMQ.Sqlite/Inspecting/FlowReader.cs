using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Inspecting;

/// <summary>Reads flows. Their jobs are counted here: nothing is counted while they run.</summary>
internal sealed class FlowReader(Database database)
{
    /// <summary>A flow by id; null when none of its jobs is on record.</summary>
    public FlowRecord? Find(string id)
    {
        Statement row = database.Prepare("flow/by-id").Start().Bind(id);
        if (!row.Step())
            return null;

        FlowRecord flow = Read(row);
        row.Reset();
        return flow;
    }

    /// <summary>Flows, latest first.</summary>
    public List<FlowRecord> Latest(long before, int take)
    {
        List<FlowRecord> flows = [];
        Statement rows = database.Prepare("flow/latest").Start().Bind(before).Bind(take);
        while (rows.Step())
            flows.Add(Read(rows));
        return flows;
    }

    /// <summary>The jobs of a flow, in order of adding.</summary>
    public StorePage Jobs(string flow, PageKey? after, int take, JobParts parts)
    {
        List<(long Handle, string Queue)> found = [];
        Statement rows = database.Prepare("flow/jobs").Start().Bind(flow).Bind(after?.Sequence ?? 0).Bind(take + 1);
        while (rows.Step())
            found.Add((rows.Long(0), rows.Text(1)));

        var reader = new JobReader(database);
        List<JobRecord> page = [];
        PageKey? next = found.Count > take ? new(0, found[take - 1].Handle) : null;
        foreach ((long handle, string queue) in found[..Math.Min(take, found.Count)])
        {
            if (reader.Read(queue, handle, parts) is { } job)
                page.Add(job);
        }

        return new(page, next);
    }

    private static FlowRecord Read(Statement row) => new()
    {
        Id = row.Text(1),
        Number = row.Long(0),
        AddedAt = Ticks.ToTime(row.Long(2)),
        Jobs = row.Long(3),
        Unended = row.Long(4),
        Completed = row.Long(5),
    };
}
