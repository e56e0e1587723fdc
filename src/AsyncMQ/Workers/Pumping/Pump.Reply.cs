using AsyncMQ.Diagnostics;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>What the pump makes of a reply: jobs start, wait, go back or are parked; and when it is to ask again.</summary>
internal sealed partial class Pump
{
    // Without a reply the session was lost, and with it everything the step spoke of; the question stands.
    private void Apply(ExchangeStep step, ExchangeReply? reply, TimeSpan trip)
    {
        if (reply is null)
        {
            lock (gate)
                EndTrip();
            choice.Learn(haveMore: true, []);
            Volatile.Write(ref mayHaveWork, 1);
            return;
        }

        worker.Ended.Add(reply.Settled.Count);
        for (int i = 0; i < reply.Settled.Count; i++)
        {
            if (reply.Settled[i] == SettleOutcome.Lost)
                Log.ClaimLost(worker.Logger, step.Settlements[i].Job);
        }

        bool haveMore = reply.NextWork is { } soon && soon <= TimeSpan.Zero;
        bool othersMayHave = false;
        lock (gate)
        {
            EndTrip();
            prefetch.Learn(trip.TotalSeconds, runTicks / (double)worker.Seams.Time.TimestampFrequency, runs);
            runTicks = runs = 0;
            if (step.Claims.Count > 0)
                othersMayHave = choice.Learn(haveMore, reply.ReadyQueues);

            foreach (ClaimedJob job in reply.Claimed)
                Take(job);
            if (quarantine.Next is not null && finished.Count == 0 && idle.TryPop(out Slot? slot))
                Start(slot, quarantine.Start());
        }

        if (step.Claims.Count > 0)
            PlanNext(reply, haveMore, othersMayHave);
    }

    private void Take(ClaimedJob job)
    {
        if (job.Token.Session != worker.Session.Id)
            return; // lost while the reply was on its way

        if (TakesNone)
        {
            finished.Add(HandedBack(job));
        }
        else if (!worker.Handlers.ContainsKey(job.Name))
        {
            Log.JobParked(worker.Logger, job.Ref, job.Name);
            finished.Add(new(job.Ref, job.Handle, job.Token, job.Flags, SettlementKind.Park));
        }
        else if (job.Stalls > 0 && Quarantine.Takes(job.Stalls, worker.MaxStallsOf(job.Ref.Queue)))
        {
            if (quarantine.IsTaken)
                finished.Add(HandedBack(job) with { Delay = Quarantine.Turn * (0.5 + (0.5 * worker.Seams.Random.NextDouble())) });
            else
                quarantine.Take(job);
        }
        else if (idle.TryPop(out Slot? slot))
        {
            Start(slot, job);
        }
        else
        {
            if (unstarted.Count == 0)
                unstartedSince = worker.Seams.Time.GetTimestamp();
            unstarted.Enqueue(job);
        }
    }

    private static void Start(Slot slot, ClaimedJob job)
    {
        slot.Hold(job);
        slot.Start();
    }

    private void PlanNext(ExchangeReply reply, bool haveMore, bool othersMayHave)
    {
        if (haveMore && (reply.Claimed.Count > 0 || reply.Settled.Count > 0))
            Volatile.Write(ref mayHaveWork, 1);
        else if (othersMayHave)
            Volatile.Write(ref mayHaveWork, 1);
        else if (reply.NextWork is { } wait)
            // Told of work but given none: not again at once, whatever the store thinks.
            nextPoll = Math.Min(nextPoll, Later(wait > EmptyHandedPause ? wait : EmptyHandedPause));
    }
}
