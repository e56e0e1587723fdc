using System.Buffers.Binary;
using System.Text;
using AsyncMQ.Storage;

namespace AsyncMQ.Redis.Coding;

/// <summary>A job's record as the scripts pack it: the fields are told in <c>Scripts/Library/02-records.lua</c>.</summary>
internal readonly struct StoredRecord(byte[] bytes)
{
    public const int Fixed = 104;

    /// <summary>Payloads and options up to this many bytes are in the record itself; each claim and each look reads them, so larger ones stand apart.</summary>
    public const int LargestBody = 512;

    /// <summary>False for what cannot be a record.</summary>
    public bool IsReadable =>
        bytes.Length >= Fixed && bytes[0] <= (byte)JobState.Cancelled && Fixed + WorkerLength + NameLength <= bytes.Length
        && ((Flags & JobFlags.Key) == 0 || (Fixed + NameLength + sizeof(ushort) <= bytes.Length && BodyStart + WorkerLength <= bytes.Length));

    public JobState State => (JobState)bytes[0];

    public RecordBits Bits => (RecordBits)bytes[1];

    public long At => Long(2);

    public int Lane => Int(32);

    public long ClaimSequence => Long(36);

    public long Handle => Long(44);

    public long StartedAt => Long(22);

    public int Attempt => Int(10);

    public int Stalls => Int(52);

    public long Sequence => Long(56);

    public int Priority => Int(81);

    public JobFlags Flags => (JobFlags)bytes[85];

    public long AddedAt => Long(64);

    public long TimeToLive => Long(86);

    public long ExpiresAt => Long(72);

    public string Worker => Encoding.UTF8.GetString(bytes, bytes.Length - WorkerLength, WorkerLength);

    public string Name => Encoding.UTF8.GetString(bytes, Fixed, NameLength);

    /// <summary>The key, of a job that has one.</summary>
    public string? LimitKey => (Flags & JobFlags.Key) == 0 ? null : Encoding.UTF8.GetString(bytes, Fixed + NameLength + sizeof(ushort), KeyLength);

    /// <summary>Options and payload, when they are small enough to be here.</summary>
    public ReadOnlyMemory<byte> Body => bytes.AsMemory(BodyStart, bytes.Length - BodyStart - WorkerLength);

    /// <summary>True when its place in the order of its state is not in the record.</summary>
    public bool HasPlaceApart => State is JobState.Active || State.IsFinal();

    /// <summary>The place in the order of its state; ends, which are shown latest first, count backwards.</summary>
    /// <param name="place">Its score in the sorted set of its state, where <see cref="HasPlaceApart"/>.</param>
    public PageKey KeyAt(long place) => State switch
    {
        JobState.Waiting => new(Priority, Sequence),
        JobState.Delayed => new(At, Handle),
        JobState.WaitingChildren => new(0, Handle),
        JobState.Active => new(0, place),
        _ => new(0, -place),
    };

    // The key stands behind the name and its own length.
    private int BodyStart => Fixed + NameLength + ((Flags & JobFlags.Key) == 0 ? 0 : sizeof(ushort) + KeyLength);

    private int KeyLength => BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(Fixed + NameLength));

    private int WorkerLength => BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(30));

    private int NameLength => BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(94));

    private long Long(int offset) => BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(offset));

    private int Int(int offset) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(offset));
}

/// <summary>What else there is of a job.</summary>
[Flags]
internal enum RecordBits : byte
{
    None = 0,
    Cancelling = 1,
    Parked = 2,
    LargeBody = 4,
    Result = 8,
    Error = 16,
    Progress = 32,
    Attempts = 64,
    Logs = 128,
}
