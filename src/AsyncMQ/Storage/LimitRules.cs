namespace AsyncMQ.Storage;

/// <summary>
/// When limits let jobs be claimed, for stores whose step runs in .NET; others write the same in their language and prove it in the conformance suite. What
/// the limits mean is said at <see cref="IKeyStore"/>. All times in ticks; the end of all time: not by itself.
/// </summary>
public static class LimitRules
{
    /// <summary>How many of a queue's jobs may be claimed now, as far as its limits go.</summary>
    /// <param name="limits">Its limits; null: none.</param>
    /// <param name="window">The permits it spent; null: none.</param>
    /// <param name="active">How many of its jobs are active.</param>
    /// <param name="now">The store's time.</param>
    public static int Budget(QueueLimits? limits, RateWindow? window, long active, long now)
    {
        if (limits is null)
            return int.MaxValue;
        int free = limits.Concurrency is { } most ? (int)Math.Max(0, most - active) : int.MaxValue;
        return limits.Rate is { } rate && window is not null ? Math.Min(free, window.Left(rate, now)) : free;
    }

    /// <summary>From when on a queue's limits let a job be claimed: now or before, at a time, or when one of its jobs ends.</summary>
    /// <param name="limits">Its limits; null: none.</param>
    /// <param name="window">The permits it spent; null: none.</param>
    /// <param name="active">How many of its jobs are active.</param>
    /// <param name="now">The store's time.</param>
    public static long OpensAt(QueueLimits? limits, RateWindow? window, long active, long now) =>
        limits?.Concurrency is { } most && active >= most ? long.MaxValue : NextPermit(limits?.Rate, window, now) ?? 0;

    /// <summary>From when on a key is open: now or before, at a time, or when something else happens.</summary>
    /// <param name="limits">The limits that hold for it; null: none.</param>
    /// <param name="window">The permits it spent; null: none.</param>
    /// <param name="key">How it stands.</param>
    /// <param name="now">The store's time.</param>
    public static long OpensAt(KeyLimits? limits, RateWindow? window, in KeyStanding key, long now)
    {
        int most = limits is null ? int.MaxValue : limits.StrictOrder ? 1 : limits.Concurrency ?? int.MaxValue;
        return key.Active >= most || key.IsBlocked ? long.MaxValue : Math.Max(key.HeldUntil, NextPermit(limits?.Rate, window, now) ?? 0);
    }

    /// <summary>From when on there is nothing to remember of a key that has no jobs, no limits of its own and no head, should nothing else happen.</summary>
    /// <param name="limits">The limits that hold for it; null: none.</param>
    /// <param name="window">The permits it spent; null: none.</param>
    /// <param name="heldUntil">Until when it is held.</param>
    /// <param name="now">The store's time.</param>
    public static long ForgottenAt(KeyLimits? limits, RateWindow? window, long heldUntil, long now) =>
        limits?.Rate is { } rate && window is not null && window.Left(rate, now) < rate.Permits ? Math.Max(heldUntil, window.EmptyAt(rate)) : heldUntil;

    /// <summary>Whether a key's limits keep its jobs from being claimed: those in number, or the rate. Strict order is none.</summary>
    /// <param name="limits">The limits that hold for it; null: none.</param>
    /// <param name="window">The permits it spent; null: none.</param>
    /// <param name="active">How many of its jobs are active.</param>
    /// <param name="now">The store's time.</param>
    public static bool HoldBack(KeyLimits? limits, RateWindow? window, int active, long now) =>
        limits is not null && (active >= limits.Concurrency || NextPermit(limits.Rate, window, now) is not null);

    /// <summary>
    /// Whether a job may be claimed ahead of its start, as far as its queue's own limits and those of its key go. A permit would be spent before it is used, and
    /// a key's last place be taken by a job that does not run: so none where a rate or an order is kept, and of places all but the last.
    /// </summary>
    /// <param name="queue">The limits of its queue; null: none.</param>
    /// <param name="key">Those that hold for its key; null: none, or no key.</param>
    /// <param name="active">How many jobs of the key are active.</param>
    public static bool AllowAhead(QueueLimits? queue, KeyLimits? key, int active)
    {
        if (queue is { Rate: not null } or { Concurrency: not null })
            return false;
        return key is null || (key.Rate is null && !key.StrictOrder && (key.Concurrency is not { } most || active + 1 < most));
    }

    /// <summary>When the next permit comes; null: one is left, or none is needed.</summary>
    /// <param name="rate">The limit; null: none.</param>
    /// <param name="window">The permits spent; null: none.</param>
    /// <param name="now">The store's time.</param>
    public static long? NextPermit(RateLimit? rate, RateWindow? window, long now) =>
        rate is not null && window is not null && window.Left(rate, now) == 0 ? window.NextPermit(rate, now) : null;
}

/// <summary>How a key stands.</summary>
/// <param name="Active">How many of its jobs are active.</param>
/// <param name="IsBlocked">True when it has a head, in strict order, that does not wait.</param>
/// <param name="HeldUntil">Until when it is held back.</param>
public readonly record struct KeyStanding(int Active, bool IsBlocked, long HeldUntil);
