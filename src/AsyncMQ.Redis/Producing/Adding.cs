using System.Text;
using AsyncMQ.Redis.Coding;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Producing;

/// <summary>Packs groups of jobs for <c>Scripts/Producing/add.lua</c>, and reads what became of them.</summary>
internal static class Adding
{
    private const int Due = 1;
    private const int LargeBody = 2;
    private const int Deduplicated = 4;
    private const int Depending = 8;
    private const int OfKey = 64;
    private const JobFlags SetByTheStore = JobFlags.TimeToLive | JobFlags.Key | JobFlags.Deduplication | JobFlags.Dependents | JobFlags.Linked;

    public static RedisValue[] Pack(AddStep step)
    {
        int count = 0;
        foreach (AddGroup group in step.Groups)
            count += group.Jobs.Count;

        var sizes = new Packer(sizeof(int) * step.Groups.Count);
        List<string> queues = [];
        var numbers = new Packer(sizeof(ushort) * count);
        foreach (AddGroup group in step.Groups)
        {
            sizes.Int(group.Jobs.Count);
            foreach (NewJob job in group.Jobs)
            {
                numbers.Short(NumberOf(job.Ref.Queue, queues));
                for (int i = 0; i < job.DependsOn.Count; i++)
                    _ = NumberOf(job.DependsOn[i].Queue, queues);
            }
        }

        Arguments arguments = Arguments.Of(step.Step, (2 * count) + queues.Count + 8)
            .Add(sizes.ToArray())
            .Add(Linking.PackFlows(step.Groups))
            .Add(queues.Count);
        foreach (string queue in queues)
            arguments.Add(queue);
        arguments.Add(queues.Count > 1 ? numbers.ToArray() : RedisValue.EmptyString);
        foreach (AddGroup group in step.Groups)
        {
            foreach (NewJob job in group.Jobs)
                AddJob(arguments, job, Linking.PackDependencies(job, queues));
        }

        return arguments.ToArray();
    }

    /// <summary>The queues in which the step may make a job wait, each once.</summary>
    public static IReadOnlyCollection<string> QueuesOf(AddStep step)
    {
        // One mostly.
        HashSet<string>? more = null;
        string? first = null;
        foreach (AddGroup group in step.Groups)
        {
            foreach (NewJob job in group.Jobs)
            {
                if (job.Ref.Queue == first || IsDelayed(job))
                    continue;
                if (first is null)
                    first = job.Ref.Queue;
                else
                    (more ??= new(StringComparer.Ordinal) { first }).Add(job.Ref.Queue);
            }
        }

        return more ?? (first is null ? [] : (IReadOnlyCollection<string>)[first]);
    }

    public static AddReply Unpack(AddStep step, byte[] outcomes)
    {
        var groups = new GroupReply[step.Groups.Count];
        var reader = new Unpacker(outcomes);
        for (int i = 0; i < groups.Length; i++)
            groups[i] = UnpackGroup(step.Groups[i], reader);
        return new(groups);
    }

    private static GroupReply UnpackGroup(AddGroup group, Unpacker reader)
    {
        int refused = reader.Byte();
        if (refused > 0)
        {
            var reason = (AddRefusalReason)(refused - 1);
            NewJob job = group.Jobs[reader.Int()];
            string about = reason switch
            {
                AddRefusalReason.UnknownDependency => job.DependsOn[reader.Int()].ToString(),
                AddRefusalReason.UnknownFlow => group.Flow!.Id,
                AddRefusalReason.IdTaken => job.Ref.Id,
                _ => job.Ref.Queue,
            };
            return new(new(reason, job.Ref, about), []);
        }

        var jobs = new AddedJob[group.Jobs.Count];
        for (int i = 0; i < jobs.Length; i++)
        {
            var outcome = (AddOutcome)reader.Byte();
            jobs[i] = new(outcome, outcome == AddOutcome.Deduplicated ? reader.ShortText() : group.Jobs[i].Ref.Id);
        }

        return new(null, jobs);
    }

    /// <summary>The number of a queue among those that a step names, from 1.</summary>
    public static int NumberOf(string queue, List<string> queues)
    {
        // One queue mostly, the same as before nearly always.
        int index = queues.Count > 0 && queues[^1] == queue ? queues.Count - 1 : queues.IndexOf(queue);
        if (index < 0)
        {
            queues.Add(queue);
            index = queues.Count - 1;
        }

        return index + 1;
    }

    /// <summary>One job's arguments.</summary>
    public static void AddJob(Arguments arguments, NewJob job, byte[]? dependencies = null)
    {
        bool isDelayed = IsDelayed(job);
        int body = Body.LengthOf(job.Envelope, job.Payload);
        bool isLarge = body > StoredRecord.LargestBody;
        JobFlags flags = job.Flags & ~SetByTheStore;
        if (job.TimeToLive is not null)
            flags |= JobFlags.TimeToLive;

        if (job.Deduplication is not null)
            flags |= JobFlags.Deduplication;
        if (job.Key is not null)
            flags |= JobFlags.Key;

        int name = Encoding.UTF8.GetByteCount(job.Name);
        int key = job.Key is null ? 0 : Encoding.UTF8.GetByteCount(job.Key);
        Packer blob = new Packer(24 + name + (job.Key is null ? 0 : sizeof(ushort) + key) + (isLarge ? 0 : body))
            .Byte((isDelayed ? Due : 0) | (isLarge ? LargeBody : 0) | (job.Deduplication is null ? 0 : Deduplicated) | (dependencies is null ? 0 : Depending)
                | (job.Key is null ? 0 : OfKey))
            .Int(job.Priority)
            .Byte((int)flags)
            .Long(job.TimeToLive is { } ttl ? Micros.Of(ttl) : 0)
            .Short(name)
            .Long(job.Stamp)
            .Text(job.Name);
        if (job.Key is not null)
            blob.Short(key).Text(job.Key);
        if (!isLarge)
            blob.AddBody(job.Envelope, job.Payload);
        arguments.Add(job.Ref.Id).Add(blob.ToArray());
        if (isDelayed)
            arguments.Add(PackDue(job.RunAt, job.Delay));
        if (isLarge)
            arguments.Add(new Packer(body).AddBody(job.Envelope, job.Payload).ToArray());
        if (job.Deduplication is { } asked)
            arguments.Add(PackDeduplication(asked));
        if (dependencies is not null)
            arguments.Add(dependencies);
    }

    private static bool IsDelayed(NewJob job) => job.RunAt is not null || job.Delay > TimeSpan.Zero;

    private static byte[] PackDeduplication(Deduplication asked) => new Packer(9 + asked.Id.Length)
        .Byte((asked.Extend ? 1 : 0) | (asked.Replace ? 2 : 0) | (asked.KeepLastIfActive ? 4 : 0))
        .Long(asked.Ttl is { } ttl ? Micros.Of(ttl) : 0)
        .Text(asked.Id)
        .ToArray();

    /// <summary>When a job comes due: a time, or a span from the step on.</summary>
    public static byte[] PackDue(DateTimeOffset? runAt, TimeSpan? delay) => runAt is { } time
        ? new Packer(9).Byte(1).Long(Micros.Of(time)).ToArray()
        : new Packer(9).Byte(0).Long(Micros.Of(delay ?? TimeSpan.Zero)).ToArray();
}
