namespace AsyncMQ.Bench.Contenders;

/// <summary>A system under measure with an empty queue of its own. Its jobs do nothing but call <see cref="JobSink.Run"/>.</summary>
internal interface IContender : IAsyncDisposable
{
    /// <summary>Adds one job, as a user of the system would; it is stored when the task ends.</summary>
    Task AddAsync(CancellationToken cancellationToken);

    /// <summary>Adds jobs in the fastest way that the system offers.</summary>
    Task AddBulkAsync(int jobs, CancellationToken cancellationToken);

    /// <summary>Starts the workers; until then nothing runs.</summary>
    Task StartWorkersAsync(CancellationToken cancellationToken);
}
