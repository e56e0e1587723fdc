using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>
/// Suppresses adds while another job owns the same deduplication id in the same queue. Without <see cref="Ttl"/> the owner holds the id until it ends;
/// with it, for that long from its add, whether the owner has ended or not. The flags combine.
/// </summary>
/// <param name="Id">The deduplication id, 1 to 255 bytes of UTF-8 without control characters; unlike a job id it may hold <c>:</c> and be digits.</param>
/// <exception cref="ArgumentException">The id or a time breaks its rule.</exception>
/// <remarks>Source: reference behaviour D-01 to D-12.</remarks>
public sealed record Deduplication(string Id)
{
    /// <summary>The deduplication id.</summary>
    public string Id { get; init => field = Names.RequireDeduplicationId(value); } = Names.RequireDeduplicationId(Id);

    /// <summary>How long the id is held, counted from the add. Null (the default): until the owner ends.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive, or longer than 100 years.</exception>
    public TimeSpan? Ttl { get; init => field = Times.RequireSpan(value, "A deduplication window"); }

    /// <summary>A suppressed add with a <see cref="Ttl"/> starts the owner's window anew.</summary>
    public bool Extend { get; init; }

    /// <summary>An owner that is still delayed is removed and this job takes its place. It keeps the old window, unless <see cref="Extend"/> is set.</summary>
    public bool Replace { get; init; }

    /// <summary>
    /// While the owner is active, the newest suppressed add is kept, in no state and no count, and is added when the owner ends: at most one runs and
    /// one follows. An active owner then suppresses whatever its window says.
    /// </summary>
    public bool KeepLastIfActive { get; init; }

    /// <summary>One at a time: suppressed while the owner has not ended.</summary>
    public static Deduplication Simple(string id) => new(id);

    /// <summary>At most one per window: suppressed for <paramref name="ttl"/> from the owner's add, even when the owner has ended.</summary>
    public static Deduplication Throttle(string id, TimeSpan ttl) => new(id) { Ttl = ttl };

    /// <summary>The last of a burst: each add replaces the delayed one before it and starts the window anew. Use it with a delay.</summary>
    public static Deduplication Debounce(string id, TimeSpan ttl) => new(id) { Ttl = ttl, Extend = true, Replace = true };
}
