using System.Data.Common;
using AsyncMQ.Jobs;
using AsyncMQ.Queues;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>One claimed job while its handler runs: what may end it early, and its way to report.</summary>
internal sealed class JobRun(ClaimedJob job, Slot slot) : IJobRun
{
    private int reason;

    public ClaimedJob Job => job;

    public JobCancellationReason Reason => (JobCancellationReason)Volatile.Read(ref reason);

    /// <summary>True when the job was handed back while its handler still ran: its end is nobody's business any more.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>True from when its handler was about to start.</summary>
    public bool HasRun { get; set; }

    /// <summary>The batches of its worker.</summary>
    public Batches Batches => slot.Batches;

    /// <summary>Gives the job up; under the pump's lock.</summary>
    public void Abandon() => IsAbandoned = true;

    /// <summary>Fires the handler's token; the first reason stands.</summary>
    public void Cancel(JobCancellationReason why)
    {
        if (Interlocked.CompareExchange(ref reason, (int)why, 0) == 0)
            slot.CancelToken(this);
    }

    /// <summary>Starts the attempt's timeout.</summary>
    public void StartTimer(TimeSpan timeout) => slot.StartTimer(this, timeout);

    /// <summary>What the jobs it depends on have come to; read anew each time.</summary>
    public Task<DependencyResults> ReadDependenciesAsync(CancellationToken cancellationToken) =>
        LinkReader.ReadDependenciesAsync(slot.Worker, this, cancellationToken);

    /// <summary>The flow it belongs to; null: none.</summary>
    public Task<string?> ReadFlowIdAsync(CancellationToken cancellationToken) => LinkReader.ReadFlowIdAsync(slot.Worker, this, cancellationToken);

    /// <summary>Stores progress or a line, fenced by the claim.</summary>
    public async Task ReportAsync(JobProgress? progress, string? line, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>? packed = null; // not by "? :", where null would become an empty memory
        if (progress is { } given)
            packed = JobInfoReader.PackProgress(given.Message is null ? given : given with { Message = slot.Worker.Seal(job, PayloadKind.Progress, given.Message) });
        if (packed is { Length: var length } && length > slot.MaxPayloadBytes)
            throw new PayloadTooLargeException("The progress message", length, slot.MaxPayloadBytes);

        if (line is not null)
            line = slot.Worker.Seal(job, PayloadKind.LogLine, line);
        var report = new JobReport(job.Ref, job.Handle, job.Token, packed, line is null ? [] : [line]);
        SettleOutcome outcome = await slot.Reports.SendAsync(report, new(1, packed?.Length ?? line!.Length)).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (outcome == SettleOutcome.Applied)
            return;

        Cancel(JobCancellationReason.LeaseLost);
        throw new OperationCanceledException($"The claim of job {job.Ref} is lost; another worker may run it.");
    }

    /// <summary>Writes inside the handler's transaction that the job is completed, fenced by the claim.</summary>
    public async Task CompleteInAsync(DbTransaction transaction, Func<JobJson, ReadOnlyMemory<byte>>? result, CancellationToken cancellationToken)
    {
        WorkerContext worker = slot.Worker;
        ITransactionalStore store = Transactions.Require(worker.Store);
        ReadOnlyMemory<byte> bytes = result is null ? default : worker.Seal(job, result(worker.Json));
        if (bytes.Length > slot.MaxPayloadBytes)
            throw new PayloadTooLargeException("The result", bytes.Length, slot.MaxPayloadBytes);

        switch (await store.CompleteAsync(transaction, new(job.Ref, job.Handle, job.Token, bytes), cancellationToken).ConfigureAwait(false))
        {
            case CompletionOutcome.Lost:
                Cancel(JobCancellationReason.LeaseLost);
                throw new OperationCanceledException($"The claim of job {job.Ref} is lost; another worker may run it. Roll the transaction back.");
            case CompletionOutcome.AlreadyCompleted:
                throw new JobAlreadyCompletedException(job.Ref);
            default:
                return;
        }
    }
}
