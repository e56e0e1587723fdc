using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>
/// The definitions of a queue's repeatables, whose jobs' arguments stand in the store like those of jobs. They are bound to the repeatable, not to a job:
/// whoever fires it need not be able to read them.
/// </summary>
internal sealed class SealedDefinitions(PayloadCodec payloads, string queue)
{
    /// <summary>A definition as it is to be stored.</summary>
    public ReadOnlyMemory<byte> Seal(string id, ReadOnlyMemory<byte> definition)
    {
        if (!payloads.Writes || RepeatableDefinition.Read(definition, out _) is not { } read)
            return definition;
        return With(read, payloads.Write(read.Job.Payload, PlaceOf(id, read)));
    }

    /// <summary>
    /// The record with its definition as the user gave it, to compare. Where that cannot be read, or was sealed in another way than it would be now (with another
    /// key, or none), it stays sealed: it is not what the user wants, and will be written anew.
    /// </summary>
    public ScheduleRecord? Open(ScheduleRecord? stored)
    {
        if (stored is null || !payloads.Writes || RepeatableDefinition.Read(stored.Definition, out _) is not { } read)
            return stored;

        try
        {
            PayloadPlace place = PlaceOf(stored.Id, read);
            ReadOnlyMemory<byte> payload = payloads.Read(read.Job.Payload, place);
            ReadOnlyMemory<byte> anew = payloads.Write(payload, place);
            return stored with { Definition = With(read, IsAlike(anew.Span, read.Job.Payload.Span) ? payload : anew) };
        }
        catch (PayloadUnreadableException)
        {
            return stored;
        }
    }

    private static bool IsAlike(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        SealedBytes.Are(one) == SealedBytes.Are(other) && (!SealedBytes.Are(one) || SealedBytes.KeyOf(one) == SealedBytes.KeyOf(other));

    private PayloadPlace PlaceOf(string id, RepeatableDefinition definition) => PayloadCodec.ArgumentsOfRepeatable(queue, definition.Job.Name, id);

    private static ReadOnlyMemory<byte> With(RepeatableDefinition definition, ReadOnlyMemory<byte> payload) =>
        (definition with { Job = definition.Job with { Payload = payload } }).Pack();
}
