using System.Text;
using AsyncMQ.Storage;

namespace AsyncMQ.Jobs;

/// <summary>
/// What stands between payloads and the store: the transforms of an installation, in order when something is written, backwards when it is read. Nothing
/// stays nothing, but for arguments. Without transforms everything is stored as it is, and what another process encrypted is still told as that.
/// </summary>
internal sealed class PayloadCodec(IReadOnlyList<IPayloadTransform> transforms)
{
    private const string TextMark = "\u0001amq:"; // begins no line that people write
    private readonly IPayloadTransform[] transforms = [.. transforms];

    public static PayloadCodec None { get; } = new([]);

    /// <summary>True when what is written is changed.</summary>
    public bool Writes { get; } = transforms.Count > 0;

    public ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> payload, in PayloadPlace place)
    {
        if (payload.IsEmpty && place.Kind != PayloadKind.Arguments)
            return payload;
        foreach (IPayloadTransform transform in transforms)
            payload = transform.Write(payload, place);
        return payload;
    }

    /// <exception cref="PayloadUnreadableException">It cannot be read here.</exception>
    public ReadOnlyMemory<byte> Read(ReadOnlyMemory<byte> stored, in PayloadPlace place)
    {
        if (stored.IsEmpty && place.Kind != PayloadKind.Arguments)
            return stored;
        if (!Writes && SealedBytes.Are(stored.Span))
            throw PayloadEncryption.NoKey(place, SealedBytes.KeyOf(stored.Span));

        for (int i = transforms.Length - 1; i >= 0; i--)
            stored = Read(transforms[i], stored, place);
        return stored;
    }

    /// <summary>A text, as text: where a store keeps nothing else.</summary>
    public string WriteText(string text, in PayloadPlace place) =>
        Writes ? TextMark + Convert.ToBase64String(Write(Encoding.UTF8.GetBytes(text), place).Span) : text;

    /// <summary>The text; what cannot be read here is told in its place.</summary>
    public string ReadText(string stored, in PayloadPlace place)
    {
        bool isMarked = stored.StartsWith(TextMark, StringComparison.Ordinal);
        if (!Writes && !isMarked)
            return stored;

        try
        {
            return Encoding.UTF8.GetString(Read(isMarked ? Decode(stored) : Encoding.UTF8.GetBytes(stored), place).Span);
        }
        catch (PayloadUnreadableException e)
        {
            return $"[{e.Message}]";
        }
    }

    /// <summary>The job as it is stored.</summary>
    public NewJob Seal(NewJob job) => Writes ? job with { Payload = Write(job.Payload, ArgumentsOf(job.Ref, job.Name)) } : job;

    public static PayloadPlace ArgumentsOf(JobRef job, string name) =>
        new(PayloadKind.Arguments, job.Queue, name, OccurrenceIds.RepeatableOf(job.Id) is { } repeatable ? OwnerOf(repeatable) : job.Id);

    public static PayloadPlace ArgumentsOfRepeatable(string queue, string name, string id) => new(PayloadKind.Arguments, queue, name, OwnerOf(id));

    public static PayloadPlace PlaceOf(PayloadKind kind, JobRef job, string name) => new(kind, job.Queue, name, job.Id);

    private static string OwnerOf(string repeatable) => $"@{repeatable}";

    // What a transform of the user's throws of itself says nothing of whose payload it was.
    private static ReadOnlyMemory<byte> Read(IPayloadTransform transform, ReadOnlyMemory<byte> stored, in PayloadPlace place)
    {
        try
        {
            return transform.Read(stored, place);
        }
        catch (Exception e) when (e is not PayloadUnreadableException)
        {
            throw new PayloadUnreadableException($"A payload ({place.Kind}) of job {new JobRef(place.Queue, place.Owner)} cannot be read: {transform.GetType().Name} failed.", e);
        }
    }

    private byte[] Decode(string stored)
    {
        try
        {
            byte[] bytes = Convert.FromBase64String(stored[TextMark.Length..]);
            return Writes || SealedBytes.Are(bytes) ? bytes : throw new PayloadUnreadableException("A stored text was changed by a payload transform that this process does not have.");
        }
        catch (FormatException)
        {
            throw new PayloadUnreadableException("A stored text is damaged.");
        }
    }
}
