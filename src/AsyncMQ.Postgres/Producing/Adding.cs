using System.Text.Json;
using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Storage;
using NpgsqlTypes;

namespace AsyncMQ.Postgres.Producing;

/// <summary>What <c>add_jobs</c> takes and gives.</summary>
internal static class Adding
{
    public static Arguments Pack(AddStep step)
    {
        IReadOnlyList<AddGroup> groups = step.Groups;
        IReadOnlyList<NewJob> jobs = groups.Count == 1 ? groups[0].Jobs : [.. groups.SelectMany(static group => group.Jobs)];
        var columns = new JobColumns(jobs);
        bool hasFlows = groups.Any(static group => group.Flow is not null);
        Arguments arguments = new Arguments().Add(step.Step)
            .AddColumn(groups.Select(static group => group.Jobs.Count).ToArray(), NpgsqlDbType.Integer)
            .Add(columns.ArePlain && !hasFlows)
            .AddColumn(hasFlows ? groups.Select(static group => group.Flow?.Id).ToArray() : null, NpgsqlDbType.Text)
            .AddColumn(hasFlows ? groups.Select(static group => group.Flow?.Stamp).ToArray() : null, NpgsqlDbType.Bigint)
            .AddColumn(hasFlows ? groups.Select(static group => group.Flow?.Extends).ToArray() : null, NpgsqlDbType.Boolean);
        return columns.AddTo(arguments);
    }

    public static AddReply Unpack(AddStep step, byte[] answer)
    {
        var groups = new GroupReply[step.Groups.Count];
        if (answer.Length == 0)
        {
            for (int i = 0; i < groups.Length; i++)
                groups[i] = new(null, AllCreated(step.Groups[i].Jobs));
            return new(groups);
        }

        using var document = JsonDocument.Parse(answer);
        int group = 0;
        foreach (JsonElement told in document.RootElement.EnumerateArray())
        {
            groups[group] = Read(step.Groups[group], told);
            group++;
        }

        return new(groups);
    }

    private static AddedJob[] AllCreated(IReadOnlyList<NewJob> jobs)
    {
        var added = new AddedJob[jobs.Count];
        for (int i = 0; i < added.Length; i++)
            added[i] = new(AddOutcome.Created, jobs[i].Ref.Id);
        return added;
    }

    private static GroupReply Read(AddGroup group, JsonElement told)
    {
        if (told.ValueKind == JsonValueKind.Object)
        {
            return new(
                new((AddRefusalReason)told.GetProperty("reason").GetInt32(), group.Jobs[told.GetProperty("job").GetInt32()].Ref, told.GetProperty("detail").GetString()!),
                []);
        }

        var added = new AddedJob[group.Jobs.Count];
        int place = 0;
        foreach (JsonElement outcome in told.EnumerateArray())
        {
            added[place] = outcome.ValueKind == JsonValueKind.String
                ? new(AddOutcome.Deduplicated, outcome.GetString()!)
                : new((AddOutcome)outcome.GetInt32(), group.Jobs[place].Ref.Id);
            place++;
        }

        return new(null, added);
    }
}
