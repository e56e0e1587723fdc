using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Keys;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Working;

/// <summary>Finds the jobs that a session may claim next: waiting ones, and those parked under names that it knows. Where keys wait, they take turns.</summary>
internal sealed class Choosing(Books books)
{
    private readonly Statement ready = books.Database.Prepare("exchange/ready");
    private readonly Statement parked = books.Database.Prepare("exchange/parked");
    private readonly Statement nextParkedName = books.Database.Prepare("exchange/next-parked-name");
    private readonly Statement turn = books.Database.Prepare("keys/turn");
    private readonly Statement turns = books.Database.Prepare("keys/turns");
    private readonly Statement nextBench = books.Database.Prepare("keys/next-bench");
    private readonly List<Candidate> candidates = [];
    private long bestTurn;

    /// <summary>What was found last, in the order in which it is claimed.</summary>
    public IReadOnlyList<Candidate> Candidates => candidates;

    /// <summary>Whether a queue has jobs that a session could claim now.</summary>
    public bool HasWork(SessionEntry session, QueueEntry queue)
    {
        if (queue.HasPlain || (queue.PlainParked > 0 && KnownNames(nextParkedName, session, queue).Count > 0))
            return true;
        if (queue.Keyed == 0)
            return false;

        books.Keys.Flush();
        return Turn(queue, 0) is not null || (queue.KeyedParked > 0 && KnownNames(nextBench, session, queue).Count > 0);
    }

    /// <summary>
    /// Finds the next jobs, at most <paramref name="limit"/>. Where keys wait, only so many as are next whoever of them is claimed: if one of them ends instead,
    /// the rest has to be chosen anew.
    /// </summary>
    public void Choose(SessionEntry session, QueueEntry queue, int limit)
    {
        candidates.Clear();
        if (queue.Keyed == 0)
            ChooseInOrder(session, queue, limit);
        else if (queue.Parked == 0)
            ChooseRound(queue, limit);
        else
            ChooseInTurn(session, queue);
    }

    private void ChooseInOrder(SessionEntry session, QueueEntry queue, int limit)
    {
        Read(ready.Start().Bind(queue.Id).Bind(limit), parked: 0);
        if (queue.Aside == 0)
            return;

        foreach (long name in KnownNames(nextParkedName, session, queue))
            Read(parked.Start().Bind(queue.Id).Bind(name).Bind(limit), parked: 1);
        candidates.Sort();
        if (candidates.Count > limit)
            candidates.RemoveRange(limit, candidates.Count - limit);
    }

    // A round of one priority: who is claimed stands behind all the others of it, and no claim gives anybody else a place.
    private void ChooseRound(QueueEntry queue, int limit)
    {
        books.Keys.Flush();
        Statement rows = turns.Start().Bind(queue.Id).Bind(limit);
        while (rows.Step())
        {
            Candidate candidate = Candidate.Read(rows, books, parked: 2) with { Key = rows.Text(13), Turn = rows.Long(14) };
            if (candidates.Count > 0 && candidate.Priority != candidates[0].Priority)
                break;
            candidates.Add(candidate);
        }

        rows.Reset();
        if (queue.HasPlain)
            LetPlainIn(queue, limit);
    }

    private void LetPlainIn(QueueEntry queue, int limit)
    {
        if (!ready.Start().Bind(queue.Id).Bind(1).Step())
            return;
        Candidate plain = Candidate.Read(ready, books, parked: 0);
        ready.Reset();
        plain = plain with { Turn = books.Keys.Plain.Of(queue, plain.Priority) };
        if (candidates.Count == 0 || plain.Priority < candidates[0].Priority)
        {
            candidates.Clear();
            candidates.Add(plain);
        }
        else if (plain.Priority == candidates[0].Priority)
        {
            int place = candidates.FindIndex(candidate => candidate.Turn > plain.Turn);
            candidates.Insert(place < 0 ? candidates.Count : place, plain);
            if (candidates.Count > limit)
                candidates.RemoveAt(limit);
        }
    }

