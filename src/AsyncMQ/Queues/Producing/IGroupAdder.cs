using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>Where groups of jobs go.</summary>
internal interface IGroupAdder
{
    /// <summary>Stores one group, all or nothing; a job for each, in order.</summary>
    /// <exception cref="AddRefusedException">The store refused it.</exception>
    Task<IReadOnlyList<AddedJob>> AddAsync(AddGroup group, CancellationToken cancellationToken);
}
