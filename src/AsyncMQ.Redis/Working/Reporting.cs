using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Working;

/// <summary>Packs progress and log lines for <c>Scripts/Working/report.lua</c>, and reads the answer.</summary>
internal static class Reporting
{
    private const int OwnToken = 1;
    private const int HasProgress = 2;

    public static RedisValue[] Pack(ReportStep step)
    {
        Arguments arguments = Arguments.Of(step.Step, 3 + (4 * step.Reports.Count));
        foreach (JobReport report in step.Reports)
        {
            bool isOwn = report.Token.Session == step.Step.Session;
            arguments.Add(report.Job.Queue).Add(report.Job.Id).Add(Exchanging.PackClaim(report.Token, report.Handle, 5)
                .Byte((isOwn ? OwnToken : 0) | (report.Progress is null ? 0 : HasProgress))
                .Int(report.Lines.Count)
                .ToArray());
            if (report.Progress is { } progress)
                arguments.Add(progress);
            foreach (string line in report.Lines)
                arguments.Add(line);
        }

        return arguments.ToArray();
    }

    public static ReportReply Unpack(byte[] outcomes) => new([.. outcomes.Select(static outcome => (SettleOutcome)outcome)]);
}
