using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Postgres.Inspecting;
using AsyncMQ.Postgres.Leasing;
using AsyncMQ.Postgres.Migrating;
using AsyncMQ.Postgres.Producing;
using AsyncMQ.Postgres.Tending;
using AsyncMQ.Postgres.Transacting;
using AsyncMQ.Postgres.Working;
using AsyncMQ.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AsyncMQ.Postgres;

/// <summary>
/// The store in a PostgreSQL database, for any number of machines. Each step is one call of a function, so each is atomic; what is decided is decided in
/// SQL, in <c>Sql/Functions</c>. Here steps are packed for them, and their answers read.
/// </summary>
internal sealed partial class PostgresJobStore : IJobStore, ITransactionalStore
{
    private readonly PostgresConnections connections;
    private readonly LeaseConnection leases;
    private readonly PostgresNews news;
    private readonly StepRunner steps;
    private readonly Layout layout;
    private readonly Transactions transactions;
    private readonly string schema;

    /// <param name="options">The database and the schema.</param>
    /// <param name="time">The clock of this process, for waits; null: the system's. What the store decides, it decides by the server's clock.</param>
    public PostgresJobStore(PostgresStoreOptions options, TimeProvider? time = null)
    {
        schema = options.Schema;
        connections = new(options);
        leases = new(connections);
        news = new(connections, options, time ?? TimeProvider.System);
        steps = new(connections, schema);
        layout = new(connections, options);
        transactions = new(steps, connections, options);
        Repacking = new(steps, connections, schema, time ?? TimeProvider.System);
    }

    public string Description => $"PostgreSQL {connections.Place}, schema {schema}";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        connections.RequireEnough();
        await layout.EnsureAsync(cancellationToken).ConfigureAwait(false);
        await steps.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task OpenAsync(SessionInfo session, CancellationToken cancellationToken)
    {
        if (!await steps.StepAsync("open_session", SessionLife.Pack(session), SessionLife.ReadBoolAsync, cancellationToken).ConfigureAwait(false))
            throw new SessionLostException(session.Id);
    }

    public RenewReply Renew(RenewStep step) =>
        leases.Use(connection => steps.Step(
            connection, "renew_session", new Arguments().Add(step.Session.Value).Add(step.ClaimsHeld), reader => SessionLife.ReadRenewal(reader, step.Session)));

    public async Task CloseAsync(SessionId session, CancellationToken cancellationToken) =>
        await steps.StepAsync("close_session", new Arguments().Add(session.Value), NothingAsync, cancellationToken).ConfigureAwait(false);

    public async ValueTask<bool> AdministerSessionAsync(AdministerSessionStep step, CancellationToken cancellationToken) => await Once(
        "administer_session", step.Step, new Arguments().Add(step.Step).Add(step.Target.Value).Add(step.Quiet), cancellationToken).ConfigureAwait(false) is [1];

    public async ValueTask<AddReply> AddAsync(AddStep step, CancellationToken cancellationToken) =>
        Adding.Unpack(step, await Once("add_jobs", step.Step, Adding.Pack(step), cancellationToken).ConfigureAwait(false));

