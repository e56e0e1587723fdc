using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Working;

/// <summary>Gives waiting jobs to a worker.</summary>
internal sealed class Claiming(Books books, Finishing finishing, Choosing choosing)
{
    private readonly Statement claim = books.Database.Prepare("exchange/claim");
    private readonly Statement claimInTurn = books.Database.Prepare("keys/claim");
    private bool isTurnBound;

    /// <summary>Claims from the queues asked for, in order.</summary>
    public List<ClaimedJob> Claim(SessionEntry session, ExchangeStep step)
    {
        var token = new ClaimToken(step.Step.Session, step.Step.Lane, step.Step.Sequence);
        var share = new Share(step.Slots, step.Prefetch);
        List<ClaimedJob> claimed = [];
        claim.Start().Bind(books.Now).Bind(session.NameId).Bind(session.Key).Bind(token.Lane).Bind(token.Sequence);
        isTurnBound = false;
        foreach (QueueClaim wanted in step.Claims)
        {
            if (share.Left == 0)
                break;
            if (books.Queues.Find(wanted.Queue) is not { } queue)
                continue;
            if (queue.Budget(books.Now) is > 0 and var budget)
                Claim(session, queue, Math.Min(wanted.Max, budget), token, share, claimed);
            books.Telling.Limit(queue);
        }

        return claimed;
    }

    private void Claim(SessionEntry session, QueueEntry queue, int most, ClaimToken token, Share share, List<ClaimedJob> claimed)
    {
        if (share.IsStopped(queue))
            return;

        int wanted = Math.Min(most, share.Left);
        while (wanted > 0 && queue[JobState.Waiting] > 0)
        {
            choosing.Choose(session, queue, Math.Min(wanted, share.MostAtOnce(queue)));
            bool inTurn = queue.Keyed > 0;
            int seen = 0;
            foreach (Candidate candidate in choosing.Candidates)
            {
                seen++;
                if (candidate.Expires <= books.Now || !candidate.IsReadable)
                {
                    End(candidate);
                    if (inTurn)
                        break;
                    continue;
                }

                if (candidate.IsAstray && TryPutRight(candidate))
                    break;
                if (share.IsUsedUp && !MayBeClaimedAhead(queue, candidate))
                {
                    share.Stop(queue);
                    return;
                }

                if (!TryTake(session, queue, candidate, token))
                {
                    End(candidate);
                    if (inTurn)
                        break;
                    continue;
                }

                share.Take();
                claimed.Add(candidate.ToClaimed(queue.Name, token, books.Now));
                books.Telling.Started(queue.Name, claimed[^1], session.Info.Name);
                wanted--;
            }

            if (seen == 0)
                return;
        }
    }

    private bool MayBeClaimedAhead(QueueEntry queue, in Candidate candidate) =>
        candidate.Expires is null && !candidate.IsAstray && books.Keys.AllowAhead(queue, candidate.Key);

    /// <summary>Claims a job. False: a transaction of an earlier attempt has completed it, and a process of an earlier minor put it back.</summary>
    private bool TryTake(SessionEntry session, QueueEntry queue, in Candidate candidate, in ClaimToken token)
    {
        int changed = queue.Keyed > 0 ? TakeInTurn(session, candidate, token) : claim.After(5).Bind(candidate.Handle).Run();
        if (changed == 0)
            return false;

        books.Queues.Leave(queue, JobState.Waiting, candidate.Priority, candidate.Parked);
        books.Queues.Enter(queue, JobState.Active, candidate.Priority);
        if (queue.Window is { } window && queue.Limits?.Rate is { } rate)
        {
            window.Spend(rate, books.Now);
            books.Queues.TouchLimits(queue);
        }

        if (candidate.Key is { } key)
            books.Keys.Claim(queue, key, candidate.Seat, candidate.Handle);
        else if (queue.Keyed > 0)
            books.Keys.Plain.Stand(queue, candidate.Priority);
        return true;
    }

    // The row tells the order of claims: where they are given back by time alone, keys would take their places in another order.
    private int TakeInTurn(SessionEntry session, in Candidate candidate, in ClaimToken token)
    {
        if (!isTurnBound)
            claimInTurn.Start().Bind(books.Now).Bind(session.NameId).Bind(session.Key).Bind(token.Lane).Bind(token.Sequence);
        isTurnBound = true;
        long seat = (books.Ledger.NextNumber() * 4) + (int)(candidate.Key is null ? Keys.SeatKind.None : Keys.SeatKind.Active);
        return claimInTurn.After(5).Bind(seat).Bind(candidate.Handle).Run();
    }

    // A process of an earlier minor, which knows no keys, made it waiting.
    private bool TryPutRight(in Candidate candidate)
    {
        if (books.Jobs.Find(candidate.Handle) is not { Key: not null } job)
            return false;
        books.Jobs.Enter(job, JobState.Waiting, job.IsParked);
        return true;
    }

    /// <summary>One that is completed already, may no longer start, or whose record is damaged, so that nobody can tell what to run.</summary>
    private void End(in Candidate candidate)
    {
        if (books.Jobs.Find(candidate.Handle) is not { } job)
            return;
        if (candidate.IsReadable)
        {
            finishing.Finish(job, JobState.Expired);
            return;
        }

        finishing.Fail(job, "The store's record of this job is damaged: its name or its arguments are missing."u8.ToArray());
    }

    /// <summary>What one Exchange may still take.</summary>
    private sealed class Share(int slots, int prefetch)
    {
        private readonly List<QueueEntry> stopped = [];

        public int Left { get; private set; } = slots + prefetch;

        /// <summary>Its next job is one that cannot wait in a worker.</summary>
        public bool IsStopped(QueueEntry queue) => stopped.Contains(queue);

        /// <summary>Whether all that can start at once is taken.</summary>
        public bool IsUsedUp => Left <= prefetch;

        /// <summary>How many to look at in one go: where the next is likely not to be taken, one is enough.</summary>
        public int MostAtOnce(QueueEntry queue)
        {
            if (!IsUsedUp)
                return Left - prefetch;
            return LimitRules.AllowAhead(queue.Limits, queue.Limits?.PerKey, 0) ? Left : 1;
        }

        public void Stop(QueueEntry queue) => stopped.Add(queue);

        public void Take() => Left--;
    }
}
