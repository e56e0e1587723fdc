using System.Text;
using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Storage;
using NpgsqlTypes;

namespace AsyncMQ.Postgres.Working;

/// <summary>What <c>report_jobs</c> takes and gives.</summary>
internal static class Reporting
{
    public static Arguments Pack(ReportStep step) => new Arguments().Add(step.Step)
        // A claim of another session is none of this one: no job has this number.
        .AddColumn(All(step, report => report.Token.Session == step.Step.Session ? report.Handle : 0), NpgsqlDbType.Bigint)
        .AddColumn(All(step, static report => report.Token.Lane), NpgsqlDbType.Integer)
        .AddColumn(All(step, static report => report.Token.Sequence), NpgsqlDbType.Bigint)
        .AddColumn(All(step, static report => report.Progress), NpgsqlDbType.Bytea)
        .AddColumn(All(step, static report => report.Lines.Count), NpgsqlDbType.Integer)
        .AddColumn(step.Reports.SelectMany(static report => report.Lines).Select(Encoding.UTF8.GetBytes).ToArray(), NpgsqlDbType.Bytea);

    public static ReportReply Unpack(byte[] answer) => new(Array.ConvertAll(answer, static outcome => (SettleOutcome)outcome));

    private static T[] All<T>(ReportStep step, Func<JobReport, T> value) => [.. step.Reports.Select(value)];
}
