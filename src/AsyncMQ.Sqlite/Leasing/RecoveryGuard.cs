namespace AsyncMQ.Sqlite.Leasing;

/// <summary>
/// Keeps the first process that comes back from declaring all others dead. When nobody at all renewed for half a lease, it was the store that was away,
/// or its clock jumped: everybody gets two renewal intervals (of a fifth of a lease each) to come back.
/// </summary>
internal static class RecoveryGuard
{
    /// <summary>From when on sessions may be declared dead, after a renewal now.</summary>
    public static long AfterRenewal(long now, long lastRenewal, long recoverFrom, long lease) =>
        NobodyRenewed(now, lastRenewal, lease) ? Math.Max(recoverFrom, now + (2 * (lease / 5))) : recoverFrom;

    /// <summary>Whether there was no renewal for half a lease.</summary>
    public static bool NobodyRenewed(long now, long lastRenewal, long lease) => now - lastRenewal > lease / 2;
}
