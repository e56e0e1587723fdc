using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Inspecting;

/// <summary>Reads whole jobs, for people and for the core.</summary>
internal sealed class JobReader(Database database)
{
    private readonly Statement row = database.Prepare("inspect/job");
    private readonly Bodies bodies = new(database);

    /// <summary>A job by name; null when there is none.</summary>
    public JobRecord? Find(JobRef job, JobParts parts)
    {
        if (new QueueReader(database).Find(job.Queue) is not { } queue)
            return null;
        return database.Prepare("jobs/find").Start().Bind(queue.Id).Bind(job.Id).RunForNumber() is { } handle ? Read(job.Queue, handle, parts) : null;
    }

    /// <summary>A job by the store's number; null when there is none.</summary>
    public JobRecord? Read(string queue, long handle, JobParts parts)
    {
        if (!row.Start().Bind(handle).Step())
            return null;

        var state = (JobState)row.Int(3);
        var extras = (JobExtras)row.Int(18);
        (string? flow, OnDependencyFailure policy) = ((JobFlags)row.Int(6) & JobFlags.Linked) == 0 ? default : Link(handle);
        var record = new JobRecord
        {
            Ref = new(queue, row.Text(1)),
            Name = row.OptionalText(2) ?? "",
            State = state,
            Key = Key(state, handle),
            Priority = row.Int(4),
            Flags = (JobFlags)row.Int(6),
            Envelope = bodies.Read(row, 19, handle, JobPart.Envelope),
            Payload = (parts & JobParts.Payload) == 0 ? default : bodies.Read(row, 22, handle, JobPart.Payload),
            Result = (parts & JobParts.Result) == 0 || state != JobState.Completed ? default : bodies.Read(row, 23, handle, JobPart.Result),
            Error = bodies.Read(row, 20, handle, JobPart.Error),
            Progress = bodies.Read(row, 21, handle, JobPart.Progress),
            AddedAt = Ticks.ToTime(row.Long(7)),
            DueAt = Ticks.ToTime(row.OptionalLong(9)),
            ExpiresAt = Ticks.ToTime(row.OptionalLong(10)),
            StartedAt = Ticks.ToTime(row.OptionalLong(11)),
            FinishedAt = state.IsFinal() ? Ticks.ToTime(row.Long(8)) : null,
            Attempt = row.Int(12),
            Stalls = row.Int(13),
            Worker = row.OptionalText(14),
            CancelRequested = row.Bool(15),
            IsParked = (row.Int(16) & 1) != 0,
            LimitKey = row.OptionalText(24),
            DeduplicationId = row.OptionalText(17),
            Attempts = (parts & JobParts.Attempts) == 0 || (extras & JobExtras.Attempts) == 0 ? [] : Attempts(handle),
            Logs = (parts & JobParts.Logs) == 0 || (extras & JobExtras.Logs) == 0 ? [] : Logs(handle),
            Flow = flow,
            Dependencies = (parts & JobParts.Dependencies) == 0 || ((JobFlags)row.Int(6) & JobFlags.Linked) == 0 ? [] : Dependencies(handle),
            OnDependencyFailure = (parts & JobParts.Dependencies) == 0 ? default : policy,
        };
        row.Reset();
        return record;
    }

    private PageKey Key(JobState state, long handle) => state switch
    {
        JobState.Waiting => new(row.Long(4), row.Long(5)),
        JobState.Active => new(row.Long(11), handle),
        JobState.Delayed => new(row.Long(9), handle),
        JobState.WaitingChildren => new(0, handle),
        _ => new(-row.Long(8), -row.Long(5)),
    };

    private (string? Flow, OnDependencyFailure Policy) Link(long handle)
    {
        Statement link = database.Prepare("inspect/link").Start().Bind(handle);
        if (!link.Step())
            return default;

        (string?, OnDependencyFailure) found = (link.OptionalText(1), (OnDependencyFailure)link.Int(0));
        link.Reset();
        return found;
    }

    private List<DependencyRecord> Dependencies(long handle)
    {
        List<DependencyRecord> dependencies = [];
        Statement rows = database.Prepare("inspect/edges").Start().Bind(handle);
        while (rows.Step())
            dependencies.Add(new(new(rows.OptionalText(0) ?? "?", rows.Text(1)), (DependencyStatus)rows.Int(2)));
        return dependencies;
    }

    private List<AttemptRecord> Attempts(long handle)
    {
        List<AttemptRecord> attempts = [];
        Statement rows = database.Prepare("inspect/attempts").Start().Bind(handle);
        while (rows.Step())
        {
            attempts.Add(new(
                rows.Int(0), (AttemptOutcome)rows.Int(1), Ticks.ToTime(rows.Long(2)), Ticks.ToTime(rows.Long(3)), rows.Text(4), rows.Bytes(5)));
        }

        return attempts;
    }

    private List<JobLogLine> Logs(long handle)
    {
        List<JobLogLine> lines = [];
        Statement rows = database.Prepare("inspect/logs").Start().Bind(handle);
        while (rows.Step())
            lines.Add(new(Ticks.ToTime(rows.Long(0)), rows.Int(1), rows.Text(2)));
        return lines;
    }
}
