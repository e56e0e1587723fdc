using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Working;

/// <summary>Gives waiting jobs to a worker.</summary>
internal sealed class Claiming(Books books, Finishing finishing)
{
    private readonly Statement ready = books.Database.Prepare("exchange/ready");
    private readonly Statement parked = books.Database.Prepare("exchange/parked");
    private readonly Statement nextParkedName = books.Database.Prepare("exchange/next-parked-name");
    private readonly Statement claim = books.Database.Prepare("exchange/claim");
    private readonly List<Candidate> candidates = [];

    /// <summary>Claims from the queues asked for, in order.</summary>
    public List<ClaimedJob> Claim(SessionEntry session, ExchangeStep step)
    {
        var token = new ClaimToken(step.Step.Session, step.Step.Lane, step.Step.Sequence);
        var share = new Share(step.Slots, step.Prefetch);
        List<ClaimedJob> claimed = [];
        claim.Start().Bind(books.Now).Bind(session.NameId).Bind(session.Key).Bind(token.Lane).Bind(token.Sequence);
        foreach (QueueClaim wanted in step.Claims)
        {
            if (share.Left == 0)
                break;
            if (books.Queues.Find(wanted.Queue) is { } queue && !queue.IsShut(books.Now))
                Claim(session, queue, wanted.Max, token, share, claimed);
        }

        return claimed;
    }

    /// <summary>Whether a queue has jobs that a session could claim now.</summary>
    public bool HasWork(SessionEntry session, QueueEntry queue)
    {
        if (queue[JobState.Waiting] > queue.Parked)
            return true;
        return queue.Parked > 0 && KnownParkedNames(session, queue).Count > 0;
    }

    private void Claim(SessionEntry session, QueueEntry queue, int most, ClaimToken token, Share share, List<ClaimedJob> claimed)
    {
        if (share.IsStopped(queue))
            return;

        int wanted = Math.Min(most, share.Left);
        while (wanted > 0 && queue[JobState.Waiting] > 0)
        {
            Collect(session, queue, wanted);
            int seen = 0;
            foreach (Candidate candidate in candidates)
            {
                seen++;
                if (candidate.Expires <= books.Now || !candidate.IsReadable)
                {
                    End(candidate);
                    continue;
                }

                if (!share.TryTake(queue, candidate))
                    return;
                Take(queue, candidate);
                claimed.Add(candidate.ToClaimed(queue.Name, token));
                wanted--;
            }

            if (seen == 0)
                return;
        }
    }

    private void Take(QueueEntry queue, in Candidate candidate)
    {
        claim.After(5).Bind(candidate.Handle).Run();
        books.Queues.Leave(queue, JobState.Waiting, candidate.Priority, candidate.IsParked);
        books.Queues.Enter(queue, JobState.Active, candidate.Priority);
    }

    /// <summary>One that may no longer start, or whose record is damaged, so that nobody can tell what to run.</summary>
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

    private void Collect(SessionEntry session, QueueEntry queue, int limit)
    {
        candidates.Clear();
        Read(ready.Start().Bind(queue.Id).Bind(limit), isParked: false);
        if (queue.Parked == 0)
            return;

        foreach (long name in KnownParkedNames(session, queue))
            Read(parked.Start().Bind(queue.Id).Bind(name).Bind(limit), isParked: true);
        candidates.Sort();
        if (candidates.Count > limit)
            candidates.RemoveRange(limit, candidates.Count - limit);
    }

    private void Read(Statement rows, bool isParked)
    {
        while (rows.Step())
            candidates.Add(Candidate.Read(rows, books, isParked));
    }

    // Through the names that are parked, or through those that the session knows, whichever are fewer: anybody can park as many as he likes.
    private List<long> KnownParkedNames(SessionEntry session, QueueEntry queue)
    {
        List<long> known = [];
        long after = 0;
        for (int seen = 0; nextParkedName.Start().Bind(queue.Id).Bind(after).RunForNumber() is { } name; seen++)
        {
            if (seen > session.KnownNames.Count)
                return ParkedOf(session, queue);
            if (books.Names.Text(name) is { } text && session.KnownNames.Contains(text))
                known.Add(name);
            after = name;
        }

        return known;
    }

    private List<long> ParkedOf(SessionEntry session, QueueEntry queue)
    {
        List<long> known = [];
        foreach (string text in session.KnownNames)
        {
            if (books.Names.Find(text) is { } name && nextParkedName.Start().Bind(queue.Id).Bind(name - 1).RunForNumber() == name)
                known.Add(name);
        }

        return known;
    }

    /// <summary>What one Exchange may still take.</summary>
    private sealed class Share(int slots, int prefetch)
    {
        private readonly List<QueueEntry> stopped = [];

        public int Left { get; private set; } = slots + prefetch;

        /// <summary>Its next job is one that cannot wait in a worker.</summary>
        public bool IsStopped(QueueEntry queue) => stopped.Contains(queue);

        public bool TryTake(QueueEntry queue, in Candidate candidate)
        {
            if (Left <= prefetch && !candidate.IsPlain)
            {
                stopped.Add(queue);
                return false;
            }

            Left--;
            return true;
        }
    }
}
