using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Exchange: settle, expire, promote, claim.</content>
internal sealed partial class InMemoryJobStore
{
    private const int MostSideEffects = 1_000;

    private long exchanges;

    private ExchangeReply ExchangeOnce(ExchangeStep step)
    {
        StoredSession session = Use(step.Step.Session);
        Lane lane = session.LaneOf(step.Step);
        if (lane.Repeat(step.Step) is { } kept)
            return ReadAnew((ExchangeReply)kept, session);

        ExchangeReply reply = Exchange(step, session);
        lane.Keep(step.Step, reply);
        return reply;
    }

    private ExchangeReply Exchange(ExchangeStep step, StoredSession session)
    {
        exchanges++;
        SettleOutcome[] settled = Settle(step.Settlements, session);
        SpreadEffects();
        int expiries = MostSideEffects, promotions = MostSideEffects;
        foreach (QueueClaim claim in step.Claims)
        {
            if (queues.TryGetValue(claim.Queue, out StoredQueue? queue))
            {
                queue.AskedAt = exchanges;
                Expire(queue, ref expiries);
                Promote(queue, ref promotions);
                if (queue.HasKeys)
                    queue.Keys.OpenDue(now);
            }
        }

        return new()
        {
            Settled = settled,
            Claimed = Claim(step, session),
            NextWork = NextWork(step.Claims, session),
            ReadyQueues = session.IsWide && !session.IsQuiet ? ReadyQueues(step.Claims, session) : [],
        };
    }

    /// <summary>Ends waiting and delayed jobs whose time-to-live is over.</summary>
    private void Expire(StoredQueue queue, ref int budget)
    {
        for (; budget > 0 && queue.Expiring.TryGetDue(now, out JobEntry? entry); budget--)
            Finish(entry, JobState.Expired);
    }

    private void Promote(StoredQueue queue, ref int budget)
    {
        for (; budget > 0 && queue.Delayed.TryGetDue(now, out JobEntry? entry); budget--)
        {
            MoveToWaiting(entry);
            Tell(JobEventKinds.Promoted, entry);
        }
    }

    private List<ClaimedJob> Claim(ExchangeStep step, StoredSession session)
    {
        if (!session.HasLease || session.IsQuiet)
            return [];

        var claimed = new List<ClaimedJob>();
        foreach (QueueClaim claim in step.Claims)
        {
            if (!queues.TryGetValue(claim.Queue, out StoredQueue? queue))
                continue;
            if (queue.Budget(now) is > 0 and var budget)
                Claim(queue, Math.Min(budget, claim.Max), step, session, claimed);
            TellLimit(queue);
        }

        return claimed;
    }

    private void Claim(StoredQueue queue, int most, ExchangeStep step, StoredSession session, List<ClaimedJob> claimed)
    {
        most = Math.Min(most, step.Slots + step.Prefetch - claimed.Count);
        claimed.EnsureCapacity(claimed.Count + Math.Min(most, queue.Waiting.Count));
        for (int taken = 0; taken < most && queue.NextFor(session) is { } entry; taken++)
        {
            bool mayOnlyBeHeld = claimed.Count >= step.Slots;
            if ((mayOnlyBeHeld && !queue.MayBeClaimedAhead(entry)) || entry.IsExpired(now))
                return;

            var waited = new TimeSpan(Math.Max(0, now - entry.At));
            MoveToActive(entry, session, step.Step);
            claimed.Add(ToClaimed(entry, waited));
        }
    }

    /// <summary>How long until the queues may have (more) work for this session: zero for now, null when nothing is known to come.</summary>
    private TimeSpan? NextWork(IReadOnlyList<QueueClaim> claims, StoredSession session)
    {
        if (session.IsQuiet)
            return null;

        // Whoever comes next releases what is left to release.
        if (NextEffect() is not null)
            return TimeSpan.Zero;

        long earliest = long.MaxValue;
        foreach (QueueClaim claim in claims)
        {
            if (queues.TryGetValue(claim.Queue, out StoredQueue? queue))
                earliest = Math.Min(earliest, queue.NextWorkAt(hasWaiting: queue.NextFor(session) is not null, now));
        }

        return earliest == long.MaxValue ? null : new TimeSpan(Math.Max(0, earliest - now));
    }

    /// <summary>The reply to a step sent again: what is still held under its token, read as it is now.</summary>
    private static ExchangeReply ReadAnew(ExchangeReply kept, StoredSession session)
    {
        var held = new List<ClaimedJob>(kept.Claimed.Count);
        foreach (ClaimedJob claimed in kept.Claimed)
        {
            if (FindClaimed(session, claimed.Ref, claimed.Handle, claimed.Token) is { } entry)
                held.Add(ToClaimed(entry, waited: null));
        }

        // What was said of work to come may have changed since: ask again at once.
        return kept with { Claimed = held, NextWork = TimeSpan.Zero };
    }

    private static ClaimedJob ToClaimed(JobEntry entry, TimeSpan? waited) => new()
    {
        Ref = entry.Ref,
        Handle = entry.Handle,
        Token = entry.Token,
        Name = entry.Name,
        Payload = entry.Payload,
        Envelope = entry.Envelope,
        Attempt = entry.Attempt,
        Stalls = entry.Stalls,
        Flags = entry.Flags,
        Priority = entry.Priority,
        AddedAt = ToTime(entry.AddedAt),
        Waited = waited,
    };
}
