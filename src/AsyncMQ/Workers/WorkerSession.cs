using AsyncMQ.Diagnostics;
using AsyncMQ.Queues;
using AsyncMQ.Seams;
using AsyncMQ.Storage;
using Microsoft.Extensions.Logging;

namespace AsyncMQ.Workers;

/// <summary>
/// The session of a process's workers: one lease for all their claims, renewed on a thread of its own. When it is lost, running handlers are told and a
/// new session is opened. Producers have a session of their own, so that an add never suffers from a worker's lost lease.
/// </summary>
internal sealed class WorkerSession(
    IJobStore store, RuntimeSeams seams, StoreTimeouts timeouts, SessionInfo template, TimeSpan renewInterval, ILogger logger)
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, long> sequences = [];
    private readonly List<Pump> pumps = [];
    private Task opening = Task.CompletedTask;
    private SessionInfo? info;
    private IBeat? beat;
    private IDisposable? watch;
    private bool renewFailing;
    private bool differed;
    private bool isQuiet;
    private volatile bool stopping;

    public SessionId Id => info!.Id;

    /// <summary>Ends when the current session is open.</summary>
    public Task Ready => seams.Scheduler.Rejoin(opening);

    /// <summary>The next step on a lane of the current session.</summary>
    public StepId NextStep(int lane)
    {
        lock (gate)
        {
            long next = sequences.GetValueOrDefault(lane) + 1;
            sequences[lane] = next;
            return new(Id, lane, next);
        }
    }

    /// <summary>Opens the session and starts to renew it.</summary>
    public async Task StartAsync(IEnumerable<Pump> working, CancellationToken cancellationToken)
    {
        pumps.AddRange(working);
        info = template with { Id = new(seams.NewGuid()) };
        await timeouts.Guard(Open(info, cancellationToken), seams.Time).ConfigureAwait(false);
        watch = store.Watch(OnSignal);
        beat = seams.Scheduler.StartBeat("AsyncMQ lease keeper", renewInterval, Renew);
    }

    /// <summary>Opens a new session in place of a lost one; returns when it is open. Called by whoever learns of the loss; the first one acts.</summary>
    public Task ReplaceAsync(SessionId lost)
    {
        lock (gate)
        {
            if (Id == lost && opening.IsCompleted)
            {
                info = Another();
                opening = seams.Scheduler.Start(() => ReopenAsync(lost));
            }

            return Ready;
        }
    }

    /// <summary>True when the store is asked nothing more.</summary>
    public bool IsLeft => stopping;

    /// <summary>Renews no more, and leaves the session to run out.</summary>
    public void Leave()
    {
        stopping = true;
        watch?.Dispose();
        beat?.Dispose();
    }

    /// <summary>Ends the session in order.</summary>
    /// <returns>False when the store did not answer.</returns>
    public async Task<bool> CloseAsync()
    {
        Leave();
        try
        {
            await store.CloseAsync(Id, CancellationToken.None).WaitAsync(timeouts.Call, seams.Time).ConfigureAwait(false);
            return true;
        }
        catch (Exception e)
        {
            Log.HousekeepingFailed(logger, store.Description, "close", e);
            return false;
        }
    }

    private async ValueTask<bool> Open(SessionInfo session, CancellationToken cancellationToken)
    {
        await store.OpenAsync(session, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task ReopenAsync(SessionId lost)
    {
        int told = 0;
        foreach (Pump pump in pumps)
            told += pump.OnSessionLost(lost);
        Log.LeaseLost(logger, told);
        for (int tries = 1; !stopping; tries++)
        {
            try
            {
                await timeouts.Guard(Open(info!, CancellationToken.None), seams.Time).ConfigureAwait(false);
                return;
            }
            catch (SessionLostException e)
            {
                // Opened, its answer lost, and declared dead before the next try: an id is not opened twice.
                lock (gate)
                {
                    if (Id == e.Session)
                        info = Another();
                }
            }
            catch (Exception e)
            {
                if (tries == 1)
                    Log.HousekeepingFailed(logger, store.Description, "open a session", e);
                await Task.Delay(StoreTimeouts.Pause(tries, seams.Random.NextDouble()), seams.Time).ConfigureAwait(false);
            }
        }
    }

    // On the keeper's own thread: no await, no pool, no user code.
    private void Renew()
    {
        if (!opening.IsCompletedSuccessfully)
            return;

        SessionId session = Id;
        PumpLook[] look = Look();
        try
        {
            RenewReply reply = store.Renew(new(session, look.Sum(pump => pump.Held)));
            renewFailing = false;
            if (!reply.Alive)
            {
                _ = ReplaceAsync(session);
                return;
            }

            Heed(session, reply.IsQuiet);
            foreach (SessionClaim claim in reply.Cancellations)
                pumps.ForEach(pump => pump.CancelClaim(claim));
            Compare(session, reply.Claims, look);
        }
        catch (Exception e)
        {
            if (!renewFailing)
                Log.RenewFailed(logger, e);
            renewFailing = true;
        }
    }

    // In the words of the session that it is about: a lost one's answer may come after the next is open.
    private void Heed(SessionId session, bool quiet)
    {
        lock (gate)
        {
            if (Id != session || isQuiet == quiet)
                return;
            isQuiet = quiet;
        }

        Log.WorkerQuiet(logger, quiet ? "takes no more jobs" : "takes jobs again");
        pumps.ForEach(pump => pump.BeQuiet(quiet));
    }

    // Whoever made the process quiet meant the process, not its session.
    private SessionInfo Another() => template with { Id = new(seams.NewGuid()), IsQuiet = isQuiet };

    // With no round trip under way the numbers must agree. Twice they do not: the store or the process has forgotten something.
    private void Compare(SessionId session, int stored, PumpLook[] look)
    {
        if (!IsStill(look))
            return;

        bool differs = stored != look.Sum(pump => pump.Held);
        if (differs && differed)
            _ = seams.Scheduler.Start(() => ReconcileAsync(session));
        differed = differs && !differed;
    }

    private async Task ReconcileAsync(SessionId session)
    {
        try
        {
            PumpLook[] look = Look();
            IReadOnlyList<SessionClaim> stored = await timeouts.Guard(store.ClaimsAsync(session, CancellationToken.None), seams.Time).ConfigureAwait(false);
            var claims = stored.ToHashSet();
            var orphans = stored.ToHashSet();
            for (int i = 0; i < look.Length; i++)
            {
                if (pumps[i].Reconcile(claims, look[i]) is not { } held)
                    return; // it claims and settles: at another beat
                orphans.ExceptWith(held);
            }

            if (orphans.Count > 0 && Id == session)
                pumps[0].HandBack(orphans);
        }
        catch (Exception e)
        {
            Log.HousekeepingFailed(logger, store.Description, "compare claims", e);
        }
    }

    private PumpLook[] Look() => [.. pumps.Select(pump => pump.Look())];

    private bool IsStill(PumpLook[] before)
    {
        for (int i = 0; i < before.Length; i++)
        {
            if (!before[i].IsStill || pumps[i].Look() is not { IsStill: true } now || now.Trips != before[i].Trips)
                return false;
        }

        return true;
    }

    private void OnSignal(StoreSignal signal)
    {
        if (signal.Kind != StoreSignalKind.Mail || signal.Session != Id)
            return;

        beat?.Now();
        if (!stopping)
            TellLostRuns(signal.Session);
    }

    // Apart from OnSignal, which is called for every job that ends and must not make a closure for it.
    private void TellLostRuns(SessionId session) => _ = seams.Scheduler.Start(() => TellLostRunsAsync(session));

    // A run that was there before the store was asked, is still there after, and is not in its answer, has lost its claim: its job was removed.
    private async Task TellLostRunsAsync(SessionId session)
    {
        try
        {
            JobRun[] before = [.. pumps.SelectMany(pump => pump.Running)];
            IReadOnlyList<SessionClaim> stored = await timeouts.Guard(store.ClaimsAsync(session, CancellationToken.None), seams.Time).ConfigureAwait(false);
            var claims = stored.ToHashSet();
            foreach (JobRun run in pumps.SelectMany(pump => pump.Running).Intersect(before))
            {
                if (run.Job.Token.Session == session && !claims.Contains(Pump.ClaimOf(run.Job)))
                    run.Cancel(JobCancellationReason.LeaseLost);
            }
        }
        catch (Exception e)
        {
            Log.HousekeepingFailed(logger, store.Description, "compare claims", e);
        }
    }
}
