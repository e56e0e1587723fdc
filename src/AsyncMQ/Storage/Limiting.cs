namespace AsyncMQ.Storage;

/// <summary>
/// The part of the contract for keys. Limits themselves belong to <see cref="IJobStore.ExchangeAsync"/>, where claims are made, and are set with
/// <see cref="QueueCommand.SetLimits"/> and <see cref="QueueCommand.SetKeyLimits"/>.
/// </summary>
/// <remarks>
/// <para><b>A queue's limits.</b> Nothing is claimed while as many of its jobs are active as <see cref="QueueLimits.Concurrency"/> allows, while its
/// <see cref="RateWindow"/> has no permit left, or while it is held. A permit is spent with each claim; parking a job gives it back, as it gives back the
/// attempt. Jobs of such a queue are not claimed ahead of their start, nor are those of a key whose rate or order is kept; where a key's jobs are limited in
/// number, one may be claimed ahead that leaves room for another of the key to start.</para>
/// <para><b>A key's limits</b> are its own or else the queue's <see cref="QueueLimits.PerKey"/>. A key is <em>open</em> while fewer of its jobs are active
/// than they allow (under strict order: one), a permit is left, it is not held, and it has no head that is delayed or active.</para>
/// <para><b>Turns.</b> Of the jobs that may be claimed those of the lowest priority come first. Within a priority the keys take turns: each open key with
/// waiting jobs of that priority has a place, and the one that has stood longest gives its first job, by sequence. Jobs without a key are one more
/// key, which nothing limits. A key takes its place, behind all others, when it gets its first waiting job of the priority, after each claim of such a
/// job, and when it opens again; those that open by time take theirs when their queue is next asked for, in order of that time, then of the key; those that
/// a command opens in order of the key. Parked jobs take part in the turns of their key, for the sessions that know their name.</para>
/// <para><b>Strict order.</b> A job that is claimed while its key is strict becomes the key's head, until it ends or the key is strict no more. It keeps its
/// sequence through Retry and PutBack, and through the promotion that follows their delay; while it waits, it is the next of its key, whatever the
/// priorities.</para>
/// <para><b>Never scanned.</b> The cost of a claim does not grow with the number of keys, nor with how many of them are not open.</para>
/// </remarks>
public interface IKeyStore
{
    /// <summary>A key of a queue; null when it has neither jobs that wait or run, nor limits of its own, nor anything to remember.</summary>
    ValueTask<KeyRecord?> FindKeyAsync(string queue, string key, CancellationToken cancellationToken);

    /// <summary>The keys of a queue, in ordinal order.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="after">Only those behind this one; null: from the first on.</param>
    /// <param name="take">The most records, 1 to 1 000.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    ValueTask<IReadOnlyList<KeyRecord>> KeysAsync(string queue, string? after, int take, CancellationToken cancellationToken);
}

/// <summary>A key as stored.</summary>
public sealed record KeyRecord
{
    /// <summary>The queue.</summary>
    public required string Queue { get; init; }

    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>Its own limits; null: the queue's hold for it.</summary>
    public KeyLimits? Limits { get; init; }

    /// <summary>How many of its jobs wait, parked ones included.</summary>
    public long Waiting { get; init; }

    /// <summary>How many of its jobs run.</summary>
    public int Active { get; init; }

    /// <summary>Until when a handler or a person holds it back; null: not.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>When the next permit comes; null: one is left, or nothing limits the rate.</summary>
    public DateTimeOffset? NextPermit { get; init; }

    /// <summary>The job that the others of the key must let end first; null: none.</summary>
    public string? Head { get; init; }
}
