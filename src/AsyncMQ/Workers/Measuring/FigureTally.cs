using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>Counts the attempts of one queue and name as they end, without allocating. Used by one thread at a time.</summary>
internal sealed class FigureTally(string queue, string name)
{
    private readonly int[] waited = new int[Histogram.Size];
    private readonly int[] ran = new int[Histogram.Size];
    private int completed;
    private int failed;
    private int retried;
    private int other;

    public string Queue => queue;

    public string Name => name;

    public bool IsEmpty => (completed | failed | retried | other) == 0;

    public void Count(SettlementKind kind, TimeSpan? wait, TimeSpan run)
    {
        switch (kind)
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

        if (wait is { } known)
            waited[Histogram.PartOf(known)]++;
        ran[Histogram.PartOf(run)]++;
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
