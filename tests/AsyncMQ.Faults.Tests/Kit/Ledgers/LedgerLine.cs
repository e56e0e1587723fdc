using System.Globalization;

namespace AsyncMQ.Faults.Kit;

/// <summary>What a line of the ledger tells.</summary>
internal enum LedgerPhase
{
    /// <summary>A producer is about to add the flow.</summary>
    Adding,

    /// <summary>A producer was told that the job is stored.</summary>
    Acked,

    /// <summary>The process was told that it has the job.</summary>
    Claimed,

    /// <summary>A handler began.</summary>
    Start,

    /// <summary>The handler takes its time from here on, and hears of nothing meanwhile.</summary>
    Deaf,

    /// <summary>The handler is about to return.</summary>
    End,

    /// <summary>The handler is about to fail its job.</summary>
    Threw,

    /// <summary>The handler gave up, as the host is stopping.</summary>
    Back,

    /// <summary>The handler gave up, as the claim is lost.</summary>
    Lost,

    /// <summary>The store took the run's completion.</summary>
    Settled,

    /// <summary>The store took the job back unfinished, its attempt refunded.</summary>
    Handed,

    /// <summary>The store refused what the run said: the claim was no longer current.</summary>
    Refused,

    /// <summary>The process is about to be killed with -9.</summary>
    Killing,

    /// <summary>The process is dead, and was reaped.</summary>
    Killed,

    /// <summary>The process was found dead by its own doing.</summary>
    Died,

    /// <summary>The process is about to be stopped in its tracks.</summary>
    Pausing,

    /// <summary>The process runs again.</summary>
    Resumed,

    /// <summary>The process fired a schedule, named in place of the token.</summary>
    Fired,

    /// <summary>The process was told that another had fired the schedule before it.</summary>
    Outrun,
}

/// <summary>One line of the ledger: <c>id attempt phase pid token ticks ;</c></summary>
/// <param name="Id">The job; <c>-</c> when the line is about a process.</param>
/// <param name="Attempt">Which attempt, as the handler was told.</param>
/// <param name="Phase">What happened.</param>
/// <param name="Pid">The process that it happened in, or to.</param>
/// <param name="Token">The claim: session, lane and sequence; for a tick the schedule; <c>-</c> when there is none.</param>
/// <param name="Ticks">The machine's monotonic clock: the same in every process. For people; the order is that of the file.</param>
internal readonly record struct LedgerLine(string Id, int Attempt, LedgerPhase Phase, int Pid, string Token, long Ticks)
{
    public const string None = "-";

    public static LedgerLine? Parse(string text)
    {
        string[] parts = text.Split(' ');
        return parts is [var id, var attempt, var phase, var pid, var token, var ticks, ";"]
            && int.TryParse(attempt, CultureInfo.InvariantCulture, out int attemptNumber)
            && Enum.TryParse(phase, ignoreCase: true, out LedgerPhase parsed)
            && int.TryParse(pid, CultureInfo.InvariantCulture, out int process)
            && long.TryParse(ticks, CultureInfo.InvariantCulture, out long time)
                ? new(id, attemptNumber, parsed, process, token, time)
                : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id} {Attempt} {Phase.ToString().ToLowerInvariant()} {Pid} {Token} {Ticks} ;");
}
