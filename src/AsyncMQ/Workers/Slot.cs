using System.Diagnostics.CodeAnalysis;
using AsyncMQ.Jobs;
using AsyncMQ.Queues;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>
/// One of a worker's slots: runs one job after the other until the pump has none for it. Its token source and timer are used again from job to job; a
/// timer is made only for a job with a timeout.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "the source has neither timer nor links; a slot lives as long as its worker")]
internal sealed class Slot(Pump pump, WorkerContext worker) : IThreadPoolWorkItem
{
    private readonly Lock gate = new();
    private readonly HandlerScope.OfSlot scope = new(pump.Scope);
    private CancellationTokenSource tokens = new();
    private ITimer? timer;
    private JobRun? current;
    private JobRun? timed;
    private ClaimedJob? next;

    public Batcher<JobReport, SettleOutcome> Reports => worker.Reports;

    public int MaxPayloadBytes => worker.Options.MaxPayloadBytes;

    /// <summary>The job that runs now; null between jobs.</summary>
    public JobRun? Current => Volatile.Read(ref current);

    /// <summary>Runs this job soon.</summary>
    public void Start(ClaimedJob job)
    {
        next = job;
        worker.Seams.Scheduler.Queue(this);
    }

    void IThreadPoolWorkItem.Execute()
    {
        HandlerScope.Enter(scope);
        _ = RunAsync();
    }

    /// <summary>Fires the token, if that run is still the slot's.</summary>
    public void CancelToken(JobRun run)
    {
        lock (gate)
        {
            // Callbacks run on the pool: whoever cancels (the lease keeper, too) must not run user code.
            if (current == run)
                _ = tokens.CancelAsync();
        }
    }

    private async Task RunAsync()
    {
        ClaimedJob? job = next;
        while (job is not null)
        {
            long started = worker.Seams.Time.GetTimestamp();
            JobRun run = Begin(job);
            Settlement? settlement = await ExecuteAsync(run).ConfigureAwait(false);
            End();
            job = pump.Finish(this, run, settlement, worker.Seams.Time.GetTimestamp() - started);
        }
    }

    private JobRun Begin(ClaimedJob job)
    {
        var run = new JobRun(job, this);
        lock (gate)
        {
            if (!tokens.TryReset())
                tokens = new();
            current = run;
        }

        return run;
    }

    private void End()
    {
        lock (gate)
        {
            current = null;
            if (timed is not null)
            {
                timed = null;
                timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private async ValueTask<Settlement?> ExecuteAsync(JobRun run)
    {
        ClaimedJob job = run.Job;
        JobContext? context = null;
        JobPolicy? policy = null;
        try
        {
            HandlerDefinition definition = worker.Handlers[job.Name];
            JobEnvelope envelope = JobEnvelope.Unpack(job.Envelope);
            policy = worker.PolicyFor(definition, envelope, job.Ref.Queue);
            context = MakeContext(run, envelope, policy);
            if (policy.Timeout is { } timeout)
                StartTimer(run, timeout);

            ReadOnlyMemory<byte> result = await definition.RunAsync(context, worker.Json, tokens.Token).ConfigureAwait(false);
            if (result.Length > MaxPayloadBytes)
                throw new PayloadTooLargeException("The result", result.Length, MaxPayloadBytes);
            await context.EndScopeAsync().ConfigureAwait(false);
            return new(job.Ref, job.Handle, job.Token, job.Flags, SettlementKind.Complete, result);
        }
        catch (Exception e)
        {
            Settlement? settlement = Failures.Settle(run, policy ?? worker.Options.Policy, worker, e);
            if (context is not null)
                await EndScopeQuietlyAsync(context).ConfigureAwait(false);
            return settlement;
        }
    }

    private JobContext MakeContext(JobRun run, JobEnvelope envelope, JobPolicy policy) =>
        new(run.Job.Ref, run.Job.Name, run.Job.Payload.Length == 0 ? null : new JobArgs(run.Job.Payload))
        {
            Attempt = run.Job.Attempt,
            MaxAttempts = policy.Retries.GetValueOrDefault() + 1,
            Stalls = run.Job.Stalls,
            Headers = envelope.Headers ?? JobContext.NoHeaders,
            Root = worker.Services,
            Run = run,
        };

    private void StartTimer(JobRun run, TimeSpan timeout)
    {
        lock (gate)
        {
            timed = run;
            timer ??= worker.Seams.Time.CreateTimer(static slot => ((Slot)slot!).OnTimeout(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            timer.Change(timeout, Timeout.InfiniteTimeSpan);
        }
    }

    // A timer stopped too late may still call; then no job is timed, or the next one, which its own call will end.
    private void OnTimeout() => timed?.Cancel(JobCancellationReason.Timeout);

    private static async ValueTask EndScopeQuietlyAsync(JobContext context)
    {
        try
        {
            await context.EndScopeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The attempt has failed already, for a better reason.
        }
    }
}
