using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Records;

/// <summary>The sessions that the writer has met, and the rule of steps: the same again is answered as before, an older one refused.</summary>
internal sealed class Sessions(Ledger ledger, Names names)
{
    private readonly Statement byId = ledger.Database.Prepare("sessions/by-id");
    private readonly Statement setUsed = ledger.Database.Prepare("sessions/set-used");
    private readonly Statement readLane = ledger.Database.Prepare("sessions/read-lane");
    private readonly Statement readReply = ledger.Database.Prepare("sessions/read-reply");
    private readonly Statement setLane = ledger.Database.Prepare("sessions/set-lane");
    private readonly Dictionary<SessionId, SessionEntry> known = [];

    /// <summary>A session, dead or alive; null when there never was one.</summary>
    public SessionEntry? Find(SessionId id)
    {
        if (known.TryGetValue(id, out SessionEntry? session) && session.Generation == ledger.Generation)
            return session;

        Span<byte> bytes = stackalloc byte[16];
        id.Value.TryWriteBytes(bytes);
        if (!byId.Start().Bind(bytes).Step())
            return null;

        SessionInfo info = ReadInfo(byId, id);
        session = new(byId.Long(0), info, names.Intern(info.Name))
        {
            IsAlive = byId.Int(1) == 0,
            IsQuiet = byId.OptionalLong(7) is { } quiet ? quiet > 0 : null,
            Used = byId.Long(4),
            Generation = ledger.Generation,
        };
        byId.Reset();
        if (known.Count > 10_000)
            known.Clear();
        return known[id] = session;
    }

    /// <summary>The last renewal of any lease; null: none is alive.</summary>
    public LastRenewal? LastRenewal() => LastRenewal(ledger.Database, ledger.LastRenewal);

    /// <summary>The last renewal of any lease, as a connection sees it; null: none is alive.</summary>
    public static LastRenewal? LastRenewal(Database database, long at) =>
        database.Prepare("sessions/last-lease").Start().RunForNumber() is { } lease ? new(at, lease) : null;

    /// <summary>The live session that sends a step.</summary>
    /// <exception cref="SessionLostException">There is none.</exception>
    public SessionEntry Require(StepId step)
    {
        if (Find(step.Session) is not { IsAlive: true } session)
            throw new SessionLostException(step.Session);

        // Housekeeping drops such sessions when they are an hour unused; to the minute is near enough.
        if (session.Info.Lease is null && ledger.Now - session.Used > TimeSpan.TicksPerMinute)
        {
            setUsed.Start().Bind(ledger.Now).Bind(session.Key).Run();
            session.Used = ledger.Now;
        }

        return session;
    }

    /// <summary>Finds out whether a step was done before.</summary>
    /// <returns>The reply it had then, or null when it is new.</returns>
    /// <exception cref="StaleStepException">A later one of its lane was done.</exception>
    public byte[]? Replay(SessionEntry session, StepId step)
    {
        long last = LastStep(session, step.Lane);
        if (step.Sequence > last)
            return null;
        if (step.Sequence < last)
            throw new StaleStepException(step, last);
        if (!readReply.Start().Bind(session.Key).Bind(step.Lane).Step())
            return null;
        byte[] reply = readReply.Bytes(0);
        readReply.Reset();
        return reply;
    }

    /// <summary>Whether this step, or a later one of its lane, was done.</summary>
    public bool IsKnown(SessionEntry session, StepId step) => step.Sequence <= LastStep(session, step.Lane);

    /// <summary>Keeps the reply of a step that changed something.</summary>
    public void Keep(SessionEntry session, StepId step, ReadOnlySpan<byte> reply)
    {
        setLane.Start().Bind(session.Key).Bind(step.Lane).Bind(step.Sequence).Bind(reply).Run();
        session.Lanes[step.Lane] = step.Sequence;
    }

    /// <summary>A session was opened or ended: read it again.</summary>
    public void Forget(SessionId id) => known.Remove(id);

    /// <summary>After a rollback.</summary>
    public void Forget() => known.Clear();

    /// <summary>What a session said of itself, from a row of <c>sessions/by-id</c>.</summary>
    public static SessionInfo ReadInfo(Statement row, SessionId id) => new()
    {
        Id = id,
        Name = row.Text(2),
        Lease = row.OptionalLong(3) is { } lease ? new TimeSpan(lease) : null,
        Names = Lines(row.Text(5)),
        Queues = Lines(row.Text(6)),
    };

    /// <summary>A text of one name per line.</summary>
    public static string[] Lines(string text) => text.Length == 0 ? [] : text.Split('\n');

    private long LastStep(SessionEntry session, int lane)
    {
        if (session.Lanes.TryGetValue(lane, out long last))
            return last;
        return session.Lanes[lane] = readLane.Start().Bind(session.Key).Bind(lane).RunForNumber() ?? 0;
    }
}
