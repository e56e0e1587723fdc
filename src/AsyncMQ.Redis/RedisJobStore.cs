using AsyncMQ.Redis.Coding;
using AsyncMQ.Redis.Connecting;
using AsyncMQ.Redis.Inspecting;
using AsyncMQ.Redis.Leasing;
using AsyncMQ.Redis.Measuring;
using AsyncMQ.Redis.Producing;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Redis.Tending;
using AsyncMQ.Redis.Working;
using AsyncMQ.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace AsyncMQ.Redis;

/// <summary>
/// The store on a Redis server, for any number of machines. Each step is one script, so each is atomic; what is decided is decided in Lua, in
/// <c>Scripts/</c>. Here steps are packed for them, and their answers read.
/// </summary>
internal sealed partial class RedisJobStore : IJobStore
{
    private readonly RedisConnections connections;
    private readonly ScriptRunner scripts;
    private readonly RedisNews news;
    private readonly RedisKey root;
    private readonly string name;
    private readonly ServerSettings settings;
    private readonly Edition edition;

    public RedisJobStore(RedisStoreOptions options, ILogger? logger = null, Edition? edition = null)
    {
        this.edition = edition ?? Edition.Current;
        name = options.Name;
        string prefix = $"{{{options.Name}}}:";
        root = prefix;
        connections = new(options);
        scripts = new(root, this.edition.Rewrite);
        news = new(connections, prefix + "news");
        settings = new(scripts, logger ?? NullLogger.Instance);
    }

    public string Description => $"Redis {connections.Place}, installation {name}";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await connections.StartAsync(cancellationToken).ConfigureAwait(false);
        await Layout.EnsureAsync(connections.Work, scripts, root, edition, Description).WaitAsync(cancellationToken).ConfigureAwait(false);
        await settings.CheckAsync(connections.Work, Description, cancellationToken).ConfigureAwait(false);
    }

    public async Task OpenAsync(SessionInfo session, CancellationToken cancellationToken)
    {
        RedisResult[] reply = await Run(Scripts.Open, SessionCodec.Pack(session, edition.Layout), cancellationToken).ConfigureAwait(false);
        switch (reply.Number(0))
        {
            case 1:
                throw new SessionLostException(session.Id);
            case 2:
                throw Layout.Newer(reply.Text(1), edition, Description);
        }
    }

    public RenewReply Renew(RenewStep step)
    {
        RedisResult[] reply = scripts.Run(
            connections.Leases, Scripts.Renew, new Arguments().Add(Arguments.Name(step.Session)).Add(step.ClaimsHeld).ToArray());
        return reply.Number(0) != 0
            ? new(Alive: false, 0, [])
            : new(Alive: true, (int)reply.Number(1), SessionCodec.UnpackClaims(reply, 3, step.Session), reply.Number(2) == 1);
    }

    public async Task CloseAsync(SessionId session, CancellationToken cancellationToken) =>
        await Run(Scripts.Close, [Arguments.Name(session)], cancellationToken).ConfigureAwait(false);

    public async ValueTask<AddReply> AddAsync(AddStep step, CancellationToken cancellationToken)
    {
        ValueTask<byte[]> adding = Once(Scripts.Add, step.Step, Adding.Pack(step), cancellationToken);

        // It is on its way, and what this process sends from now on the server does behind it: its own workers need not wait for the word that there is work.
        foreach (string queue in Adding.QueuesOf(step))
            news.TellWork(queue);
        return Adding.Unpack(step, await adding.ConfigureAwait(false));
    }

    public async ValueTask<ExchangeReply> ExchangeAsync(ExchangeStep step, CancellationToken cancellationToken)
    {
        var exchanging = new Exchanging(step);
        return exchanging.Unpack(Replies.Of(await Run(Scripts.Exchange, exchanging.Packed, cancellationToken).ConfigureAwait(false), step.Step));
    }

    public async ValueTask<ReportReply> ReportAsync(ReportStep step, CancellationToken cancellationToken) =>
        Reporting.Unpack(await Once(Scripts.Report, step.Step, Reporting.Pack(step), cancellationToken).ConfigureAwait(false));

    public async ValueTask<RecoverReply> RecoverAsync(RecoverStep step, CancellationToken cancellationToken) =>
        Recovering.Unpack(await Once(Scripts.Recover, step.Step, Recovering.Pack(step), cancellationToken).ConfigureAwait(false));

    public async ValueTask<IReadOnlyList<JobChangeReply>> AdministerJobsAsync(AdministerJobsStep step, CancellationToken cancellationToken) =>
        Administering.Unpack(await Once(Scripts.AdministerJobs, step.Step, Administering.Pack(step), cancellationToken).ConfigureAwait(false));

    public async ValueTask<QueueReply> AdministerQueueAsync(AdministerQueueStep step, CancellationToken cancellationToken) =>
        (QueueReply)(await Once(Scripts.AdministerQueue, step.Step, Administering.Pack(step), cancellationToken).ConfigureAwait(false))[0];

    public async ValueTask<bool> AdministerSessionAsync(AdministerSessionStep step, CancellationToken cancellationToken) =>
        (await Once(Scripts.AdministerSession, step.Step, Administering.Pack(step), cancellationToken).ConfigureAwait(false))[0] == 1;

    public async ValueTask<int> RecordMetricsAsync(RecordMetricsStep step, CancellationToken cancellationToken) =>
        new Unpacker(await Once(Scripts.RecordFigures, step.Step, FigureCodec.Pack(step), cancellationToken).ConfigureAwait(false)).Int();

    public async ValueTask<MaintainReply> MaintainAsync(MaintainStep step, CancellationToken cancellationToken) =>
        Administering.UnpackMaintained(await Once(Scripts.Maintain, step.Step, Administering.Pack(step), cancellationToken).ConfigureAwait(false));

    public IDisposable Watch(Action<StoreSignal> observer) => news.Watch(observer);

    public async ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) =>
        Micros.ToTime((await Run(Scripts.Time, [], cancellationToken).ConfigureAwait(false)).Number(0));

    public async Task SetClockOffsetAsync(TimeSpan offset, CancellationToken cancellationToken) =>
        await Run(Scripts.MoveClock, [offset.Ticks / TimeSpan.TicksPerMicrosecond], cancellationToken).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        news.Dispose();
        await connections.DisposeAsync().ConfigureAwait(false);
    }

    private ValueTask<RedisResult[]> Run(Script script, RedisValue[] arguments, CancellationToken cancellationToken) =>
        scripts.RunAsync(connections.Work, script, arguments, cancellationToken);

    /// <summary>Runs a step whose whole reply its lane keeps.</summary>
    private async ValueTask<byte[]> Once(Script script, StepId step, RedisValue[] arguments, CancellationToken cancellationToken) =>
        Replies.Of(await Run(script, arguments, cancellationToken).ConfigureAwait(false), step).Bytes(1);
}
