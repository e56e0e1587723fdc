using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Events;

/// <summary>Events, and what somebody wants to hear of them, as bytes. A later minor may write more kinds; whoever does not know one leaves it out.</summary>
internal static class EventCodec
{
    [Flags]
    private enum Fields
    {
        None = 0,
        Queue = 1,
        Id = 2,
        Name = 4,
        Until = 8,
        Text = 16,
        Detail = 32,
        Data = 64,
        Lost = 128,
        Manual = 256,
    }

    public static void Write(ByteWriter writer, StoreEvent written)
    {
        Fields fields = FieldsOf(written);
        writer.Number((int)written.Kind).Number((int)fields).Number(written.At.UtcTicks).Number(written.Attempt).Number(written.Stalls).Byte((byte)written.State);
        if (written.Queue is { } queue)
            writer.Text(queue);
        if (written.Id is { } id)
            writer.Text(id);
        if (written.Name is { } name)
            writer.Text(name);
        if (written.Until is { } until)
            writer.Number(until.UtcTicks);
        if (written.Text is { } text)
            writer.Text(text);
        if (written.Detail is { } detail)
            writer.Text(detail);
        if (!written.Data.IsEmpty)
            writer.Bytes(written.Data.Span);
    }

    public static StoreEvent Read(ByteReader reader)
    {
        var kind = (JobEventKinds)reader.Number();
        var fields = (Fields)reader.Number();
        return new()
        {
            Kind = kind,
            IsLost = (fields & Fields.Lost) != 0,
            IsManual = (fields & Fields.Manual) != 0,
            At = Ticks.ToTime(reader.Number()),
            Attempt = reader.Count(),
            Stalls = reader.Count(),
            State = (JobState)reader.Byte(),
            Queue = (fields & Fields.Queue) != 0 ? reader.Text() : null,
            Id = (fields & Fields.Id) != 0 ? reader.Text() : null,
            Name = (fields & Fields.Name) != 0 ? reader.Text() : null,
            Until = (fields & Fields.Until) != 0 ? Ticks.ToTime(reader.Number()) : null,
            Text = (fields & Fields.Text) != 0 ? reader.Text() : null,
            Detail = (fields & Fields.Detail) != 0 ? reader.Text() : null,
            Data = (fields & Fields.Data) != 0 ? reader.Bytes() : default(ReadOnlyMemory<byte>),
        };
    }

    public static void Write(ByteWriter writer, IReadOnlyList<EventInterest> interests)
    {
        foreach (EventInterest interest in interests)
        {
            writer.Number((int)interest.Kinds).Byte((byte)((interest.Queue is null ? 0 : 1) | (interest.Id is null ? 0 : 2)));
            if (interest.Queue is { } queue)
                writer.Text(queue);
            if (interest.Id is { } id)
                writer.Text(id);
        }
    }

    public static IEnumerable<EventInterest> ReadInterests(ByteReader reader)
    {
        while (!reader.IsAtEnd)
        {
            var kinds = (JobEventKinds)reader.Number();
            byte fields = reader.Byte();
            yield return new(kinds, (fields & 1) != 0 ? reader.Text() : null, (fields & 2) != 0 ? reader.Text() : null);
        }
    }

    private static Fields FieldsOf(StoreEvent written) =>
        (written.Queue is null ? 0 : Fields.Queue) | (written.Id is null ? 0 : Fields.Id) | (written.Name is null ? 0 : Fields.Name)
        | (written.Until is null ? 0 : Fields.Until) | (written.Text is null ? 0 : Fields.Text) | (written.Detail is null ? 0 : Fields.Detail)
        | (written.Data.IsEmpty ? 0 : Fields.Data) | (written.IsLost ? Fields.Lost : 0) | (written.IsManual ? Fields.Manual : 0);
}
