using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Producing;

/// <summary>The reply of an add as bytes, without what the same step brings again.</summary>
internal static class AddCodec
{
    private const byte Accepted = 0;

    public static void Write(ByteWriter writer, AddStep step, GroupReply[] groups)
    {
        for (int i = 0; i < groups.Length; i++)
        {
            if (groups[i].Refusal is { } refusal)
            {
                writer.Byte((byte)(1 + (int)refusal.Reason)).Text(refusal.Job.Queue).Text(refusal.Job.Id).Text(refusal.Detail);
                continue;
            }

            writer.Byte(Accepted);
            IReadOnlyList<AddedJob> jobs = groups[i].Jobs;
            for (int j = 0; j < jobs.Count; j++)
            {
                writer.Byte((byte)jobs[j].Outcome);
                if (jobs[j].Outcome == AddOutcome.Deduplicated)
                    writer.Text(jobs[j].Id);
            }
        }
    }

    public static AddReply Read(byte[] data, AddStep step)
    {
        var reader = new ByteReader(data);
        var groups = new GroupReply[step.Groups.Count];
        for (int i = 0; i < groups.Length; i++)
        {
            byte kind = reader.Byte();
            groups[i] = kind == Accepted
                ? new(null, ReadJobs(reader, step.Groups[i]))
                : new(new((AddRefusalReason)(kind - 1), new(reader.Text(), reader.Text()), reader.Text()), []);
        }

        return new(groups);
    }

    private static AddedJob[] ReadJobs(ByteReader reader, AddGroup group)
    {
        var jobs = new AddedJob[group.Jobs.Count];
        for (int i = 0; i < jobs.Length; i++)
        {
            var outcome = (AddOutcome)reader.Byte();
            jobs[i] = new(outcome, outcome == AddOutcome.Deduplicated ? reader.Text() : group.Jobs[i].Ref.Id);
        }

        return jobs;
    }
}
