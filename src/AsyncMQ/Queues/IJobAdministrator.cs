namespace AsyncMQ;

/// <summary>Changes the jobs of a queue, and the queue.</summary>
public interface IJobAdministrator
{
    /// <summary>Frees a deduplication id: the next add with it is created. The jobs stay; one kept to follow its active owner is added at once.</summary>
    /// <returns>True when somebody held it.</returns>
    Task<bool> RemoveDeduplicationKeyAsync(string deduplicationId, CancellationToken cancellationToken = default);
}
