namespace AsyncMQ;

/// <summary>Something to be written is over the payload limit; nothing was written.</summary>
/// <param name="what">What was too large.</param>
/// <param name="size">Its size in bytes.</param>
/// <param name="limit">The limit in bytes.</param>
public sealed class PayloadTooLargeException(string what, long size, long limit)
    : ArgumentException($"{what} is {size} bytes, over the limit of {limit}. Store the data elsewhere and pass a reference, or raise AsyncMQOptions.MaxPayloadBytes.")
{
    /// <summary>The size in bytes.</summary>
    public long Size { get; } = size;

    /// <summary>The limit in bytes.</summary>
    public long Limit { get; } = limit;
}
