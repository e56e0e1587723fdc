using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Inspecting;
using AsyncMQ.Sqlite.Leasing;
using AsyncMQ.Sqlite.Producing;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite;

/// <summary>
/// The store in one SQLite file, for any number of processes of one machine. Steps go to the <see cref="Writer"/>, which groups them into transactions;
/// looks go to connections of their own, on the caller's thread; renewals to another.
/// </summary>
internal sealed partial class SqliteJobStore : IJobStore
{
    private readonly string path;
    private readonly TimeProvider time;
    private readonly StoreWatchers watchers = new();
    private readonly Writer writer;
    private readonly Renewing renewing;
    private readonly ReadConnections reading;

    public SqliteJobStore(SqliteStoreOptions options, TimeProvider time)
    {
        this.time = time;
        path = Path.GetFullPath(options.Path);
        var turns = new WriteTurns();
        writer = new(path, options, time, turns, watchers);
        renewing = new(path, options, time, turns);
        reading = new(path, options);
    }

    public string Description => $"SQLite {path}";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreRejectedException($"The directory of '{path}' cannot be made: {error.Message}", error);
        }

        if (Directory.Exists(path))
            throw new StoreRejectedException($"'{path}' is a directory. Give a file in it, for example '{Path.Combine(path, "jobs.db")}'.");

        // The writer makes the file ready when it opens it.
        await Send(new WriterStep<bool, bool>(true, static (_, _) => true) { MayBeLocked = true }, cancellationToken).ConfigureAwait(false);
    }

    public async Task OpenAsync(SessionInfo session, CancellationToken cancellationToken) =>
        await Send(session, static (runner, info) => runner.Sessions.Open(info), cancellationToken).ConfigureAwait(false);

    public RenewReply Renew(RenewStep step) => renewing.Renew(step);

    public async Task CloseAsync(SessionId session, CancellationToken cancellationToken) =>
        await Send(session, static (runner, id) => runner.Sessions.Close(id), cancellationToken).ConfigureAwait(false);

    public ValueTask<AddReply> AddAsync(AddStep step, CancellationToken cancellationToken) =>
        Send(step, static (runner, add) => runner.Adding.Run(add), cancellationToken);

    public ValueTask<ExchangeReply> ExchangeAsync(ExchangeStep step, CancellationToken cancellationToken) =>
        Send(
            new WriterStep<ExchangeStep, ExchangeReply>(
                step, static (runner, exchange) => runner.Exchanging.Run(exchange), static (runner, exchange) => runner.Exchanging.Peek(exchange))
            {
                MayBeForgotten = step.Settlements.Count == 0,
            },
            cancellationToken);

    public ValueTask<ReportReply> ReportAsync(ReportStep step, CancellationToken cancellationToken) =>
        Send(step, static (runner, report) => runner.Reporting.Run(report), cancellationToken);

    public ValueTask<RecoverReply> RecoverAsync(RecoverStep step, CancellationToken cancellationToken) =>
        Send(step, static (runner, recover) => runner.Recovering.Run(recover), cancellationToken);

    public ValueTask<IReadOnlyList<JobChangeReply>> AdministerJobsAsync(AdministerJobsStep step, CancellationToken cancellationToken) =>
        Send(
            new WriterStep<AdministerJobsStep, IReadOnlyList<JobChangeReply>>(step, static (runner, administer) => runner.Jobs.Run(administer))
            {
                MayBeForgotten = step.Command == JobCommand.Watch,
            },
            cancellationToken);

    public ValueTask<QueueReply> AdministerQueueAsync(AdministerQueueStep step, CancellationToken cancellationToken) =>
        Send(step, static (runner, administer) => runner.Queues.Run(administer), cancellationToken);

    public ValueTask<bool> AdministerSessionAsync(AdministerSessionStep step, CancellationToken cancellationToken) =>
        Send(step, static (runner, administer) => runner.Sessions.Administer(administer), cancellationToken);

    public ValueTask<int> RecordMetricsAsync(RecordMetricsStep step, CancellationToken cancellationToken) =>
        Send(step, static (runner, record) => runner.Metering.Run(record), cancellationToken);

    public ValueTask<MaintainReply> MaintainAsync(MaintainStep step, CancellationToken cancellationToken) =>
        Send(step, static (runner, maintain) => runner.Maintaining.Run(maintain), cancellationToken);

    public ValueTask<IReadOnlyList<JobRecord?>> FindAsync(IReadOnlyList<JobRef> jobs, JobParts parts, CancellationToken cancellationToken) =>
        LookAtJobs<IReadOnlyList<JobRecord?>>(
            database =>
            {
                var reader = new JobReader(database);
                var found = new JobRecord?[jobs.Count];
                for (int i = 0; i < found.Length; i++)
                    found[i] = reader.Find(jobs[i], parts);
                return found;
            },
            cancellationToken);

    public ValueTask<StorePage> PageAsync(PageRequest request, CancellationToken cancellationToken) =>
        LookAtJobs(database => new Paging(database).Page(request), cancellationToken);

    public ValueTask<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken) =>
        LookAtJobs(database => new QueueReader(database).Count(queue, Now(database)), cancellationToken);

    public ValueTask<IReadOnlyList<QueueRecord>> QueuesAsync(CancellationToken cancellationToken) =>
        LookAtJobs<IReadOnlyList<QueueRecord>>(database => new QueueReader(database).All(Now(database)), cancellationToken);

    public ValueTask<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancellationToken) =>
        Look<IReadOnlyList<SessionRecord>>(database => new SessionReader(database).All(), cancellationToken);

    public ValueTask<IReadOnlyList<SessionClaim>> ClaimsAsync(SessionId session, CancellationToken cancellationToken) =>
        Look<IReadOnlyList<SessionClaim>>(database => new SessionReader(database).Claims(session), cancellationToken);

    public ValueTask<string?> DeduplicationOwnerAsync(string queue, string deduplicationId, CancellationToken cancellationToken) =>
        LookAtJobs(
            database => new QueueReader(database).Find(queue) is { } found && Hold.Find(database, found.Id, deduplicationId) is { } hold
                && DeduplicationRules.IsHeld(hold.Record, Ticks.ToTime(Now(database)))
                ? hold.Record.OwnerId
                : null,
            cancellationToken);

    public ValueTask<IReadOnlyList<MetricRecord>> MetricsAsync(MetricsRequest request, CancellationToken cancellationToken) =>
        Look<IReadOnlyList<MetricRecord>>(database => new MetricReader(database).Find(request, Now(database)), cancellationToken);

    public IDisposable Watch(Action<StoreSignal> observer)
    {
        IDisposable watch = watchers.Add(observer);
        writer.Wake();
        return watch;
    }

    public Task<IReadOnlyList<string>> AuditAsync(CancellationToken cancellationToken) =>
        StoreThread.RunAsync("AsyncMQ SQLite audit", () => reading.Read(database => Auditing.Audit(database, Now(database)))).WaitAsync(cancellationToken);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) =>
        Look(database => Ticks.ToTime(Now(database)), cancellationToken);

    public async Task SetClockOffsetAsync(TimeSpan offset, CancellationToken cancellationToken) =>
        await Send(offset.Ticks, static (runner, ticks) => runner.SetClockOffset(ticks), cancellationToken).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        await StoreThread.RunAsync("AsyncMQ SQLite closing", () =>
        {
            writer.Dispose();
            return true;
        }).ConfigureAwait(false);
        renewing.Dispose();
        reading.Dispose();
    }

    private ValueTask<TReply> Send<TRequest, TReply>(TRequest request, Func<StepRunner, TRequest, TReply> run, CancellationToken cancellationToken) =>
        Send(new WriterStep<TRequest, TReply>(request, run), cancellationToken);

    private ValueTask<TReply> Send<TRequest, TReply>(WriterStep<TRequest, TReply> step, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<TReply>(cancellationToken);

        writer.Send(step);

        // Cancelled, the caller goes away; the step does not.
        return new(cancellationToken.CanBeCanceled ? step.Task.WaitAsync(cancellationToken) : step.Task);
    }

    private ValueTask<T> Look<T>(Func<Database, T> look, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<T>(cancellationToken);

        try
        {
            return ValueTask.FromResult(reading.Read(look));
        }
        catch (Exception error)
        {
            return ValueTask.FromException<T>(error);
        }
    }

    private long Now(Database database) =>
        time.GetUtcNow().UtcTicks + (database.Prepare("transaction/meta").Start().RunForNumber() ?? 0);
}
