using AsyncMQ.Diagnostics;
using AsyncMQ.Queues;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>The pump's dealings with a store that fails, a session that is lost, and a host that stops.</summary>
internal sealed partial class Pump
{
    private long trips;
    private bool isUnderWay;
    private bool wasSentOnce;

    /// <summary>What the pump holds now.</summary>
    public PumpLook Look()
    {
        lock (gate)
            return new(trips, !isUnderWay, RunsOf(worker.Session.Id).Length + unstarted.Count + (quarantine.Next is null ? 0 : 1) + finished.Count);
    }

    private void BeginTrip()
    {
        trips++;
        isUnderWay = true;
    }

    private void EndTrip() => isUnderWay = false;

    // Null: the session was lost, and with it everything the step spoke of.
    private async ValueTask<ExchangeReply?> ExchangeAsync(ExchangeStep step)
    {
        await worker.Session.Ready.ConfigureAwait(false);
        while (true)
        {
            try
            {
                ExchangeReply reply = await worker.Timeouts.Guard(worker.Store.ExchangeAsync(step, CancellationToken.None), worker.Seams.Time).ConfigureAwait(false);
                wasSentOnce = Interlocked.Exchange(ref tries, 0) == 0;
                if (!wasSentOnce)
                    Log.StoreRecovered(worker.Logger, worker.Store.Description, Name);
                return reply;
            }
            catch (SessionLostException e)
            {
                await worker.Session.ReplaceAsync(e.Session).ConfigureAwait(false);
                return null;
            }
            catch (Exception e) when (e is StaleStepException or ArgumentException or NotSupportedException)
            {
                // Said again it would be refused again, for ever. The claims are left to recovery, which counts a stall: a job that is to blame ends.
                Log.StepRefused(worker.Logger, worker.Store.Description, Name, e);
                await Task.Delay(PauseAfterFault, worker.Seams.Time).ConfigureAwait(false);
                await worker.Session.ReplaceAsync(step.Step.Session).ConfigureAwait(false);
                return null;
            }
            catch (Exception e)
            {
                if (tries == 0)
                    Log.StoreFailing(worker.Logger, worker.Store.Description, Name, e);
                if (!givingUp)
                    await Task.Delay(StoreTimeouts.Pause((int)Math.Min(++tries, 100), worker.Seams.Random.NextDouble()), worker.Seams.Time).ConfigureAwait(false);
                if (givingUp)
                    return null;
            }
        }
    }

    /// <summary>The session is lost: running handlers are told, unstarted jobs forgotten, settlements dropped.</summary>
    public int OnSessionLost(SessionId lost)
    {
        JobRun[] running;
        lock (gate)
        {
            finished.RemoveAll(settlement => settlement.Token.Session == lost);
            unstarted.Clear();
            quarantine.GiveUp();
            running = RunsOf(lost);
            Volatile.Write(ref mayHaveWork, 1);
        }

        foreach (JobRun run in running)
            run.Cancel(JobCancellationReason.LeaseLost);
        signal.Set();
        return running.Length;
    }

    /// <summary>Somebody asked a running job to stop.</summary>
    public void CancelClaim(SessionClaim claim)
    {
        JobRun? found;
        lock (gate)
        {
            found = RunsOf(claim.Token.Session).FirstOrDefault(run => run.Job.Ref == claim.Job && run.Job.Token == claim.Token);

            // One that has not started must not start; the store ends it as cancelled.
            if (found is null && unstarted.Any(job => ClaimOf(job) == claim))
                HandBackUnstarted();
            else if (quarantine.Next is { } next && ClaimOf(next) == claim)
                finished.Add(HandedBack(quarantine.GiveUp()!));
        }

        found?.Cancel(JobCancellationReason.Cancelled);
        signal.Set();
    }

    /// <summary>The store's list of this session's claims differs from what the process holds: runs that it no longer owns are told.</summary>
    /// <param name="claims">The store's list.</param>
    /// <param name="since">What the pump held before the list was asked for.</param>
    /// <returns>What it holds; null when a round trip made the list old.</returns>
    public IReadOnlyList<SessionClaim>? Reconcile(IReadOnlySet<SessionClaim> claims, PumpLook since)
    {
        List<SessionClaim> held = [];
        lock (gate)
        {
            if (isUnderWay || trips != since.Trips)
                return null;

            foreach (JobRun run in RunsOf(worker.Session.Id))
            {
                held.Add(ClaimOf(run.Job));
                if (!claims.Contains(held[^1]))
                    run.Cancel(JobCancellationReason.LeaseLost);
            }

            held.AddRange(unstarted.Select(ClaimOf));
            if (quarantine.Next is { } next)
                held.Add(ClaimOf(next));
            held.AddRange(finished.Select(settlement => new SessionClaim(settlement.Job, settlement.Handle, settlement.Token)));
        }

        return held;
    }

    /// <summary>Claims of this session that nobody in the process holds: a reply that never came. They go back.</summary>
    public void HandBack(IEnumerable<SessionClaim> orphans)
    {
        lock (gate)
            finished.AddRange(orphans.Select(claim => new Settlement(claim.Job, claim.Handle, claim.Token, AnyFlags, SettlementKind.HandBack)));
        signal.Set();
    }

    // Nobody here knows the flags of a claim that never came: the store had better look.
    private const JobFlags AnyFlags = (JobFlags)byte.MaxValue;

    public static SessionClaim ClaimOf(ClaimedJob job) => new(job.Ref, job.Handle, job.Token);

    private JobRun[] RunsOf(SessionId session) =>
        [.. slots.Select(slot => slot.Current).OfType<JobRun>().Where(run => run.Job.Token.Session == session)];
}

/// <summary>A look at a pump.</summary>
/// <param name="Trips">How many round trips it has begun.</param>
/// <param name="IsStill">False while one is under way; then nobody can say how many claims it holds.</param>
/// <param name="Held">How many claims of the current session it holds.</param>
internal readonly record struct PumpLook(long Trips, bool IsStill, int Held);