    private void ChooseInTurn(SessionEntry session, QueueEntry queue)
    {
        books.Keys.Flush();
        ConsiderLane(queue, 0);
        if (queue.HasPlain)
            ConsiderPlain(queue, ready.Start().Bind(queue.Id).Bind(1), parked: 0);
        if (queue.PlainParked > 0)
        {
            foreach (long name in KnownNames(nextParkedName, session, queue))
                ConsiderPlain(queue, parked.Start().Bind(queue.Id).Bind(name).Bind(1), parked: 1);
        }

        if (queue.KeyedParked > 0)
        {
            foreach (long bench in KnownNames(nextBench, session, queue))
                ConsiderLane(queue, bench);
        }
    }

    private void ConsiderPlain(QueueEntry queue, Statement rows, int parked)
    {
        if (!rows.Step())
            return;
        Candidate candidate = Candidate.Read(rows, books, parked);
        rows.Reset();
        Consider(candidate, books.Keys.Plain.Of(queue, candidate.Priority));
    }

    private void ConsiderLane(QueueEntry queue, long bench)
    {
        if (Turn(queue, bench) is not { } next)
            return;
        if (candidates.Count > 0 && (next.Priority, next.Number).CompareTo((candidates[0].Priority, bestTurn)) > 0)
            return;

        Statement row = next.Head is { } head
            ? books.Database.Prepare("keys/job").Start().Bind(head)
            : books.Database.Prepare("keys/first-job").Start().Bind(queue.Id).Bind(next.Key).Bind(bench).Bind(next.Priority);
        if (!row.Step())
            return;
        Candidate candidate = Candidate.Read(row, books, bench == 0 ? 2 : 3) with { Key = next.Key, Bench = bench };
        row.Reset();
        Consider(candidate, next.Number);
    }

    // The best so far: lowest priority, then longest standing, then, within a key, first in sequence.
    private void Consider(in Candidate candidate, long itsTurn)
    {
        if (candidates.Count == 0)
            candidates.Add(candidate);
        else if ((candidate.Priority, itsTurn, candidate.Sequence).CompareTo((candidates[0].Priority, bestTurn, candidates[0].Sequence)) < 0)
            candidates[0] = candidate;
        else
            return;
        bestTurn = itsTurn;
    }

    private NextLane? Turn(QueueEntry queue, long bench)
    {
        if (!turn.Start().Bind(queue.Id).Bind(bench).Step())
            return null;
        var next = new NextLane(turn.Text(0), turn.Int(1), turn.Long(2), turn.OptionalLong(3));
        turn.Reset();
        return next;
    }

    private void Read(Statement rows, int parked)
    {
        while (rows.Step())
            candidates.Add(Candidate.Read(rows, books, parked));
    }

    // Through the names that are parked, or through those that the session knows, whichever are fewer: anybody can park as many as he likes.
    private List<long> KnownNames(Statement next, SessionEntry session, QueueEntry queue)
    {
        List<long> known = [];
        long after = 0;
        for (int seen = 0; next.Start().Bind(queue.Id).Bind(after).RunForNumber() is { } name; seen++)
        {
            if (seen > session.KnownNames.Count)
                return ParkedOf(next, session, queue);
            if (books.Names.Text(name) is { } text && session.KnownNames.Contains(text))
                known.Add(name);
            after = name;
        }

        return known;
    }

    private List<long> ParkedOf(Statement next, SessionEntry session, QueueEntry queue)
    {
        List<long> known = [];
        foreach (string text in session.KnownNames)
        {
            if (books.Names.Find(text) is { } name && next.Start().Bind(queue.Id).Bind(name - 1).RunForNumber() == name)
                known.Add(name);
        }

        return known;
    }

    /// <summary>A row of <c>keys/turn</c>.</summary>
    private readonly record struct NextLane(string Key, int Priority, long Number, long? Head);
}
