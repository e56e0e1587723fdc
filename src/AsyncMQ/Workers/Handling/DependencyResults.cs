using System.Collections;

namespace AsyncMQ;

/// <summary>What the jobs that a job depends on have come to, in the order given.</summary>
public sealed class DependencyResults : IReadOnlyList<DependencyResult>
{
    private readonly IReadOnlyList<DependencyResult> results;

    internal DependencyResults(IReadOnlyList<DependencyResult> results) => this.results = results;

    internal static DependencyResults None { get; } = new([]);

    /// <summary>How many there are.</summary>
    public int Count => results.Count;

    /// <summary>One by its place.</summary>
    public DependencyResult this[int index] => results[index];

    /// <summary>One by its queue and id.</summary>
    /// <exception cref="KeyNotFoundException">The job does not depend on that one.</exception>
    public DependencyResult this[JobRef job] => results.FirstOrDefault(result => result.Ref == job)
        ?? throw new KeyNotFoundException($"The job does not depend on {job}. It depends on {Describe()}.");

    /// <summary>Those of a name, in order. One that is gone has none.</summary>
    /// <param name="name">The jobs' name, as <see cref="JobAttribute"/> or the add says it.</param>
    public IReadOnlyList<DependencyResult> Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return [.. results.Where(result => result.Name == name)];
    }

    /// <inheritdoc/>
    public IEnumerator<DependencyResult> GetEnumerator() => results.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private string Describe() => results.Count switch
    {
        0 => "no other",
        <= 5 => string.Join(", ", results.Select(result => result.Ref)),
        _ => $"{results.Count} others, the first {results[0].Ref}",
    };
}
