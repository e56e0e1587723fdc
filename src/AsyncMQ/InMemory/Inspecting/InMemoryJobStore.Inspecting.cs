using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Reading: jobs, counts, queues, sessions, claims.</content>
internal sealed partial class InMemoryJobStore
{
    private IReadOnlyList<JobRecord?> Find(IReadOnlyList<JobRef> jobs, JobParts parts) =>
        [.. jobs.Select(job => Find(job) is { } entry ? ToRecord(entry, parts) : null)];

    private QueueCounts Count(string name)
    {
        var byState = new long[(int)JobState.Cancelled + 1];
        if (!queues.TryGetValue(name, out StoredQueue? queue))
            return new() { Queue = name, ByState = byState };

        for (int state = 0; state < byState.Length; state++)
            byState[state] = queue.CountOf((JobState)state);
        return new()
        {
            Queue = name,
            ByState = byState,
            Prioritized = queue.Waiting.Prioritized + queue.ParkedPrioritized,
            Parked = queue.ParkedCount,
            Pause = PauseOf(queue),
            OldestWaiting = FirstWaiting(queue) is { } first ? new TimeSpan(Math.Max(0, now - first.At)) : null,
            Rates = queue.Ends.RatesAt(now),
        };
    }

    /// <summary>The next job to run, parked ones included.</summary>
    private static JobEntry? FirstWaiting(StoredQueue queue)
    {
        JobEntry? first = queue.Waiting.First;
        foreach (Bench bench in queue.Parked.Values)
        {
            if (first is null || bench.First!.ComesBefore(first))
                first = bench.First;
        }

        return first;
    }

    private IReadOnlyList<QueueRecord> ListQueues() =>
        [.. queues.Values.OrderBy(queue => queue.Name, StringComparer.Ordinal).Select(ToRecord)];

    private QueueRecord ToRecord(StoredQueue queue) =>
        new() { Name = queue.Name, Pause = PauseOf(queue), IsClosed = queue.IsClosed, Retention = queue.Retention, Limits = queue.Limits, HeldUntil = Coming(queue.HeldUntil), NextPermit = Coming(queue.NextPermit(now)) };

    private PauseInfo? PauseOf(StoredQueue queue) => queue.IsPaused(now) && queue.Pausing is { } pausing
        ? new(pausing.By, pausing.Why, ToTime(pausing.At), pausing.Until == long.MaxValue ? null : ToTime(pausing.Until))
        : null;

    private IReadOnlyList<SessionRecord> ListSessions() =>
        [.. sessions.Values.Where(session => session.HasLease).OrderBy(session => session.Number).Select(ToRecord)];

    private static SessionRecord ToRecord(StoredSession session) => new()
    {
        Info = session.Info,
        OpenedAt = ToTime(session.OpenedAt),
        RenewedAt = ToTime(session.SeenAt),
        LeaseUntil = ToTime(session.LeaseUntil),
        Claims = session.Claims.Count,
        IsQuiet = session.IsQuiet,
    };

    private List<SessionClaim> ListClaims(SessionId id)
    {
        StoredSession? session = sessions.GetValueOrDefault(id) ?? deadSessions.FirstOrDefault(dead => dead.Id == id);
        var claims = new List<SessionClaim>();
        for (JobEntry? entry = session?.Claims.Oldest; entry is not null; entry = entry.NextClaim)
            claims.Add(ToClaim(entry));
        return claims;
    }

    private static DependencyRecord[] ToRecords(Edge[] edges) => [.. edges.Select(static edge => new DependencyRecord(edge.Job, edge.Status))];

    private static JobRecord ToRecord(JobEntry entry, JobParts parts)
    {
        JobExtras? extras = entry.Extras;
        return new()
        {
            Ref = entry.Ref,
            Name = entry.Name,
            State = entry.State,
            Key = entry.Key,
            Priority = entry.Priority,
            Flags = entry.Flags,
            Envelope = entry.Envelope,
            Payload = parts.HasFlag(JobParts.Payload) ? entry.Payload : default,
            Result = parts.HasFlag(JobParts.Result) && extras is not null ? extras.Result : default,
            Error = extras?.Error ?? default,
            Progress = extras?.Progress ?? default,
            AddedAt = ToTime(entry.AddedAt),
            DueAt = entry.State == JobState.Delayed ? ToTime(entry.At) : null,
            ExpiresAt = entry.HasTimeToLive && extras!.ExpiresAt < long.MaxValue ? ToTime(extras.ExpiresAt) : null,
            StartedAt = entry.StartedAt > 0 ? ToTime(entry.StartedAt) : null,
            FinishedAt = entry.State.IsFinal() ? ToTime(entry.At) : null,
            Attempt = entry.Attempt,
            Stalls = entry.Stalls,
            Worker = entry.Session?.Info.Name,
            CancelRequested = entry.CancelRequested,
            IsParked = entry.IsParked,
            LimitKey = entry.Spot?.Key,
            DeduplicationId = extras?.Deduplication?.Id,
            Attempts = parts.HasFlag(JobParts.Attempts) && extras is not null ? extras.Attempts : [],
            Logs = parts.HasFlag(JobParts.Logs) && extras is not null ? extras.Lines : [],
            Flow = extras?.Links?.Flow?.Id,
            Dependencies = parts.HasFlag(JobParts.Dependencies) && extras?.Links is { } links ? ToRecords(links.Edges) : [],
            OnDependencyFailure = parts.HasFlag(JobParts.Dependencies) ? extras?.Links?.Policy ?? default : default,
        };
    }
}
