using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Keys;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Working;

/// <summary>A waiting job that a claim is looking at.</summary>
internal readonly record struct Candidate(
    long Handle, string Id, string? Name, int Priority, JobFlags Flags, int Attempt, int Stalls, long Added, long? Expires, long Sequence,
    byte[]? Payload, byte[]? Envelope, int Parked) : IComparable<Candidate>
{
    /// <summary>Since when it waits; null: not known any more.</summary>
    public long? Since { get; init; }

    /// <summary>The key in whose turn it is claimed; null: it has none.</summary>
    public string? Key { get; init; }

    /// <summary>The bench on which it waits with its key.</summary>
    public long Bench { get; init; }

    /// <summary>Since when it is its key's turn; see <see cref="KeyTurns"/>.</summary>
    public long Turn { get; init; }

    public Seat Seat => new(Bench, Priority);

    /// <summary>Whether it waits among jobs without a key, though it has one.</summary>
    public bool IsAstray => Key is null && (Flags & JobFlags.Key) != 0;

    /// <summary>Whether the record tells what to run.</summary>
    public bool IsReadable => Name is not null && Payload is not null && Envelope is not null;

    /// <summary>In the order in which they are claimed.</summary>
    public int CompareTo(Candidate other) =>
        Priority != other.Priority ? Priority.CompareTo(other.Priority) : Sequence.CompareTo(other.Sequence);

    /// <summary>Reads a row of <c>exchange/ready</c>.</summary>
    public static Candidate Read(Statement row, Books books, int parked)
    {
        long handle = row.Long(0);
        return new(
            handle, row.Text(1), books.Names.Text(row.Long(2)), row.Int(3), (JobFlags)row.Int(4), row.Int(5), row.Int(6), row.Long(7),
            row.OptionalLong(8), row.Long(11),
            books.Jobs.Bodies.Read(row, 9, handle, JobPart.Payload), books.Jobs.Bodies.Read(row, 10, handle, JobPart.Envelope), parked) { Since = row.OptionalLong(12) };
    }

    /// <summary>The job as its new owner sees it.</summary>
    public ClaimedJob ToClaimed(string queue, ClaimToken token, long now) => new()
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
        Waited = Since is { } since ? new TimeSpan(Math.Max(0, now - since)) : null,
    };
}
