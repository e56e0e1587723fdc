using AsyncMQ.Diagnostics;
using AsyncMQ.Queues;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>The pump's dealings with a store that fails, a session that is lost, and a host that stops.</summary>
internal sealed partial class Pump
{
    private volatile bool inExchange;

    /// <summary>Counts round trips begun and ended, so that two looks at the number of claims can tell whether one fell between.</summary>
    public long Trips { get; private set; }

    /// <summary>How many claims the pump holds; exact only while no round trip is under way.</summary>
    public int Held
    {
        get
        {
            lock (gate)
                return slots.Length - idle.Count + unstarted.Count + finished.Count;
        }
    }

    public bool IsInExchange => inExchange;

    // Null: the session was lost, and with it everything the step spoke of.
    private async ValueTask<ExchangeReply?> ExchangeAsync(ExchangeStep step)
    {
        inExchange = true;
        Trips++;
        try
        {
            await worker.Session.Ready.ConfigureAwait(false);
            while (true)
            {
                try
                {
                    ExchangeReply reply = await worker.Timeouts.Guard(worker.Store.ExchangeAsync(step, CancellationToken.None), worker.Seams.Time).ConfigureAwait(false);
                    if (Interlocked.Exchange(ref tries, 0) > 0)
                        Log.StoreRecovered(worker.Logger, worker.Store.Description, Name);
                    return reply;
                }
                catch (SessionLostException e)
                {
                    await worker.Session.ReplaceAsync(e.Session).ConfigureAwait(false);
                    return null;
                }
                catch (Exception e)
                {
                    if (tries == 0)
                        Log.StoreFailing(worker.Logger, worker.Store.Description, Name, e);
                    if (IsGivingUp)
                        return null;
                    await Task.Delay(StoreTimeouts.Pause((int)Math.Min(++tries, 100), worker.Seams.Random.NextDouble()), worker.Seams.Time).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            Trips++;
            inExchange = false;
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
            if (found is null && unstarted.Any(job => job.Ref == claim.Job && job.Token == claim.Token))
                HandBackUnstarted(); // it must not start; the store ends it as cancelled
        }

        found?.Cancel(JobCancellationReason.Cancelled);
        signal.Set();
    }

    /// <summary>The store's list of this session's claims differs from what the process holds: set both right.</summary>
    /// <returns>The claims of the store that this pump holds.</returns>
    public IEnumerable<SessionClaim> Reconcile(IReadOnlySet<SessionClaim> claims)
    {
        List<SessionClaim> held = [];
        lock (gate)
        {
            foreach (Slot slot in slots)
            {
                if (slot.Current is { } run && !KeepIfCurrent(run.Job))
                    run.Cancel(JobCancellationReason.LeaseLost);
            }

            foreach (ClaimedJob job in unstarted)
                KeepIfCurrent(job);
            held.AddRange(finished.Select(settlement => new SessionClaim(settlement.Job, settlement.Handle, settlement.Token)));
        }

        return held;

        bool KeepIfCurrent(ClaimedJob job)
        {
            var claim = new SessionClaim(job.Ref, job.Handle, job.Token);
            held.Add(claim);
            return job.Token.Session != worker.Session.Id || claims.Contains(claim);
        }
    }

    /// <summary>Claims of this session that nobody in the process holds: a reply that never came. They go back.</summary>
    public void HandBack(IEnumerable<SessionClaim> orphans)
    {
        lock (gate)
            finished.AddRange(orphans.Select(claim => new Settlement(claim.Job, claim.Handle, claim.Token, JobFlags.None, SettlementKind.HandBack)));
        signal.Set();
    }

    private JobRun[] RunsOf(SessionId session) =>
        [.. slots.Select(slot => slot.Current).OfType<JobRun>().Where(run => run.Job.Token.Session == session)];
}
