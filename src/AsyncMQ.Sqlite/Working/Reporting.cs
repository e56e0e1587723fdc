using System.Text;
using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Working;

/// <summary>Takes in progress and log lines of running jobs.</summary>
internal sealed class Reporting(Books books)
{
    private const int MostLines = 1_000;
    private const int MostBytes = 64 * 1024;

    public ReportReply Run(ReportStep step)
    {
        SessionEntry session = books.Sessions.Require(step.Step);
        if (books.Sessions.Replay(session, step.Step) is { } before)
            return new(Array.ConvertAll(before, outcome => (SettleOutcome)outcome));

        var outcomes = new SettleOutcome[step.Reports.Count];
        for (int i = 0; i < outcomes.Length; i++)
            outcomes[i] = Report(session, step.Reports[i]);

        if (outcomes.Contains(SettleOutcome.Applied))
            books.Sessions.Keep(session, step.Step, Array.ConvertAll(outcomes, outcome => (byte)outcome));
        return new(outcomes);
    }

    private SettleOutcome Report(SessionEntry session, JobReport report)
    {
        if (report.Token.Session != session.Info.Id || books.Jobs.Find(report.Handle) is not { } job || !job.IsClaimedBy(session, report.Token))
            return SettleOutcome.Lost;

        JobExtras before = job.Extras;
        if (report.Progress is { } progress)
            books.Jobs.SetBytes(job, JobPart.Progress, progress);
        if (report.Lines.Count > 0)
            AddLines(job, report.Lines);
        if (job.Extras != before)
            books.Jobs.Save(job);
        books.Telling.Reported(job, report);
        return SettleOutcome.Applied;
    }

    private void AddLines(JobRow job, IReadOnlyList<string> lines)
    {
        Statement add = books.Database.Prepare("jobs/add-line");
        foreach (string line in lines.Skip(lines.Count - MostLines))
            add.Start().Bind(job.Handle).Bind(books.Now).Bind(job.Attempt).Bind(Cut(line)).Run();
        books.Database.Prepare("jobs/trim-lines").Start().Bind(job.Handle).Bind(MostLines).Bind(MostBytes).Run();
        job.Extras |= JobExtras.Logs;
    }

    /// <summary>A single line longer than all that is kept is kept to its beginning.</summary>
    private static string Cut(string line)
    {
        if (Encoding.UTF8.GetByteCount(line) <= MostBytes)
            return line;

        byte[] bytes = Encoding.UTF8.GetBytes(line);
        int end = MostBytes;
        while ((bytes[end] & 0xC0) == 0x80)
            end--;
        return Encoding.UTF8.GetString(bytes, 0, end);
    }
}
