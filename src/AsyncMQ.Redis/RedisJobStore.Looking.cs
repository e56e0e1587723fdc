using AsyncMQ.Redis.Inspecting;
using AsyncMQ.Redis.Leasing;
using AsyncMQ.Redis.Measuring;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis;

/// <content>Looks: scripts that only read.</content>
internal sealed partial class RedisJobStore
{
    private const int LargestPage = 1_000;
    private const int MostPages = 10;

    public async ValueTask<IReadOnlyList<JobRecord?>> FindAsync(IReadOnlyList<JobRef> jobs, JobParts parts, CancellationToken cancellationToken)
    {
        Arguments arguments = new Arguments(1 + (2 * jobs.Count)).Add((int)parts);
        foreach (JobRef job in jobs)
            arguments.Add(job.Queue).Add(job.Id);
        RedisResult[] reply = await Run(Scripts.Find, arguments.ToArray(), cancellationToken).ConfigureAwait(false);

        var reader = new JobReader(reply, 0, parts);
        var found = new JobRecord?[jobs.Count];
        for (int i = 0; i < found.Length; i++)
            found[i] = reader.Next(jobs[i]);
        return found;
    }

    public async ValueTask<StorePage> PageAsync(PageRequest request, CancellationToken cancellationToken)
    {
        if (request.Hint is null)
            return await ReadPage(request, cancellationToken).ConfigureAwait(false);

        // Looks through whole pages for records that match, and comes back short after so many, so that the caller can be interrupted.
        var jobs = new List<JobRecord>();
        PageRequest next = request with { Take = LargestPage };
        for (int pages = 0; ; pages++)
        {
            StorePage page = await ReadPage(next, cancellationToken).ConfigureAwait(false);
            foreach (JobRecord job in page.Jobs)
            {
                if (!Matches(job, request.Hint))
                    continue;
                jobs.Add(job);
                if (jobs.Count == request.Take)
                    return new(jobs, page.Next is null && job == page.Jobs[^1] ? null : job.Key);
            }

            if (page.Next is null || pages == MostPages)
                return new(jobs, page.Next);
            next = next with { After = page.Next, Skip = 0 };
        }
    }

    private async ValueTask<StorePage> ReadPage(PageRequest request, CancellationToken cancellationToken)
    {
        Arguments arguments = new Arguments()
            .Add(request.Queue)
            .Add((int)request.State)
            .Add(request.Take)
            .Add(request.Skip)
            .Add(request.Reverse ? 1 : 0)
            .Add(request.After is { } after ? after.Rank : RedisValue.EmptyString)
            .Add(request.After?.Sequence ?? 0)
            .Add((int)request.Parts);
        RedisResult[] reply = await Run(Scripts.Page, arguments.ToArray(), cancellationToken).ConfigureAwait(false);

        var reader = new JobReader(reply, 1, request.Parts);
        var jobs = new List<JobRecord>(request.Take);
        JobRecord? last = null;
        while (!reader.IsAtEnd)
        {
            if (reader.Next(new(request.Queue, reader.NextText())) is not { } job)
                continue;
            last = job;
            jobs.Add(job);
        }

        return new(jobs, reply.Number(0) == 1 ? last?.Key : null);
    }

    public async ValueTask<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken) =>
        QueueReader.ReadCounts(queue, await Run(Scripts.Count, [queue], cancellationToken).ConfigureAwait(false));

    public async ValueTask<IReadOnlyList<QueueRecord>> QueuesAsync(CancellationToken cancellationToken) =>
        QueueReader.ReadAll(await Run(Scripts.Queues, [], cancellationToken).ConfigureAwait(false));

    public async ValueTask<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancellationToken) =>
        SessionCodec.UnpackAll(await Run(Scripts.Sessions, [], cancellationToken).ConfigureAwait(false));

    public async ValueTask<IReadOnlyList<SessionClaim>> ClaimsAsync(SessionId session, CancellationToken cancellationToken) =>
        SessionCodec.UnpackClaims(await Run(Scripts.Claims, [Arguments.Name(session)], cancellationToken).ConfigureAwait(false), 0, session);

    public async ValueTask<IReadOnlyList<MetricRecord>> MetricsAsync(MetricsRequest request, CancellationToken cancellationToken) =>
        FigureCodec.ReadAll(await Run(Scripts.ReadFigures, FigureCodec.Pack(request), cancellationToken).ConfigureAwait(false));

    public async ValueTask<string?> DeduplicationOwnerAsync(string queue, string deduplicationId, CancellationToken cancellationToken) =>
        await Run(Scripts.Owner, [queue, deduplicationId], cancellationToken).ConfigureAwait(false) is [var owner] ? (string?)owner : null;

    public async Task<IReadOnlyList<string>> AuditAsync(CancellationToken cancellationToken) =>
        await new Auditing(root, Run, await QueuesAsync(cancellationToken).ConfigureAwait(false)).AuditAsync(cancellationToken).ConfigureAwait(false);

    private static bool Matches(JobRecord job, PageHint hint) =>
        (hint.Name is null || hint.Name == job.Name)
        && (hint.AddedFrom is not { } from || job.AddedAt >= from)
        && (hint.AddedTo is not { } to || job.AddedAt < to);
}
