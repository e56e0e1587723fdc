using System.Globalization;

namespace AsyncMQ.Conformance.Model;

/// <content>Dependencies, flows and schedules.</content>
internal static partial class Draws
{
    public static readonly string[] FlowIds = ["f1", "f2", "f3"];

    private static readonly string[] ScheduleIds = ["s1", "s2", "s3"];

    /// <summary>One caller's call: jobs, some of which depend on others, now and then as a flow.</summary>
    public static AddGroup Group(this Random random, World world)
    {
        if (world.SentGroups.Count > 0 && random.Chance(4))
            return random.Of(world.SentGroups);

        NewFlow? flow = random.Chance(15) ? random.Flow(world) : null;
        List<NewJob> jobs = [];
        for (int left = random.Of(1, 1, 2, 4); left > 0; left--)
        {
            NewJob job = world.Sent.Count > 0 && random.Chance(5) ? random.Of(world.Sent) : random.Job(world);
            if (flow is not null)
                job = random.ForFlow(job);
            else if (random.Chance(30))
                job = random.Linked(world, job, jobs);
            if (flow is null || jobs.TrueForAll(other => other.Ref != job.Ref))
                jobs.Add(flow is not null && random.Chance(60) ? random.Linked(world, job, jobs) : job);
        }

        return new(jobs) { Flow = flow };
    }

    private static NewFlow Flow(this Random random, World world)
    {
        bool extends = random.Chance(40);
        string[] known = [.. world.Model.Flows.Select(flow => flow.Id)];
        return new(extends && known is not [] && random.Chance(85) ? random.Of(known) : random.Of(FlowIds), random.NextInt64(), extends);
    }

    /// <summary>In a flow nothing is deduplicated, and an id that is taken refuses it whole: so most are new.</summary>
    private static NewJob ForFlow(this Random random, NewJob job)
    {
        NewJob own = job with { Deduplication = null, Flags = (job.Flags & ~JobFlags.Deduplication) | JobFlags.Linked };
        return random.Chance(25) ? own : own with { Ref = job.Ref with { Id = Fresh(random, "n") }, Stamp = random.NextInt64() };
    }

    private static NewJob Linked(this Random random, World world, NewJob job, IReadOnlyList<NewJob> earlier)
    {
        JobRef[] names = [.. Enumerable.Range(0, random.Of(1, 1, 2, 3)).Select(_ => random.Dependency(world, earlier)).Distinct().Where(name => name != job.Ref)];
        return names is [] ? job : job with
        {
            DependsOn = names,
            OnDependencyFailure = random.Of(Enum.GetValues<OnDependencyFailure>()),
            Deduplication = job.Deduplication is { } asked ? asked with { KeepLastIfActive = false } : null,
            Flags = job.Flags | JobFlags.Linked,
        };
    }

    /// <summary>Earlier in the group, buried, nowhere, or most often on record.</summary>
    private static JobRef Dependency(this Random random, World world, IReadOnlyList<NewJob> earlier)
    {
        if (earlier.Count > 0 && random.Chance(40))
            return random.Of(earlier).Ref;
        JobRef[] buried = [.. world.Model.Buried.Order(Comparer<JobRef>.Create((a, b) => string.CompareOrdinal($"{a}", $"{b}")))];
        if (buried is not [] && random.Chance(30))
            return random.Of(buried);
        ModelJob[] known = [.. world.Model.Jobs.OrderBy(job => job.Number)];
        return known is [] || random.Chance(2) ? new(random.Of(World.QueueNames), random.Of(CustomIds)) : random.Of(known).Ref;
    }

    private static string Fresh(Random random, string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{random.Next(100_000)}");

    /// <summary>A schedule that is there, mostly.</summary>
    public static (string Queue, string Id) Schedule(this Random random, World world)
    {
        ModelSchedule[] known = [.. world.Model.Schedules];
        ModelSchedule? one = known is [] || random.Chance(30) ? null : random.Of(known);
        return one is null ? (random.Of(World.QueueNames), random.Of(ScheduleIds)) : (one.Queue, one.Id);
    }

    /// <summary>The schedule's revision, mostly; else another one, or none.</summary>
    public static long? Revision(this Random random, World world, string queue, string id)
    {
        long? right = world.Model.FindSchedule(queue, id) is { } schedule ? world.RevisionOf(schedule) : null;
        return random.Chance(85) ? right : random.Of<long?>([null, right - 1, right + 1_000_000, .. world.RevisionsOf(queue, id)]);
    }

    public static UpsertScheduleStep Upsert(this Random random, World world, string queue, string id) => new()
    {
        Step = world.Producer.Next(StepCounter.Administration),
        Queue = queue,
        Id = id,
        Expected = random.Revision(world, queue, id),
        Definition = Bytes($"every {random.Next(100)}"),
        Next = random.Chance(15) ? null : World.ToSecond(world.Now + (random.Next(-1, 4) * World.Unit) + World.Aside),
        Paused = random.Of<bool?>(null, null, null, true, false),
    };

    /// <summary>A firing of a schedule as it stands, or one that came too late, or was done already.</summary>
    public static ScheduleTick Tick(this Random random, World world)
    {
        if (world.SentTicks.Count > 0 && random.Chance(12))
            return random.Of(world.SentTicks);

        (string queue, string id) = random.Schedule(world);
        DateTimeOffset due = world.Model.FindSchedule(queue, id)?.Next ?? World.ToSecond(world.Now);
        return new()
        {
            Queue = queue,
            Id = id,
            Expected = random.Revision(world, queue, id) ?? 0,
            Next = random.Chance(10) ? null : due + random.Units(3),
            MaxRuns = random.Chance(25) ? random.Next(1, 5) : null,
            SkipWhileUnended = random.Chance(40),
            Occurrences = [.. Enumerable.Range(0, random.Of(1, 1, 1, 2, 3, 0)).Select(i => random.Occurrence(world, (queue, id), due.AddMinutes(i)))],
        };
    }

    private static NewOccurrence Occurrence(this Random random, World world, (string Queue, string Id) schedule, DateTimeOffset dueAt) => new(
        dueAt,
        random.Chance(15) ? null : random.Job(world) with { Ref = new(schedule.Queue, string.Create(CultureInfo.InvariantCulture, $"@{schedule.Id}-{dueAt:HHmmss}")) });

    public static NewJob Triggered(this Random random, World world, string queue) =>
        random.Job(world) with { Ref = new(queue, random.Chance(90) ? Fresh(random, "@t") : "@t") };
}
