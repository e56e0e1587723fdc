using System.Data.Common;
using AsyncMQ.Jobs;

namespace AsyncMQ.Workers;

/// <summary>One attempt while its handler runs, as the handler's context sees it: in the worker's process, or in one of its own.</summary>
internal interface IJobRun
{
    /// <summary>Why the handler's token fired.</summary>
    JobCancellationReason Reason { get; }

    /// <summary>Stores progress or a line.</summary>
    Task ReportAsync(JobProgress? progress, string? line, CancellationToken cancellationToken);

    /// <summary>What the jobs it depends on have come to; read anew each time.</summary>
    Task<DependencyResults> ReadDependenciesAsync(CancellationToken cancellationToken);

    /// <summary>The flow it belongs to; null: none.</summary>
    Task<string?> ReadFlowIdAsync(CancellationToken cancellationToken);

    /// <summary>Writes inside the handler's transaction that the job is completed.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="result">Writes the result, as the handler's own would be written; null: none.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    Task CompleteInAsync(DbTransaction transaction, Func<JobJson, ReadOnlyMemory<byte>>? result, CancellationToken cancellationToken);
}
