using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>Counts the attempts of one queue and name as they end, without allocating. Used under the lock of its meter.</summary>
internal sealed class FigureTally(string queue, string name)
{
    private readonly int[] waited = new int[Histogram.Size];
    private readonly int[] ran = new int[Histogram.Size];
    private int completed;
    private int failed;
    private int retried;
    private int other;
    private bool isForgotten;

    public string Queue => queue;

    public string Name => name;

    public bool IsEmpty => (completed | failed | retried | other) == 0;

    /// <summary>True when nobody will ask it any more.</summary>
    public bool IsForgotten { get => Volatile.Read(ref isForgotten); set => Volatile.Write(ref isForgotten, value); }

    public void Count(in MeasuredAttempt attempt)
    {
        switch (attempt.Kind)
        {
            case SettlementKind.Complete:
                completed++;
                break;
            case SettlementKind.Fail:
                failed++;
                break;
            case SettlementKind.Retry:
                retried++;
                break;
            default:
                other++;
                break;
        }

        if (attempt.Waited != MeasuredAttempt.Unknown)
            waited[attempt.Waited]++;
        ran[attempt.Ran]++;
    }

    /// <summary>What was counted; from here on it counts anew.</summary>
    public NamedFigures Take()
    {
        var figures = new JobFigures
        {
            Completed = completed,
            Failed = failed,
            Retried = retried,
            Other = other,
            Waited = Histogram.Of(waited),
            Ran = Histogram.Of(ran),
        };
        completed = failed = retried = other = 0;
        Array.Clear(waited);
        Array.Clear(ran);
        return new(queue, name, figures);
    }
}
