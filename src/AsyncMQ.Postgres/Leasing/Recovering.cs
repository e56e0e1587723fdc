using System.Text;
using System.Text.Json;
using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Storage;
using NpgsqlTypes;

namespace AsyncMQ.Postgres.Leasing;

/// <summary>What <c>recover_sessions</c> takes and gives.</summary>
internal static class Recovering
{
    public static Arguments Pack(RecoverStep step) => new Arguments().Add(step.Step).Add(step.Limit).Add(step.MaxStalls)
        .AddColumn(step.MaxStallsByQueue.Keys.ToArray(), NpgsqlDbType.Text)
        .AddColumn(step.MaxStallsByQueue.Values.ToArray(), NpgsqlDbType.Integer)
        .Add(step.StallError);

    public static RecoverReply Unpack(byte[] answer)
    {
        using var document = JsonDocument.Parse(answer);
        JsonElement told = document.RootElement;
        return new(
            [.. told.GetProperty("dead").EnumerateArray().Select(static name => Encoding.UTF8.GetString(Convert.FromBase64String(name.GetString()!)))],
            [.. told.GetProperty("jobs").EnumerateArray().Select(static job => new RecoveredJob(
                new(job[0].GetString()!, job[1].GetString()!), (JobState)job[2].GetInt32(), job[3].GetInt32()))],
            told.GetProperty("more").GetBoolean());
    }
}
