using System.Text;

namespace AsyncMQ.Conformance.Driving;

/// <summary>Builders that read as prose: <c>Job("a").Delayed(5.Seconds()).WithPriority(1)</c>.</summary>
public static class Drafts
{
    public const string DefaultQueue = "default";

    private static long stamps;

    /// <summary>A plain job of the default queue.</summary>
    public static NewJob Job(string id) => new() { Ref = new(DefaultQueue, id), Name = "work", Stamp = Interlocked.Increment(ref stamps) };

    /// <summary>Plain jobs with these ids.</summary>
    public static NewJob[] Batch(params IEnumerable<string> ids) => [.. ids.Select(Job)];

    public static NewJob In(this NewJob job, string queue) => job with { Ref = job.Ref with { Queue = queue } };

    public static NewJob Named(this NewJob job, string name) => job with { Name = name };

    public static NewJob Delayed(this NewJob job, TimeSpan delay) => job with { Delay = delay };

    public static NewJob At(this NewJob job, DateTimeOffset runAt) => job with { RunAt = runAt };

    public static NewJob WithPriority(this NewJob job, int priority) => job with { Priority = priority };

    public static NewJob WithPayload(this NewJob job, ReadOnlyMemory<byte> payload) => job with { Payload = payload };

    public static NewJob WithEnvelope(this NewJob job, ReadOnlyMemory<byte> envelope) => job with { Envelope = envelope };

    public static NewJob WithStamp(this NewJob job, long stamp) => job with { Stamp = stamp };

    public static NewJob WithCustomId(this NewJob job) => job with { Flags = job.Flags | JobFlags.CustomId };

    public static NewJob WithResultWanted(this NewJob job) => job with { Flags = job.Flags | JobFlags.ResultWanted };

    public static NewJob ToLive(this NewJob job, TimeSpan timeToLive) =>
        job with { TimeToLive = timeToLive, Flags = job.Flags | JobFlags.TimeToLive };

    public static NewJob WithKey(this NewJob job, string key) => job with { Key = key, Flags = job.Flags | JobFlags.Key };

    public static NewJob Deduplicated(this NewJob job, Deduplication deduplication) =>
        job with { Deduplication = deduplication, Flags = job.Flags | JobFlags.Deduplication };

    public static NewJob Deduplicated(this NewJob job, string id) => job.Deduplicated(Deduplication.Simple(id));

    /// <summary>Jobs of the default queue that must end first.</summary>
    public static NewJob DependsOn(this NewJob job, params IEnumerable<string> ids) => job.DependsOn(ids.Select(id => new JobRef(DefaultQueue, id)));

    public static NewJob DependsOn(this NewJob job, params IEnumerable<JobRef> jobs) =>
        job with { DependsOn = [.. job.DependsOn, .. jobs], Flags = job.Flags | JobFlags.Linked };

    public static NewJob OnDependencyFailure(this NewJob job, OnDependencyFailure policy) => job with { OnDependencyFailure = policy };

    /// <summary>These jobs as a new flow.</summary>
    public static AddGroup InFlow(this IEnumerable<NewJob> jobs, string id) => jobs.InFlow(new NewFlow(id, Interlocked.Increment(ref stamps), Extends: false));

    public static AddGroup InFlow(this IEnumerable<NewJob> jobs, NewFlow flow) =>
        new([.. jobs.Select(job => job with { Flags = job.Flags | JobFlags.Linked })]) { Flow = flow };

    /// <summary>These jobs as more of a flow that is there.</summary>
    public static AddGroup Extending(this IEnumerable<NewJob> jobs, string id) => jobs.InFlow(new NewFlow(id, Interlocked.Increment(ref stamps), Extends: true));

    /// <summary>A schedule of the default queue that must not be there yet; the driver fills in the step's name.</summary>
    public static UpsertScheduleStep Schedule(string id, DateTimeOffset? next) =>
        new() { Step = default, Queue = DefaultQueue, Id = id, Expected = null, Definition = Bytes("rule"), Next = next };

    public static UpsertScheduleStep In(this UpsertScheduleStep schedule, string queue) => schedule with { Queue = queue };

    /// <summary>A tick of a schedule as it was read: these jobs, all for its time, and a minute later as its next time.</summary>
    public static ScheduleTick Fire(this ScheduleRecord schedule, params NewJob[] jobs) => new()
    {
        Queue = schedule.Queue,
        Id = schedule.Id,
        Expected = schedule.Revision,
        Next = schedule.Next!.Value.AddMinutes(1),
        Occurrences = [.. jobs.Select(job => new NewOccurrence(schedule.Next.Value, job))],
    };

    /// <summary>Text as opaque bytes.</summary>
    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Opaque bytes as text.</summary>
    public static string Text(this ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    public static TimeSpan Milliseconds(this int count) => TimeSpan.FromMilliseconds(count);

    public static TimeSpan Seconds(this int count) => TimeSpan.FromSeconds(count);

    public static TimeSpan Minutes(this int count) => TimeSpan.FromMinutes(count);

    public static TimeSpan Hours(this int count) => TimeSpan.FromHours(count);

    public static TimeSpan Days(this int count) => TimeSpan.FromDays(count);

    /// <summary>The ids of claimed jobs, in order.</summary>
    public static string[] Ids(this IEnumerable<ClaimedJob> claimed) => [.. claimed.Select(job => job.Ref.Id)];

    /// <summary>The ids of records, in order.</summary>
    public static string[] Ids(this IEnumerable<JobRecord> records) => [.. records.Select(record => record.Ref.Id)];
}
