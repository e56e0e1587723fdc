using System.Text;
using AsyncMQ.Queues;
using AsyncMQ.Testing.Clock;
using AsyncMQ.Workers;

namespace AsyncMQ.Testing.Running;

/// <summary>Decides when nothing can go on unless the clock is moved.</summary>
internal sealed class Stillness(Workforce workforce, TestScheduler scheduler, JobClientParts client, TestClock clock, RunWatches runs, Timeouts timeouts, Activity activity)
{
    private const int StableLooks = 4;
    private const int LooksBeforePause = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeProvider Real = TimeProvider.System;

    /// <summary>How long nothing may change, in real time, before the wait is given up.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long nothing must change, in real time, before a handler that may wait for the clock counts as waiting for it.</summary>
    public TimeSpan Doubt { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Waits until all is still.</summary>
    /// <param name="firesDue">Whether to fire timers that are due, and those that come due at once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">Nothing changed for a long time, but something still runs.</exception>
    public async Task ReachAsync(bool firesDue, CancellationToken cancellationToken)
    {
        long seen = -1, since = 0;
        int looks = 0, still = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (firesDue)
                await FireDueAsync(cancellationToken).ConfigureAwait(false);
            if (activity.Count is var count && count != seen)
                (seen, since, looks, still) = (count, Real.GetTimestamp(), 0, 0);

            // A look is not of one moment: what moved on during it may have been missed both where it was and where it is.
            Rest rest = Look();
            looks++;
            still = rest == Rest.Waits && activity.Count == seen ? still + 1 : 0;
            TimeSpan quiet = Real.GetElapsedTime(since);
            if (still >= StableLooks || (rest == Rest.MayWait && quiet >= Doubt))
                return;
            if (quiet >= Patience)
                throw new TimeoutException(Describe(quiet));

            if (looks < LooksBeforePause)
                await Task.Yield(); // behind what is queued to the pool
            else
                await Task.Delay(Pause, Real, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Fires the timers that are due, in order, each on the pool and to its callback's end.</summary>
    public async Task FireDueAsync(CancellationToken cancellationToken)
    {
        while (clock.TakeDue() is { } timer)
        {
            Task fired = scheduler.RunAsync(timer.Fire);
            if (fired.IsCompleted)
                continue;

            try
            {
                await fired.WaitAsync(Patience, Real, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException) when (!fired.IsCompleted)
            {
                throw new TimeoutException(Describe(Patience));
            }
        }
    }

    private Rest Look()
    {
        if (scheduler.IsPending || !client.Ends.IsAtRest || !client.Events.IsAtRest || workforce.Processes.Any(process => !process.AreSchedulesAtRest))
            return Rest.Busy;

        Rest rest = Rest.Waits;
        foreach (Pump pump in workforce.Pumps)
        {
            if (!pump.IsAtRest)
                return Rest.Busy;
            foreach (JobRun run in pump.Running)
            {
                Rest one = Look(pump, run);
                if (one > rest)
                    rest = one;
            }
        }

        return rest;
    }

    // Not among the watched ones: it waits for others to share a batch with, until the clock ends that; or is about to start its handler, or to say how it ended.
    private Rest Look(Pump pump, JobRun run) =>
        runs.Find(run) is { } watch ? watch.Look(timeouts.IsTimed(run)) : pump.Batches.IsGathering(run) ? Rest.Waits : Rest.Busy;

    private string Describe(TimeSpan quiet)
    {
        var text = new StringBuilder($"Nothing has changed for {quiet.TotalSeconds:0.#} s of real time, but the test host is not idle. ");
        bool isRunning = false;
        foreach ((Pump pump, JobRun run) in workforce.Pumps.SelectMany(pump => pump.Running.Select(run => (pump, run))))
        {
            if (Look(pump, run) == Rest.Waits)
                continue;

            RunWatch? watch = runs.Find(run);
            isRunning = true;
            text.Append($"Job {run.Job.Ref} ('{run.Job.Name}', attempt {run.Job.Attempt}) is still running: its handler ");
            text.Append(watch is { Threads: > 0 } ? "blocks a thread or computes. " : "waits for something that is not the host's clock. ");
        }

        text.Append(isRunning
            ? "Let handlers wait on the TimeProvider of their services (host.Time), as in Task.Delay(delay, time, token), and stand in for what is slow or never answers. "
              + "A wait for the token alone does not end by the clock: give it a delay on the clock, or the job a Timeout."
            : "No handler is to blame: please report this with the test.");
        return text.ToString();
    }
}
