using System.Collections;

namespace AsyncMQ;

/// <summary>The jobs of one run of a batch handler.</summary>
/// <typeparam name="TItem">What stands for one job.</typeparam>
public abstract class BatchOf<TItem> : IReadOnlyList<TItem>
    where TItem : BatchItem
{
    private readonly TItem[] items;

    private protected BatchOf(IEnumerable<TItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        this.items = [.. items];
        if (this.items.Length == 0 || Array.Exists(this.items, static item => item is null))
            throw new ArgumentException("A batch has at least one job, and none of them is null.", nameof(items));
    }

    /// <summary>How many jobs there are: at least one.</summary>
    public int Count => items.Length;

    /// <summary>One by its place.</summary>
    public TItem this[int index] => items[index];

    /// <inheritdoc/>
    public IEnumerator<TItem> GetEnumerator() => ((IEnumerable<TItem>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Jobs of one type, or by name: then <typeparamref name="TJob"/> is <see cref="JobArgs"/>.</summary>
/// <typeparam name="TJob">The jobs' type.</typeparam>
public sealed class JobBatch<TJob> : BatchOf<BatchItem<TJob>>
{
    /// <summary>Makes a batch, as a unit test of a handler does.</summary>
    /// <param name="items">The jobs.</param>
    /// <exception cref="ArgumentException">There is none, or one is null.</exception>
    public JobBatch(IEnumerable<BatchItem<TJob>> items)
        : base(items)
    {
    }

    /// <summary>Completes each job of which nothing was said so far.</summary>
    public void CompleteRest()
    {
        foreach (BatchItem<TJob> item in this)
            item.CompleteIfOpen();
    }
}

/// <summary>Jobs that have results, of one type, or by name: then <typeparamref name="TJob"/> is <see cref="JobArgs"/>.</summary>
/// <typeparam name="TJob">The jobs' type.</typeparam>
/// <typeparam name="TResult">The results' type.</typeparam>
public sealed class JobBatch<TJob, TResult> : BatchOf<BatchItem<TJob, TResult>>
{
    /// <summary>Makes a batch, as a unit test of a handler does.</summary>
    /// <param name="items">The jobs.</param>
    /// <exception cref="ArgumentException">There is none, or one is null.</exception>
    public JobBatch(IEnumerable<BatchItem<TJob, TResult>> items)
        : base(items)
    {
    }
}
