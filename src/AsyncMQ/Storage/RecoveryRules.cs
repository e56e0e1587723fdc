namespace AsyncMQ.Storage;

/// <summary>
/// When sessions may be declared dead, for stores whose step runs in .NET: the one rule that keeps the first process that comes back from killing the
/// rest. When nobody at all renewed for half a lease, it was the store that was away, or its clock jumped: then everybody gets two renewal intervals, two
/// fifths of a lease, from the first renewal on. Where leases differ, the shorter one of the last two renewals counts. All times in ticks.
/// </summary>
public static class RecoveryRules
{
    /// <summary>From when on sessions may be declared dead, after a renewal, or the opening of a session with a lease.</summary>
    /// <param name="now">The store's time: that of the renewal.</param>
    /// <param name="lease">The lease renewed.</param>
    /// <param name="last">The renewal before, of whichever session; null: there was none.</param>
    /// <param name="allowedFrom">From when on they might before.</param>
    public static long AllowedFrom(long now, long lease, LastRenewal? last, long allowedFrom)
    {
        if (last is not { } before)
            return allowedFrom;

        long shorter = Math.Min(lease, before.Lease);
        return WasSilent(now, before.At, shorter) ? Math.Max(allowedFrom, now + (2 * (shorter / 5))) : allowedFrom;
    }

    /// <summary>Whether sessions may be declared dead now, and their claims taken back.</summary>
    /// <param name="now">The store's time.</param>
    /// <param name="last">The last renewal, of whichever session; null: there was none.</param>
    /// <param name="allowedFrom">What the last renewal left: see <see cref="AllowedFrom"/>.</param>
    public static bool IsAllowed(long now, LastRenewal? last, long allowedFrom) =>
        now >= allowedFrom && !(last is { } before && WasSilent(now, before.At, before.Lease));

    private static bool WasSilent(long now, long lastRenewal, long lease) => now - lastRenewal > lease / 2;
}

/// <summary>The last renewal of any lease.</summary>
/// <param name="At">When.</param>
/// <param name="Lease">The lease that was renewed.</param>
public readonly record struct LastRenewal(long At, long Lease);
