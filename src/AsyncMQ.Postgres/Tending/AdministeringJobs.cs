using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Storage;
using NpgsqlTypes;

namespace AsyncMQ.Postgres.Tending;

/// <summary>What <c>administer_jobs</c> takes and gives.</summary>
internal static class AdministeringJobs
{
    private const byte NoState = 255;

    public static Arguments Pack(AdministerJobsStep step) => new Arguments().Add(step.Step)
        .Add((int)step.Command).Add((int)step.Expected).Add(step.NotAfter).Add(step.Delay).Add(step.RunAt)
        .AddColumn(step.Jobs.Select(static job => job.Queue).ToArray(), NpgsqlDbType.Text)
        .AddColumn(step.Jobs.Select(static job => job.Id).ToArray(), NpgsqlDbType.Text);

    public static JobChangeReply[] Unpack(byte[] answer)
    {
        var replies = new JobChangeReply[answer.Length / 2];
        for (int i = 0; i < replies.Length; i++)
        {
            byte state = answer[(2 * i) + 1];
            replies[i] = new((JobChangeOutcome)answer[2 * i], state == NoState ? null : (JobState)state);
        }

        return replies;
    }
}
