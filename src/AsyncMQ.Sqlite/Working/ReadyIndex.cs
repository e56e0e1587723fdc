using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Working;

/// <summary>Tells sessions with many queues which of those they did not ask for may have work: from an index of such queues, not by a look at each.</summary>
internal sealed class ReadyIndex(Books books, Foresight foresight)
{
    private const int Most = 64;
    private const int MostLookedAt = 1_024;

    private readonly Statement ready = books.Database.Prepare("queues/ready");
    private readonly Statement due = books.Database.Prepare("queues/due");
    private readonly List<long> ids = [];

    public IReadOnlyList<string> Ready(SessionEntry session, IReadOnlyList<QueueClaim> asked)
    {
        if (session.ManyQueues is not { } worked || session.Info.Lease is null)
            return [];

        // Counts of this very transaction are in memory only, and the index must know them.
        books.Queues.Flush();
        List<string> found = [];
        Look(ready.Start().Bind(session.ReadyAfter).Bind(MostLookedAt), session, worked, asked, found);
        if (found.Count < Most && session.ReadyAfter > 0)
        {
            session.ReadyAfter = 0;
            Look(ready.Start().Bind(0L).Bind(MostLookedAt), session, worked, asked, found);
        }

        session.ReadyAfter = found.Count < Most ? 0 : books.Queues.Find(found[^1])!.Id;
        Look(due.Start().Bind(books.Now).Bind(MostLookedAt), session, worked, asked, found);
        return found;
    }

    private void Look(Statement rows, SessionEntry session, HashSet<string> worked, IReadOnlyList<QueueClaim> asked, List<string> found)
    {
        ids.Clear();
        while (rows.Step())
            ids.Add(rows.Long(0));

        foreach (long id in ids)
        {
            if (found.Count == Most)
                return;
            if (books.Queues.Find(id) is { } queue && worked.Contains(queue.Name) && !IsAsked(queue.Name, asked) && !found.Contains(queue.Name)
                && foresight.NextWorkAt(session, queue) <= books.Now)
                found.Add(queue.Name);
        }
    }

    private static bool IsAsked(string queue, IReadOnlyList<QueueClaim> asked)
    {
        foreach (QueueClaim claim in asked)
        {
            if (claim.Queue == queue)
                return true;
        }

        return false;
    }
}
