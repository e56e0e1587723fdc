using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Events;

/// <summary>What the transitions of one transaction tell of what they did, while somebody subscribes. Written with what they did.</summary>
internal sealed class EventBook(Ledger ledger)
{
    private const int MostKept = 10_000;

    /// <summary>So many more before the oldest are deleted, many at once.</summary>
    private const int Slack = 1_000;

    private readonly ByteWriter pending = new();
    private int count;
    private long sinceTrim;
    private EventInterests interests = EventInterests.None;
    private long generation = -1;

    /// <summary>Whether somebody wants to hear this.</summary>
    public bool Wants(JobEventKinds kind, string? queue, string? id) => ledger.EventsUntil > ledger.Now && Interests().Include(kind, queue, id);

    /// <summary>Whether somebody wants to hear any of these.</summary>
    public bool WantsAny(JobEventKinds kinds) => ledger.EventsUntil > ledger.Now && Interests().IncludesAny(kinds);

    public void Write(StoreEvent written)
    {
        EventCodec.Write(pending, written);
        count++;
    }

    /// <summary>At the end of a transaction.</summary>
    public void Flush()
    {
        if (count == 0)
            return;

        ledger.Database.Prepare("events/write").Start().Bind(ledger.EventsNext).Bind(count).Bind(pending.Written).Run();
        sinceTrim += count;
        ledger.SetEventsNext(ledger.EventsNext + count);
        if (sinceTrim >= Slack)
        {
            ledger.Database.Prepare("events/trim").Start().Bind(ledger.EventsNext - MostKept).Run();
            sinceTrim = 0;
        }

        pending.Clear();
        count = 0;
        ledger.Tell(new(StoreSignalKind.Events));
    }

    /// <summary>After a rollback.</summary>
    public void Forget()
    {
        pending.Clear();
        count = 0;
    }

    public SubscribeReply Subscribe(EventSubscription subscription)
    {
        byte[] id = subscription.Id.ToByteArray();
        bool wasHeld = ledger.Database.Prepare("events/until").Start().Bind(id.AsSpan()).RunForNumber() > ledger.Now;
        var bytes = new ByteWriter();
        EventCodec.Write(bytes, subscription.Interests);
        ledger.Database.Prepare("events/subscribe").Start()
            .Bind(id.AsSpan()).Bind(Ticks.Add(ledger.Now, subscription.Lease)).Bind(bytes.Written).Run();
        Review();

        // Events of this transaction that came before it are not yet in the journal.
        return new(ledger.EventsNext + count, wasHeld);
    }

    public bool Unsubscribe(Guid id)
    {
        ledger.Database.Prepare("events/unsubscribe").Start().Bind(id.ToByteArray().AsSpan()).Run();
        Review();
        return true;
    }

    /// <summary>Forgets who did not renew, and, when nobody subscribes, what was written, at most so many rows. Returns how many.</summary>
    public int Tidy(int most)
    {
        int late = ledger.EventsUntil > 0 ? ledger.Database.Prepare("events/forget-late").Start().Bind(ledger.Now).Run() : 0;
        if (late > 0)
            Review();
        return ledger.EventsUntil > ledger.Now || ledger.EventsNext == 0 ? late : late + ledger.Database.Prepare("events/clear").Start().Bind(most).Run();
    }

    private void Review()
    {
        ledger.SetEventsUntil(ledger.Database.Prepare("events/last-until").Start().RunForNumber() ?? 0);
        generation = -1;
    }

    private EventInterests Interests()
    {
        if (generation == ledger.Generation)
            return interests;

        List<EventInterest> all = [];
        Statement rows = ledger.Database.Prepare("events/subscribers").Start().Bind(ledger.Now);
        while (rows.Step())
            all.AddRange(EventCodec.ReadInterests(new(rows.Bytes(0))));
        generation = ledger.Generation;
        return interests = new(all);
    }
}
