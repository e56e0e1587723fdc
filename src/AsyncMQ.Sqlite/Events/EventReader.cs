using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Events;

/// <summary>Reads the journal, on a connection for looking.</summary>
internal static class EventReader
{
    public static EventPage Read(Database database, long from, int take)
    {
        List<StoreEvent> events = [];
        long first = 0;
        Statement rows = database.Prepare("events/read").Start().Bind(from);
        while (events.Count < take && rows.Step())
        {
            long position = rows.Long(0);
            long count = rows.Long(1);
            if (position + count <= from)
                continue;
            if (events.Count == 0)
                first = Math.Max(from, position);
            ReadRow(rows.Bytes(2), (int)(first + events.Count - position), count, events);
        }

        rows.Reset();
        return events.Count > 0 ? new(first, events) : new(database.Prepare("events/next").Start().RunForNumber() ?? 0, events);
    }

    private static void ReadRow(byte[] data, int skipped, long count, List<StoreEvent> events)
    {
        var reader = new ByteReader(data);
        for (int i = 0; i < count; i++)
        {
            StoreEvent read = EventCodec.Read(reader);
            if (i >= skipped)
                events.Add(read);
        }
    }
}
