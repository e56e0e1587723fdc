namespace AsyncMQ.Faults.Kit;

/// <summary>One claim of a job and the run of its handler: places in the ledger, null where nothing was written.</summary>
internal sealed class LedgerRun(LedgerLine line, int claimed)
{
    public string Token => line.Token;

    public int Pid => line.Pid;

    public int Attempt => line.Attempt;

    public int Claimed => claimed;

    public int? Started { get; private set; }

    public int? Ended { get; private set; }

    /// <summary>The handler failed the job.</summary>
    public int? Threw { get; private set; }

    /// <summary>The handler gave up, since its host stops.</summary>
    public int? Back { get; private set; }

    /// <summary>The handler gave up, since it was told that its claim is lost.</summary>
    public int? Lost { get; private set; }

    public int? Settled { get; private set; }

    public int? Handed { get; private set; }

    public int? Refused { get; private set; }

    /// <summary>True when the ledger does not tell what became of it.</summary>
    public bool IsOpen => Ended is null && Threw is null && Back is null && Lost is null && Handed is null && Refused is null;

    private bool IsOver => Ended is not null || Threw is not null || Back is not null || Lost is not null;

    /// <summary>True when it was given back. The store's word for that may be written down after somebody else has the job; the handler's own may not.</summary>
    public bool WentBackBefore(LedgerRun next) => Handed is not null || Back < next.Claimed;

    /// <summary>Takes a further line of this run. False: it contradicts what is known.</summary>
    public bool Take(LedgerPhase phase, int at)
    {
        switch (phase)
        {
            case LedgerPhase.Start when Started is null:
                Started = at;
                return true;
            case LedgerPhase.Deaf when Started is not null && !IsOver:
                return true;
            case LedgerPhase.End when Started is not null && !IsOver:
                Ended = at;
                return true;
            case LedgerPhase.Threw when Started is not null && !IsOver:
                Threw = at;
                return true;
            case LedgerPhase.Back when Started is not null && !IsOver:
                Back = at;
                return true;
            case LedgerPhase.Lost when Started is not null && !IsOver:
                Lost = at;
                return true;

            // These are the store's answers, and an answer may be given again.
            case LedgerPhase.Claimed:
                return true;
            case LedgerPhase.Settled when Ended is not null && Refused is null && Handed is null:
                Settled ??= at;
                return true;
            case LedgerPhase.Handed when Ended is null && Refused is null:
                Handed ??= at;
                return true;
            case LedgerPhase.Refused when Settled is null && Handed is null:
                Refused ??= at;
                return true;
            default:
                return false;
        }
    }

    public override string ToString() => $"the run {Token} in process {Pid}, line {Claimed}{(Lost is null ? "" : ", which was told that its claim is lost")}";
}
