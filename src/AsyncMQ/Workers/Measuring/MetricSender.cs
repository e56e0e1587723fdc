using AsyncMQ.Diagnostics;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>
/// Sends what the workers of a process measured, on a lane of its own, when there is something. A step whose fate is unknown is sent again as it is; when its
/// session is lost meanwhile, nobody can tell whether it was done, and its figures are given up: rather too few than twice.
/// </summary>
internal sealed class MetricSender(WorkerContext worker)
{
    /// <summary>How often.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestWaitForSession = TimeSpan.FromSeconds(1);
    private const int MetricLane = 5;
    private const int MostPerStep = 1_000;

    private readonly List<NamedFigures> taken = [];
    private RecordMetricsStep? uncertain;

    /// <summary>The meters of the process's workers.</summary>
    public IReadOnlyList<JobMeter> Meters { get; set; } = [];

    /// <summary>Sends one step.</summary>
    /// <returns>True when there is more to send.</returns>
    public async ValueTask<bool> SendAsync()
    {
        if (!HasSome())
            return false;
        if (uncertain is { } old && old.Step.Session != worker.Session.Id)
            Forget(old);
        else
            await SendAsync(uncertain ?? new(worker.Session.NextStep(MetricLane), taken.GetRange(0, Math.Min(MostPerStep, taken.Count)))).ConfigureAwait(false);
        return taken.Count > 0;
    }

    /// <summary>Sends the rest, when the process's last attempt has ended. Gives up at the first failure: figures are not worth waiting for.</summary>
    public async Task FinishAsync()
    {
        try
        {
            while (HasSome())
            {
                await worker.Session.Ready.WaitAsync(LongestWaitForSession, worker.Seams.Time).ConfigureAwait(false);
                await SendAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            Log.HousekeepingFailed(worker.Logger, worker.Store.Description, "record metrics", e);
        }
    }

    // What was taken goes first: only then are the meters asked for more.
    private bool HasSome()
    {
        if (taken.Count == 0)
        {
            foreach (JobMeter meter in Meters)
                meter.TakeInto(taken);
        }

        return taken.Count > 0;
    }

    private async Task SendAsync(RecordMetricsStep step)
    {
        try
        {
            await worker.Timeouts.Guard(worker.Store.RecordMetricsAsync(step, CancellationToken.None), worker.Seams.Time).ConfigureAwait(false);
            Forget(step);
        }
        catch (SessionLostException) when (uncertain is null)
        {
            throw; // nothing was done: they go with the next session
        }
        catch (StoreRejectedException)
        {
            throw; // nor now; whether an earlier try did is as uncertain as before
        }
        catch (Exception e) when (e is SessionLostException or StaleStepException or ArgumentException or NotSupportedException)
        {
            Forget(step);
            throw;
        }
        catch (Exception)
        {
            uncertain = step;
            throw;
        }
    }

    private void Forget(RecordMetricsStep step)
    {
        taken.RemoveRange(0, step.Figures.Count);
        uncertain = null;
    }
}
