using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Working;

/// <summary>One round trip of a worker.</summary>
internal sealed class Exchanging(Books books, Settling settling, Promoting promoting, Claiming claiming, Foresight foresight, ReadyIndex readyIndex)
{
    private const int MostSideEffects = 1_000;

    private readonly Statement claimed = books.Database.Prepare("exchange/claimed");

    public ExchangeReply Run(ExchangeStep step)
    {
        SessionEntry session = books.Sessions.Require(step.Step);
        if (books.Sessions.Replay(session, step.Step) is { } before)
            return ReadAgain(session, step, before);

        SettleOutcome[] settled = settling.Settle(session, step.Settlements);
        List<ClaimedJob> jobs = [];
        if (session.Info.Lease is not null)
        {
            PassTime(step);
            if (session.IsQuiet != true)
                jobs = claiming.Claim(session, step);
        }

        // Effects of what expired here would release jobs to a second try of this step.
        if (settled.Length > 0 || jobs.Count > 0 || books.Effects.Any())
            Keep(session, step.Step, settled, jobs);
        return Reply(session, step, settled, jobs);
    }

    /// <summary>The answer to a worker that brings nothing and for which there is nothing, without a transaction that writes; else null.</summary>
    public ExchangeReply? Peek(ExchangeStep step)
    {
        if (step.Settlements.Count > 0)
            return null;
        if (books.Sessions.Find(step.Step.Session) is not { IsAlive: true } session || books.Sessions.IsKnown(session, step.Step) || books.Effects.Any()
            || books.Inbox.Any())
            return null;

        if (session.Info.Lease is not null)
        {
            foreach (QueueClaim wanted in step.Claims)
            {
                if (books.Queues.Find(wanted.Queue) is { } queue && (queue[JobState.Waiting] > 0 || queue.HasLeft || promoting.HasDue(queue)))
                    return null;
            }
        }

        return Reply(session, step, [], []);
    }

    private void PassTime(ExchangeStep step)
    {
        int expiries = MostSideEffects;
        foreach (QueueClaim wanted in step.Claims)
        {
            if (books.Queues.Find(wanted.Queue) is { } queue && expiries > 0)
                expiries -= promoting.Expire(queue, expiries);
        }

        int promotions = MostSideEffects;
        foreach (QueueClaim wanted in step.Claims)
        {
            if (books.Queues.Find(wanted.Queue) is { } queue && promotions > 0)
                promotions -= promoting.Promote(queue, promotions);
        }

        foreach (QueueClaim wanted in step.Claims)
        {
            if (books.Queues.Find(wanted.Queue) is { } queue && (queue.Keyed > 0 || queue.HasLeft))
                books.Keys.OpenDue(queue);
        }
    }

    private ExchangeReply Reply(SessionEntry session, ExchangeStep step, SettleOutcome[] settled, List<ClaimedJob> jobs) => new()
    {
        Settled = settled,
        Claimed = jobs,
        NextWork = IsGivenWork(session) ? NextWork(session, step.Claims) : null,
        ReadyQueues = IsGivenWork(session) ? readyIndex.Ready(session, step.Claims) : [],
    };

    private static bool IsGivenWork(SessionEntry session) => session.Info.Lease is not null && session.IsQuiet != true;

    private TimeSpan? NextWork(SessionEntry session, IReadOnlyList<QueueClaim> claims)
    {
        // Whoever comes next takes in what is left to take in, and releases what is left to release.
        if (books.Effects.Any() || books.Inbox.Any())
            return TimeSpan.Zero;

        long next = long.MaxValue;
        foreach (QueueClaim wanted in claims)
        {
            if (books.Queues.Find(wanted.Queue) is { } queue)
                next = Math.Min(next, foresight.NextWorkAt(session, queue));
            if (next <= books.Now)
                return TimeSpan.Zero;
        }

        return next == long.MaxValue ? null : new TimeSpan(next - books.Now);
    }

    private void Keep(SessionEntry session, StepId step, SettleOutcome[] settled, List<ClaimedJob> jobs)
    {
        ByteWriter bytes = books.Reply.Number(settled.Length);
        foreach (SettleOutcome outcome in settled)
            bytes.Byte((byte)outcome);
        bytes.Number(jobs.Count);
        long last = 0;
        foreach (ClaimedJob job in jobs)
        {
            bytes.Number(job.Handle - last);
            last = job.Handle;
        }

        books.Sessions.Keep(session, step, bytes.Written);
    }

    private ExchangeReply ReadAgain(SessionEntry session, ExchangeStep step, byte[] before)
    {
        var reader = new ByteReader(before);
        var settled = new SettleOutcome[reader.Count()];
        for (int i = 0; i < settled.Length; i++)
            settled[i] = (SettleOutcome)reader.Byte();

        var token = new ClaimToken(step.Step.Session, step.Step.Lane, step.Step.Sequence);
        List<ClaimedJob> jobs = [];
        long handle = 0;
        for (int left = reader.Count(); left > 0; left--)
        {
            handle += reader.Number();
            if (!claimed.Start().Bind(handle).Bind(session.Key).Bind(token.Lane).Bind(token.Sequence).Step())
                continue;
            long queueId = claimed.Long(13);
            Candidate candidate = Candidate.Read(claimed, books, parked: 0);
            claimed.Reset();
            if (books.Queues.Find(queueId) is { } queue && candidate.IsReadable)
                jobs.Add(candidate.ToClaimed(queue.Name, token, books.Now));
        }

        return Reply(session, step, settled, jobs);
    }
}
