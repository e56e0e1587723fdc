namespace AsyncMQ.Storage;

/// <summary>The kinds of news a store pushes.</summary>
public enum StoreSignalKind : byte
{
    /// <summary>A queue may have work now.</summary>
    Work = 0,

    /// <summary>A job came into a final state, or its record was removed. A store in this process tells of every job; one that is shared may tell only of
    /// jobs flagged <see cref="JobFlags.Watched"/>.</summary>
    Ended = 1,

    /// <summary>A session's mailbox has something, or its claims changed: renew soon.</summary>
    Mail = 2,

    /// <summary>Something changed, the store cannot say what (another process wrote, the clock was moved): look anew.</summary>
    Changed = 3,

    /// <summary>A schedule may be due sooner than was known.</summary>
    Schedules = 4,

    /// <summary>Events were written into the journal.</summary>
    Events = 5,
}

/// <summary>News from a store: a hint.</summary>
/// <param name="Kind">What.</param>
/// <param name="Queue">For Work and Ended: the queue; else null.</param>
/// <param name="Id">For Ended: the job; else null.</param>
/// <param name="Session">For Mail: the session.</param>
public readonly record struct StoreSignal(StoreSignalKind Kind, string? Queue = null, string? Id = null, SessionId Session = default)
{
    /// <summary>
    /// The signal that a server passed on as a line: W and a queue, E and a queue and an id, M and a session, S, V. Anything else is
    /// <see cref="StoreSignalKind.Changed"/>: a later layout may tell of more.
    /// </summary>
    /// <param name="line">The line.</param>
    /// <param name="between">What stands between queue and id; neither has it.</param>
    public static StoreSignal FromLine(string line, char between)
    {
        ArgumentNullException.ThrowIfNull(line);
        string about = line.Length > 0 ? line[1..] : "";
        return (line.Length > 0 ? line[0] : ' ') switch
        {
            'W' => new(StoreSignalKind.Work, about),
            'E' when about.IndexOf(between, StringComparison.Ordinal) is >= 0 and var cut => new(StoreSignalKind.Ended, about[..cut], about[(cut + 1)..]),
            'M' when Guid.TryParse(about, out Guid session) => new(StoreSignalKind.Mail, Session: new(session)),
            'S' => new(StoreSignalKind.Schedules),
            'V' => new(StoreSignalKind.Events),
            _ => new(StoreSignalKind.Changed),
        };
    }
}
