using AsyncMQ.Redis.Coding;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Events;

/// <summary>Packs what somebody wants to hear for <c>Scripts/Events</c>, and reads events, as <c>Scripts/Library/03-events.lua</c> writes them.</summary>
internal static class EventCodec
{
    [Flags]
    private enum Fields : byte
    {
        Queue = 1,
        Id = 2,
        Name = 4,
        Text = 8,
        Detail = 16,
        Until = 32,
        Manual = 64,
        Lost = 128,
    }

    public static string NameOf(Guid subscription) => subscription.ToString("N");

    public static RedisValue[] Pack(EventSubscription subscription)
    {
        var wishes = new Packer(16 * subscription.Interests.Count);
        foreach (EventInterest interest in subscription.Interests)
            wishes.Int((int)interest.Kinds).CountedText($"{interest.Queue}\0{interest.Id}");
        return [NameOf(subscription.Id), Micros.Of(subscription.Lease), wishes.ToArray()];
    }

    public static SubscribeReply UnpackReply(RedisResult[] reply) => new(reply.Number(0), reply.Number(1) == 1);

    public static EventPage UnpackPage(RedisResult[] reply)
    {
        var packed = (RedisResult[])reply[1]!;
        var events = new StoreEvent[packed.Length];
        for (int i = 0; i < events.Length; i++)
            events[i] = Unpack(packed.Bytes(i));
        return new(reply.Number(0), events);
    }

    private static StoreEvent Unpack(byte[] packed)
    {
        var head = new Unpacker(packed);
        var kind = (JobEventKinds)head.Int();
        var fields = (Fields)head.Byte();
        var state = (JobState)head.Byte();
        int attempt = head.Int(), stalls = head.Int();
        long at = head.Long(), until = head.Long();
        int queue = head.Int(), id = head.Int(), name = head.Int(), text = head.Int(), detail = head.Int();
        return new()
        {
            Kind = kind,
            At = Micros.ToTime(at),
            State = state,
            Attempt = attempt,
            Stalls = stalls,
            Until = Has(Fields.Until) ? Micros.ToTime(until) : null,
            Queue = Text(Fields.Queue, queue),
            Id = Text(Fields.Id, id),
            Name = Text(Fields.Name, name),
            Text = Text(Fields.Text, text),
            Detail = Text(Fields.Detail, detail),
            IsManual = Has(Fields.Manual),
            IsLost = Has(Fields.Lost),
            Data = head.Rest(),
        };

        bool Has(Fields field) => (fields & field) != 0;

        string? Text(Fields field, int length) => Has(field) ? head.Text(length) : null;
    }
}
