namespace AsyncMQ.Conformance;

/// <summary>Where the suite gets its stores from: all that a store's own test project has to supply.</summary>
public interface IStoreFixture
{
    /// <summary>A fresh, empty, started store that shares nothing with any other. The suite disposes it.</summary>
    Task<IJobStore> CreateAsync();

    /// <summary>
    /// Disposes a store and opens its data again, as a new process would: a started store, or null when it keeps nothing. The clock offset may have
    /// been kept or not; the suite sets it anew.
    /// </summary>
    Task<IJobStore?> ReopenAsync(IJobStore store);
}
