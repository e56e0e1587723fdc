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
internal sealed class Slot(Pump pump, WorkerContext worker, SlotMeter? meter) : IThreadPoolWorkItem
{
    private readonly Lock gate = new();
    private readonly HandlerScope.OfSlot scope = new(pump.Scope);
    private CancellationTokenSource tokens = new();
    private ITimer? timer;
    private JobRun? current;
    private JobRun? timed;
    private long timedUntil;

    public WorkerContext Worker => worker;

    /// <summary>What measures its attempts; null: nobody does.</summary>
    public SlotMeter? Meter => meter;

    public Batches Batches => pump.Batches;

    public Batcher<JobReport, SettleOutcome> Reports => worker.Reports;

    public int MaxPayloadBytes => worker.Options.MaxPayloadBytes;

    /// <summary>The job that the slot holds, from when it is given it until the pump has its settlement: also before its handler starts. Null: idle.</summary>
    public JobRun? Current => Volatile.Read(ref current);

    /// <summary>Gives the slot a job; under the pump's lock, so that there is no moment in which a claimed job is nowhere.</summary>
    public JobRun Hold(ClaimedJob job)
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

    /// <summary>Takes the job away again; under the pump's lock.</summary>
    public void Release()
    {
        lock (gate)
            current = null;
    }

    /// <summary>Runs the job that it holds, soon.</summary>
    public void Start() => worker.Seams.Scheduler.Queue(this);

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
            if (current == run)
                _ = FireAsync();
        }
    }

    // Callbacks run on the pool: whoever cancels (the lease keeper, too) must not run user code, nor hear of its exceptions.
    private async Task FireAsync() =>
        await worker.Seams.Scheduler.Cancel(tokens).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task RunAsync()
    {
        JobRun? run = Current;
        long started = worker.Seams.Time.GetTimestamp();
        while (run is not null)
        {
            // The wait for a thread may be long: what was cancelled meanwhile does not start.
            Settlement? settlement = run.Reason == JobCancellationReason.None
                ? await ExecuteAsync(run).ConfigureAwait(false)
                : Failures.SettleUnstarted(run);
            StopTimer();
            long ended = worker.Seams.Time.GetTimestamp();
            run = pump.Finish(this, run, settlement, started, ended);
            started = ended;
        }
    }

    private async ValueTask<Settlement?> ExecuteAsync(JobRun run)
    {
        ClaimedJob job = run.Job;
        JobContext? context = null;
        JobPolicy? policy = null;
        run.HasRun = true;
        try
        {
            HandlerDefinition definition = worker.Handlers[job.Name];
            JobEnvelope envelope = JobEnvelope.Unpack(job.Envelope);
            policy = worker.PolicyFor(definition, envelope, job.Ref.Queue);
            context = MakeContext(run, envelope, policy);
            if (policy.Timeout is { } timeout && !definition.RunsInBatches)
                StartTimer(run, timeout);

            ReadOnlyMemory<byte> result = await definition.RunAsync(context, worker.Json, tokens.Token).ConfigureAwait(false);
            result = worker.Seal(job, result);
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
        new(run.Job.Ref, run.Job.Name, worker.ArgsOf(run.Job))
        {
            Attempt = run.Job.Attempt,
            MaxAttempts = policy.Retries.GetValueOrDefault() + 1,
            Stalls = run.Job.Stalls,
            Headers = envelope.Headers ?? JobContext.NoHeaders,
            Root = worker.Services,
            Run = run,
        };

    /// <summary>Starts the timeout of a run, if that is still the slot's.</summary>
    public void StartTimer(JobRun run, TimeSpan timeout)
    {
        lock (gate)
        {
            if (current != run)
                return;
            timed = run;
            timedUntil = worker.Seams.Time.GetTimestamp() + (long)(timeout.TotalSeconds * worker.Seams.Time.TimestampFrequency);
            timer ??= worker.Seams.Time.CreateTimer(static slot => ((Slot)slot!).OnTimeout(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            timer.Change(timeout, Timeout.InfiniteTimeSpan);
        }
    }

    private void StopTimer()
    {
        // Set by the run that ends here, if at all.
        if (timed is null)
            return;

        lock (gate)
        {
            timed = null;
            timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    // A timer stopped too late may still call, when the next job is timed already: only a timeout that is over counts.
    private void OnTimeout()
    {
        JobRun? run;
        lock (gate)
        {
            run = timed;
            if (run is null)
                return;

            TimeSpan left = worker.Seams.Time.GetElapsedTime(worker.Seams.Time.GetTimestamp(), timedUntil);
            if (left > TimeSpan.Zero)
            {
                timer!.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                return;
            }
        }

        run.Cancel(JobCancellationReason.Timeout);
    }

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
