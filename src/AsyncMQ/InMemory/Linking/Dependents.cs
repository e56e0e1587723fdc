namespace AsyncMQ.InMemory;

/// <summary>
/// The jobs that depend on one record: those that are still open in a doubly linked list through their edges, in order of adding. Outlives the record, so
/// that an edge to it is never taken for one to a later job with the same id.
/// </summary>
/// <param name="entry">The record.</param>
internal sealed class Dependents(JobEntry entry)
{
    public JobRef Job { get; } = entry.Ref;

    /// <summary>The record; null once it was removed.</summary>
    public JobEntry? Entry { get; private set; } = entry;

    /// <summary>How the record stands, or how it ended; null: it was removed before it ended.</summary>
    public JobState? State => Entry?.State ?? Effect?.Outcome;

    /// <summary>The effect of its end, which may have been spread already; null: it has not ended, or nobody was open then.</summary>
    public DependencyEffect? Effect { get; set; }

    /// <summary>How many of its dependents, open or not, have not ended: retention spares it for them.</summary>
    public int Unended { get; set; }

    public Edge? First { get; private set; }

    public Edge? Last { get; private set; }

    public void RecordIsGone() => Entry = null;

    /// <summary>Puts an edge in its place by its dependent's adding. Walks from both ends: most are the last, and those that come back come in order.</summary>
    public void Insert(Edge edge)
    {
        long handle = edge.Dependent.Handle;
        Edge? low = First, high = Last;
        while (low is not null && high is not null)
        {
            if (low.Dependent.Handle > handle)
            {
                InsertAfter(low.Previous, edge);
                return;
            }

            if (high.Dependent.Handle <= handle)
                break;
            (low, high) = (low.Next, high.Previous);
        }

        InsertAfter(high, edge);
    }

    public void Remove(Edge edge)
    {
        if (Effect is { } effect && effect.Next == edge)
            effect.Next = edge.Next;

        if (edge.Previous is { } previous)
            previous.Next = edge.Next;
        else
            First = edge.Next;
        if (edge.Next is { } next)
            next.Previous = edge.Previous;
        else
            Last = edge.Previous;

        (edge.Next, edge.Previous) = (null, null);
    }

    private void InsertAfter(Edge? previous, Edge edge)
    {
        Edge? next = previous is null ? First : previous.Next;
        (edge.Previous, edge.Next) = (previous, next);
        if (previous is null)
            First = edge;
        else
            previous.Next = edge;
        if (next is null)
            Last = edge;
        else
            next.Previous = edge;
    }
}

/// <summary>The end of a job that others depend on, spread over them step by step.</summary>
/// <param name="of">Whose end.</param>
/// <param name="outcome">How it ended; null: it was removed.</param>
internal sealed class DependencyEffect(Dependents of, JobState? outcome)
{
    public Dependents Of { get; } = of;

    public JobState? Outcome { get; } = outcome;

    /// <summary>The next edge to decide; null: it was spread, or taken back.</summary>
    public Edge? Next { get; set; } = of.First;
}
