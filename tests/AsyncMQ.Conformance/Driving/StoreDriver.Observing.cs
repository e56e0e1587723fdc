namespace AsyncMQ.Conformance.Driving;

public sealed partial class StoreDriver
{
    /// <summary>Makes a session quiet, or lets it claim again.</summary>
    public async Task<bool> Quiet(SessionId session, bool quiet = true) =>
        await Store.AdministerSessionAsync(new(NextAdministration(), session, quiet), default);
}
