using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>Puts together why a job does not run: from its own record, its queue's, its key's, the sessions' and those of the jobs it depends on.</summary>
internal sealed class Explainer(JobClientParts parts, JobRef job)
{
    private const int MostPerPage = 1_000;
    private const int MostCounted = 10_000;

    public async Task<JobExplanation?> ExplainAsync(CancellationToken cancellationToken)
    {
        if (await FindAsync(job, JobParts.Dependencies, cancellationToken).ConfigureAwait(false) is not { } record)
            return null;

        var explanation = new JobExplanation { Job = job, State = record.State };
        if (record.State.IsFinal())
            return explanation;
        IReadOnlyList<SessionRecord> sessions = await parts.ReadAsync((store, token) => store.SessionsAsync(token), cancellationToken).ConfigureAwait(false);
        if (record.State == JobState.Active)
            return explanation with { Running = WhoRuns(record, sessions) };

        var reasons = new List<WaitReason>();
        if (record is { State: JobState.Delayed, DueAt: { } due })
            reasons.Add(new WaitReason.Delayed(due, record.Attempt > 0 ? record.Attempt : null));
        if (record.State == JobState.WaitingChildren)
            reasons.AddRange(await DependenciesAsync(record, cancellationToken).ConfigureAwait(false));
        QueueRecord? queue = await FindQueueAsync(cancellationToken).ConfigureAwait(false);
        if (record.LimitKey is { } key)
            reasons.AddRange(await KeyAsync(key, queue?.Limits?.PerKey, cancellationToken).ConfigureAwait(false));
        if (queue is not null)
            reasons.AddRange(await QueueAsync(queue, cancellationToken).ConfigureAwait(false));
        reasons.AddRange(Workers(record, sessions));
        if (record.State == JobState.Waiting && await AheadAsync(record, cancellationToken).ConfigureAwait(false) is { } ahead)
            reasons.Add(ahead);
        return explanation with { Reasons = reasons };
    }

    private static RunningJob WhoRuns(JobRecord record, IReadOnlyList<SessionRecord> sessions)
    {
        SessionRecord? session = sessions.FirstOrDefault(session => session.Info.Name == record.Worker);
        return new(record.Worker ?? "A worker", record.StartedAt ?? default, session?.LeaseUntil - session?.Info.Lease, record.CancelRequested);
    }

    private async Task<IEnumerable<WaitReason>> DependenciesAsync(JobRecord record, CancellationToken cancellationToken)
    {
        JobRef[] open = [.. record.Dependencies.Where(static dependency => dependency.Status == DependencyStatus.Open).Select(static dependency => dependency.Job)];
        IReadOnlyList<JobRecord?> records = await parts.ReadAsync((store, token) => store.FindAsync(open, JobParts.None, token), cancellationToken).ConfigureAwait(false);
        return open.Zip(records, static (name, found) => new WaitReason.DependsOn(name, found?.State));
    }

    private async Task<List<WaitReason>> KeyAsync(string name, KeyLimits? ofAll, CancellationToken cancellationToken)
    {
        var reasons = new List<WaitReason>();
        if (await parts.ReadAsync((store, token) => store.FindKeyAsync(job.Queue, name, token), cancellationToken).ConfigureAwait(false) is not { } key)
            return reasons;

        KeyLimits? limits = key.Limits ?? ofAll;
        if (key.Head is { } head && head != job.Id)
            reasons.Add(new WaitReason.KeyInOrder(name, new(job.Queue, head)));
        else if (limits?.Concurrency is { } most && key.Active >= most)
            reasons.Add(new WaitReason.KeyFull(name, most));
        else if (limits is { StrictOrder: true } && key.Active > 0)
            reasons.Add(new WaitReason.KeyFull(name, 1));
        if (key.HeldUntil is { } held)
            reasons.Add(new WaitReason.KeyHeld(name, held));
        if (limits?.Rate is { } rate && key.NextPermit is { } permit)
            reasons.Add(new WaitReason.KeyRateSpent(name, rate, permit));
        return reasons;
    }

    private async Task<List<WaitReason>> QueueAsync(QueueRecord queue, CancellationToken cancellationToken)
    {
        var reasons = new List<WaitReason>();
        if (queue.IsClosed)
            reasons.Add(new WaitReason.QueueClosed());
        if (queue.Pause is { } pause)
            reasons.Add(new WaitReason.QueuePaused(pause));
        if (queue.HeldUntil is { } held)
            reasons.Add(new WaitReason.QueueHeld(held));
        if (queue.Limits?.Rate is { } rate && queue.NextPermit is { } permit)
            reasons.Add(new WaitReason.QueueRateSpent(rate, permit));
        if (queue.Limits?.Concurrency is { } most)
        {
            QueueCounts counts = await parts.ReadAsync((store, token) => store.CountAsync(job.Queue, token), cancellationToken).ConfigureAwait(false);
            if (counts.ByState[(int)JobState.Active] >= most)
                reasons.Add(new WaitReason.QueueFull(most));
        }

        return reasons;
    }

    private IEnumerable<WaitReason> Workers(JobRecord record, IReadOnlyList<SessionRecord> sessions)
    {
        SessionRecord[] working = [.. sessions.Where(session => session.Info.Queues.Contains(job.Queue))];
        if (working.Length == 0)
            yield return new WaitReason.NobodyWorksItsQueue();
        else if (!working.Any(session => session.Info.Names.Contains(record.Name)))
            yield return new WaitReason.NobodyKnowsItsName(record.Name);
        else if (working.Where(session => session.Info.Names.Contains(record.Name)).ToArray() is var able && able.All(session => session.IsQuiet))
            yield return new WaitReason.WorkersQuiet(able.Length);
    }

    // Backwards from its place, a page at a time, so that it costs the same however many are behind.
    private async Task<WaitReason.Behind?> AheadAsync(JobRecord record, CancellationToken cancellationToken)
    {
        int ahead = 0;
        for (PageKey? place = record.Key; place is not null && ahead < MostCounted;)
        {
            var request = new PageRequest { Queue = job.Queue, State = JobState.Waiting, After = place, Reverse = true, Take = MostPerPage };
            StorePage page = await parts.ReadAsync((store, token) => store.PageAsync(request, token), cancellationToken).ConfigureAwait(false);
            ahead += page.Jobs.Count;
            place = page.Next;
            if (ahead >= MostCounted && place is not null)
                return new(ahead, IsAtLeast: true);
        }

        return ahead == 0 ? null : new(ahead, IsAtLeast: false);
    }

    private async Task<QueueRecord?> FindQueueAsync(CancellationToken cancellationToken) =>
        (await parts.ReadAsync((store, token) => store.QueuesAsync(token), cancellationToken).ConfigureAwait(false)).FirstOrDefault(queue => queue.Name == job.Queue);

    private async Task<JobRecord?> FindAsync(JobRef name, JobParts wanted, CancellationToken cancellationToken) =>
        (await parts.ReadAsync((store, token) => store.FindAsync([name], wanted, token), cancellationToken).ConfigureAwait(false))[0];
}