    public async ValueTask<ExchangeReply> ExchangeAsync(ExchangeStep step, CancellationToken cancellationToken)
    {
        var exchanging = new Exchanging(step);
        ExchangeReply reply = await steps.StepAsync(step.Step, "exchange", exchanging.Pack(), exchanging.ReadAsync, cancellationToken).ConfigureAwait(false);

        // The server holds the lock until the answer is sent, so one that is large is told in two parts: who stops reading then holds up nobody.
        return !exchanging.HasLarge ? reply : await steps.LookAsync(
            "claimed_payloads", exchanging.PackLarge(), reader => exchanging.ReadLargeAsync(reader, reply), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<ReportReply> ReportAsync(ReportStep step, CancellationToken cancellationToken) =>
        Reporting.Unpack(await Once("report_jobs", step.Step, Reporting.Pack(step), cancellationToken).ConfigureAwait(false));

    public async ValueTask<RecoverReply> RecoverAsync(RecoverStep step, CancellationToken cancellationToken) =>
        Recovering.Unpack(await Once("recover_sessions", step.Step, Recovering.Pack(step), cancellationToken).ConfigureAwait(false));

    public async ValueTask<QueueReply> AdministerQueueAsync(AdministerQueueStep step, CancellationToken cancellationToken)
    {
        (string function, Arguments arguments) = AdministeringQueues.Pack(step);
        return (QueueReply)(await Once(function, step.Step, arguments, cancellationToken).ConfigureAwait(false))[0];
    }

    public async ValueTask<MaintainReply> MaintainAsync(MaintainStep step, CancellationToken cancellationToken)
    {
        MaintainReply reply = await steps.StepAsync(step.Step, "maintain", AdministeringQueues.Pack(step), ReadMaintainedAsync, cancellationToken).ConfigureAwait(false);
        if (!reply.More)
            await Repacking.RunSometimesAsync(cancellationToken).ConfigureAwait(false);
        return reply;
    }

    public async ValueTask<IReadOnlyList<JobChangeReply>> AdministerJobsAsync(AdministerJobsStep step, CancellationToken cancellationToken) =>
        AdministeringJobs.Unpack(await Once("administer_jobs", step.Step, AdministeringJobs.Pack(step), cancellationToken).ConfigureAwait(false));

    public Task<IReadOnlyList<string>> AuditAsync(CancellationToken cancellationToken) => Audits.RunAsync(steps, cancellationToken);

    public ValueTask<IReadOnlyList<JobRecord?>> FindAsync(IReadOnlyList<JobRef> jobs, JobParts parts, CancellationToken cancellationToken) => steps.LookAtJobsAsync(
        "find_jobs",
        new Arguments()
            .AddColumn(jobs.Select(static job => job.Queue).ToArray(), NpgsqlDbType.Text).AddColumn(jobs.Select(static job => job.Id).ToArray(), NpgsqlDbType.Text)
            .Add((int)parts),
        reader => JobReader.ReadNamedAsync(reader, jobs.Count),
        cancellationToken);

    public ValueTask<StorePage> PageAsync(PageRequest request, CancellationToken cancellationToken) =>
        steps.LookAtJobsAsync("page_jobs", PageArguments.Pack(request), reader => JobReader.ReadPageAsync(reader, request.Take), cancellationToken);

    public ValueTask<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken) =>
        steps.LookAtJobsAsync("count_jobs", new Arguments().Add(queue), reader => QueueReader.ReadCountsAsync(reader, queue), cancellationToken);

    public ValueTask<IReadOnlyList<QueueRecord>> QueuesAsync(CancellationToken cancellationToken) =>
        steps.LookAtJobsAsync("list_queues", new(), QueueReader.ReadAllAsync, cancellationToken);

    public ValueTask<IReadOnlyList<SessionClaim>> ClaimsAsync(SessionId session, CancellationToken cancellationToken) =>
        steps.LookAsync("list_claims", new Arguments().Add(session.Value), reader => SessionLife.ReadClaimsAsync(reader, session), cancellationToken);

    public ValueTask<string?> DeduplicationOwnerAsync(string queue, string deduplicationId, CancellationToken cancellationToken) =>
        steps.LookAtJobsAsync("find_owner", new Arguments().Add(queue).Add(deduplicationId), ReadTextAsync, cancellationToken);

    public ValueTask<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancellationToken) =>
        steps.LookAsync("list_sessions", new(), SessionLife.ReadAllAsync, cancellationToken);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) =>
        steps.LookAsync("get_time", new(), ReadTimeAsync, cancellationToken);

    public async Task SetClockOffsetAsync(TimeSpan offset, CancellationToken cancellationToken) =>
        await steps.StepAsync("move_clock", new Arguments().Add((TimeSpan?)offset), NothingAsync, cancellationToken).ConfigureAwait(false);

    public IDisposable Watch(Action<StoreSignal> observer) => news.Watch(observer);

    /// <summary>Gives space back to the system.</summary>
    internal Repacking Repacking { get; }

    /// <summary>True when it is used no more.</summary>
    internal bool IsDisposed { get; private set; }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        news.Dispose();
        leases.Dispose();
        return connections.DisposeAsync();
    }

    /// <summary>Does a step whose whole answer its lane keeps.</summary>
    private ValueTask<byte[]> Once(string function, StepId step, Arguments arguments, CancellationToken cancellationToken) =>
        steps.StepAsync(step, function, arguments, ReadBytesAsync, cancellationToken);

    private static async ValueTask<byte[]> ReadBytesAsync(NpgsqlDataReader reader)
    {
        await reader.ReadAsync().ConfigureAwait(false);
        return reader.GetFieldValue<byte[]>(0);
    }

    private static async ValueTask<MaintainReply> ReadMaintainedAsync(NpgsqlDataReader reader)
    {
        await reader.ReadAsync().ConfigureAwait(false);
        return new(reader.GetInt32(0), reader.GetInt32(1), reader.GetBoolean(2), reader.IsDBNull(3) ? null : reader.GetTimeSpan(3));
    }

    private static async ValueTask<string?> ReadTextAsync(NpgsqlDataReader reader) =>
        await reader.ReadAsync().ConfigureAwait(false) ? reader.GetString(0) : null;

    private static ValueTask<bool> NothingAsync(NpgsqlDataReader reader) => ValueTask.FromResult(true);

    private static async ValueTask<DateTimeOffset> ReadTimeAsync(NpgsqlDataReader reader)
    {
        await reader.ReadAsync().ConfigureAwait(false);
        return reader.GetDateTime(0);
    }
}
