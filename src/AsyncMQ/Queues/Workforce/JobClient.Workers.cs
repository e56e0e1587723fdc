using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <content>The worker processes of the installation.</content>
internal sealed partial class JobClient
{
    private const int MostFound = 1_000;

    public async Task<IReadOnlyList<WorkerInfo>> GetWorkersAsync(CancellationToken cancellationToken = default)
    {
        IReadOnlyList<SessionRecord> sessions = await ReadWorkersAsync(cancellationToken).ConfigureAwait(false);
        return [.. sessions.Select(Describe)];
    }

    public async Task<IReadOnlyList<JobInfo>> GetWorkerJobsAsync(string id, CancellationToken cancellationToken = default)
    {
        SessionId session = Names.RequireWorkerId(id);
        IReadOnlyList<SessionClaim> claims = await parts.ReadAsync((store, token) => store.ClaimsAsync(session, token), cancellationToken).ConfigureAwait(false);
        var jobs = new List<JobInfo>(claims.Count);
        foreach (SessionClaim[] some in claims.Chunk(MostFound))
        {
            JobRef[] names = [.. some.Select(claim => claim.Job)];
            IReadOnlyList<JobRecord?> found = await parts.ReadAsync((store, token) => store.FindAsync(names, JobParts.Payload, token), cancellationToken).ConfigureAwait(false);
            jobs.AddRange(found.OfType<JobRecord>().Where(job => job.State == JobState.Active).Select(job => JobInfoReader.Read(job, parts.Records)));
        }

        return jobs;
    }

    public Task<bool> QuietWorkerAsync(string id, CancellationToken cancellationToken = default) => ChangeWorkerAsync(id, quiet: true, cancellationToken);

    public Task<bool> ResumeWorkerAsync(string id, CancellationToken cancellationToken = default) => ChangeWorkerAsync(id, quiet: false, cancellationToken);

    private async Task<bool> ChangeWorkerAsync(string id, bool quiet, CancellationToken cancellationToken)
    {
        SessionId session = Names.RequireWorkerId(id);
        return await parts.ChangeAsync((store, step, token) => store.AdministerSessionAsync(new(step, session, quiet), token), cancellationToken).ConfigureAwait(false);
    }

    private Task<IReadOnlyList<SessionRecord>> ReadWorkersAsync(CancellationToken cancellationToken) =>
        parts.ReadAsync((store, token) => store.SessionsAsync(token), cancellationToken);

    private static WorkerInfo Describe(SessionRecord session) => new()
    {
        Id = session.Info.Id.ToString(),
        Name = session.Info.Name,
        Host = session.Info.Host,
        ProcessId = session.Info.ProcessId,
        Version = session.Info.Version,
        Queues = session.Info.Queues,
        JobNames = session.Info.Names,
        Concurrency = session.Info.Concurrency,
        StartedAt = session.OpenedAt,
        RenewedAt = session.RenewedAt,
        LeaseUntil = session.LeaseUntil,
        RunningCount = session.Claims,
        IsQuiet = session.IsQuiet,
    };
}
