namespace AsyncMQ;

/// <summary>A row of the outbox: jobs that were added by one call, and are not in the store yet. The relay moves and deletes it.</summary>
public sealed class OutboxGroup
{
    private OutboxGroup()
    {
    }

    /// <summary>The row's number; the relay moves rows in its order.</summary>
    public long Id { get; private set; }

    /// <summary>The jobs, as bytes that only AsyncMQ reads.</summary>
    public byte[] Content { get; private set; } = [];

    /// <summary>When it was added, by the clock of the process.</summary>
    public DateTimeOffset AddedAt { get; private set; }

    /// <summary>Why the store refused it, or why it cannot be read; null: it is to be moved. A row with an error is kept until somebody sets it to null, or deletes it.</summary>
    public string? Error { get; private set; }

    internal static OutboxGroup Of(byte[] content, DateTimeOffset now) => new() { Content = content, AddedAt = now };
}
