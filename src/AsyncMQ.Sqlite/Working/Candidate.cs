using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Working;

/// <summary>A waiting job that a claim is looking at.</summary>
internal readonly record struct Candidate(
    long Handle, string Id, string? Name, int Priority, JobFlags Flags, int Attempt, int Stalls, long Added, long? Expires, long Sequence,
    byte[]? Payload, byte[]? Envelope, bool IsParked) : IComparable<Candidate>
{
    /// <summary>Whether it may be claimed to start later.</summary>
    public bool IsPlain => Expires is null && (Flags & JobFlags.Key) == 0;

    /// <summary>Whether the record tells what to run.</summary>
    public bool IsReadable => Name is not null && Payload is not null && Envelope is not null;

    /// <summary>In the order in which they are claimed.</summary>
    public int CompareTo(Candidate other) =>
        Priority != other.Priority ? Priority.CompareTo(other.Priority) : Sequence.CompareTo(other.Sequence);

    /// <summary>Reads a row of <c>exchange/ready</c>.</summary>
    public static Candidate Read(Statement row, Books books, bool isParked)
    {
        long handle = row.Long(0);
        return new(
            handle, row.Text(1), books.Names.Text(row.Long(2)), row.Int(3), (JobFlags)row.Int(4), row.Int(5), row.Int(6), row.Long(7),
            row.OptionalLong(8), row.Long(11),
            books.Jobs.Bodies.Read(row, 9, handle, JobPart.Payload), books.Jobs.Bodies.Read(row, 10, handle, JobPart.Envelope), isParked);
    }

    /// <summary>The job as its new owner sees it.</summary>
    public ClaimedJob ToClaimed(string queue, ClaimToken token) => new()
    {
        Ref = new(queue, Id),
        Handle = Handle,
        Token = token,
        Name = Name!,
        Payload = Payload,
        Envelope = Envelope,
        Attempt = Attempt + 1,
        Stalls = Stalls,
        Flags = Flags,
        Priority = Priority,
        AddedAt = Ticks.ToTime(Added),
    };
}
