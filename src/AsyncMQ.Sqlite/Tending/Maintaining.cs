using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Leasing;
using AsyncMQ.Sqlite.Linking;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Sqlite.Scheduling;
using AsyncMQ.Sqlite.Working;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Tending;

/// <summary>Housekeeping in bounded steps: so many records, and so many queues looked at.</summary>
internal sealed class Maintaining(Books books, Promoting promoting, Retaining retaining, SessionLife life, Spreading spreading, Schedules schedules, Metering metering)
{
    private const int MostQueues = 1_000;
    private static readonly long UnusedSessionLives = TimeSpan.FromHours(1).Ticks;
    private static readonly long EndedSessionIsKnown = TimeSpan.FromDays(1).Ticks;

    /// <summary>Where the last step stopped; the next goes on behind it.</summary>
    private long lastQueue;

    public MaintainReply Run(MaintainStep step)
    {
        SessionEntry session = books.Sessions.Require(step.Step);
        if (books.Sessions.Replay(session, step.Step) is { } before)
            return Read(before) with { NextSchedule = schedules.UntilNext() };

        var budget = new Budget(step.Limit);
        int expired = 0;
        int removed = 0;
        bool allSeen = MaintainQueues(step.DefaultRetention, budget, ref expired, ref removed);
        DropTombstones(budget);
        budget.Spend(books.Database.Prepare("dedup/delete-free").Start().Bind(books.Now).Bind(budget.Left).Run());
        if (budget.Left > 0)
            budget.Spend(books.Keys.ForgetDue(budget.Left));
        DropSessions(budget);
        if (budget.Left > 0)
            budget.Spend(books.Telling.Book.Tidy(budget.Left));
        if (budget.Left > 0)
            budget.Spend(metering.DropOld(budget.Left));
        spreading.WorkOff();

        var reply = new MaintainReply(removed, expired, More: budget.Left == 0 || !allSeen || books.Effects.Any(), schedules.UntilNext());
        if (budget.Left < step.Limit && books.Sessions.Find(session.Info.Id) is { IsAlive: true } alive)
            books.Sessions.Keep(alive, step.Step, books.Reply.Number(removed).Number(expired).Byte(reply.More ? (byte)1 : (byte)0).Written);
        return reply;
    }

    private bool MaintainQueues(RetentionPolicy defaultRetention, Budget budget, ref int expired, ref int removed)
    {
        List<long> ids = [];
        Statement rows = books.Database.Prepare("queues/to-maintain").Start().Bind(lastQueue).Bind(MostQueues);
        while (rows.Step())
            ids.Add(rows.Long(0));

        bool allSeen = true;
        foreach (long id in ids)
        {
            if (books.Queues.Find(id) is not { } queue)
                continue;

            int before = budget.Left;
            while (budget.Left > 0 && promoting.Expire(queue, budget.Left) is > 0 and var some)
                budget.Spend(some);
            expired += before - budget.Left;

            before = budget.Left;
            allSeen &= retaining.Retain(queue, queue.Retention ?? defaultRetention, budget);
            removed += before - budget.Left;
            if (budget.Left == 0)
                return false;
            lastQueue = id;
        }

        if (ids.Count == MostQueues)
            return false;
        lastQueue = 0;
        return allSeen;
    }

    private void DropTombstones(Budget budget)
    {
        if (budget.Left == 0)
            return;

        List<long> queues = [];
        Statement rows = books.Database.Prepare("maintain/delete-tombstones").Start().Bind(books.Now).Bind(budget.Left);
        while (rows.Step())
            queues.Add(rows.Long(0));

        budget.Spend(queues.Count);
        foreach (long id in queues)
        {
            if (books.Queues.Find(id) is not { } queue)
                continue;
            books.Queues.Touch(queue);
            queue.Tombstones--;
        }
    }

    private void DropSessions(Budget budget)
    {
        if (budget.Left == 0)
            return;

        List<SessionId> unused = [];
        Statement rows = books.Database.Prepare("sessions/unused").Start().Bind(books.Now - UnusedSessionLives).Bind(budget.Left);
        while (rows.Step())
            unused.Add(new(new(rows.Span(0))));

        foreach (SessionId id in unused)
        {
            if (books.Sessions.Find(id) is { } session)
                life.Drop(session);
        }

        budget.Spend(unused.Count);
        budget.Spend(books.Database.Prepare("sessions/delete-old").Start().Bind(books.Now - EndedSessionIsKnown).Bind(budget.Left).Run());
    }

    private static MaintainReply Read(byte[] data)
    {
        var reader = new ByteReader(data);
        return new(reader.Count(), reader.Count(), reader.Byte() != 0);
    }
}

/// <summary>How many records a step may still touch.</summary>
internal sealed class Budget(int limit)
{
    public int Left { get; private set; } = limit;

    public void Spend(int records) => Left = Math.Max(0, Left - records);
}
