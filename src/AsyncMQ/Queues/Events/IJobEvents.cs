namespace AsyncMQ;

/// <summary>What happens, told as it happens: across processes, while somebody listens.</summary>
public interface IJobEvents
{
    /// <summary>Listens. Everything that is committed after the call has returned is told, whichever process does it.</summary>
    /// <param name="filter">Which events; null: all of them.</param>
    /// <param name="cancellationToken">Abandons the call. The stream ends when it is disposed, not by this.</param>
    /// <returns>The events, to be read by one reader. Dispose it to stop listening.</returns>
    /// <exception cref="ArgumentException">The filter names no kind, or one that is not known; a queue or a job whose name breaks a rule; or a job of another
    /// queue.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The buffer is not between 1 and 100 000.</exception>
    /// <exception cref="Storage.StoreException">The store did not answer.</exception>
    /// <remarks>
    /// While nobody listens, events cost nothing and are not kept. An event costs its writers a little; a slow reader costs them nothing: beyond
    /// <see cref="JobEventFilter.Buffer"/> it misses events, and is told how many with <see cref="JobEvent.Missed"/>. Delivery is at most once: events are
    /// for people, dashboards and caches. What must not be missed belongs into a job.
    /// </remarks>
    Task<JobEventStream> SubscribeAsync(JobEventFilter? filter = null, CancellationToken cancellationToken = default);
}
