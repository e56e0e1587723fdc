using System.Buffers.Binary;
using System.Text;
using AsyncMQ.Redis.Coding;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Inspecting;

/// <summary>Reads jobs from the answer of a script that appended each with <c>readJob</c>.</summary>
/// <param name="reply">The answer.</param>
/// <param name="position">Where the first job begins.</param>
/// <param name="parts">What was asked for.</param>
internal sealed class JobReader(RedisResult[] reply, int position, JobParts parts)
{
    private RedisResult[] beside = [];
    private int besidePosition;

    public bool IsAtEnd => position >= reply.Length;

    /// <summary>The next text.</summary>
    public string NextText() => reply.Text(position++);

    /// <summary>The next job; null when it has no record.</summary>
    public JobRecord? Next(JobRef job)
    {
        if (reply[position].IsNull)
        {
            position++;
            return null;
        }

        var record = new StoredRecord(reply.Bytes(position));
        (beside, besidePosition) = ((RedisResult[])reply[position + 1]!, 0);
        position += 2;
        return record.IsReadable ? Read(job, record) : Damaged(job);
    }

    // It fails alone: people see that it is there, and can remove it.
    private static JobRecord Damaged(JobRef job) => new()
    {
        Ref = job,
        Name = "?",
        State = JobState.Failed,
        Key = default,
        AddedAt = DateTimeOffset.UnixEpoch,
        Error = Encoding.UTF8.GetBytes("The record of this job cannot be read."),
    };

    private JobRecord Read(JobRef job, in StoredRecord record)
    {
        RecordBits bits = record.Bits;
        PageKey key = record.KeyAt(record.HasPlaceApart ? beside.Number(besidePosition++) : 0);
        (ReadOnlyMemory<byte> envelope, ReadOnlyMemory<byte> payload) = Body.Split((bits & RecordBits.LargeBody) != 0 ? NextBytes() : record.Body);
        string? deduplication = (record.Flags & JobFlags.Deduplication) != 0 ? Encoding.UTF8.GetString(NextBytes().AsSpan(sizeof(long))) : null;
        StoredLink link = (record.Flags & JobFlags.Linked) != 0 ? new(NextBytes(), Asked(JobParts.Dependencies) ? NextBytes() : []) : default;
        ReadOnlyMemory<byte> error = (bits & RecordBits.Error) != 0 ? NextBytes() : default;
        ReadOnlyMemory<byte> progress = (bits & RecordBits.Progress) != 0 ? NextBytes() : default;
        ReadOnlyMemory<byte> result = (bits & RecordBits.Result) != 0 && Asked(JobParts.Result) ? NextBytes() : default;
        IReadOnlyList<AttemptRecord> attempts = (bits & RecordBits.Attempts) != 0 && Asked(JobParts.Attempts) ? ReadAttempts(NextBytes()) : [];
        IReadOnlyList<JobLogLine> logs = (bits & RecordBits.Logs) != 0 && Asked(JobParts.Logs) ? ReadLogs((RedisResult[])beside[besidePosition++]!) : [];
        string worker = record.Worker;
        return new()
        {
            Ref = job,
            Name = record.Name,
            State = record.State,
            Key = key,
            Priority = record.Priority,
            Flags = record.Flags,
            Envelope = envelope,
            Payload = Asked(JobParts.Payload) ? payload : default,
            Result = result,
            Error = error,
            Progress = progress,
            AddedAt = Micros.ToTime(record.AddedAt),
            DueAt = record.State == JobState.Delayed ? Micros.ToTime(record.At) : null,
            ExpiresAt = record.TimeToLive > 0 && record.ExpiresAt > 0 ? Micros.ToTime(record.ExpiresAt) : null,
            StartedAt = record.StartedAt > 0 ? Micros.ToTime(record.StartedAt) : null,
            FinishedAt = record.State.IsFinal() ? Micros.ToTime(record.At) : null,
            Attempt = record.Attempt,
            Stalls = record.Stalls,
            Worker = worker.Length == 0 ? null : worker,
            CancelRequested = (bits & RecordBits.Cancelling) != 0,
            IsParked = (bits & RecordBits.Parked) != 0,
            LimitKey = record.LimitKey,
            DeduplicationId = deduplication,
            Attempts = attempts,
            Logs = logs,
            Flow = link.Flow,
            Dependencies = link.Dependencies,
            OnDependencyFailure = Asked(JobParts.Dependencies) ? link.Policy : default,
        };
    }

    private static List<AttemptRecord> ReadAttempts(byte[] packed)
    {
        // The number of them comes first.
        var attempts = new List<AttemptRecord>(packed[0]);
        var reader = new Unpacker(packed, 1);
        while (!reader.IsAtEnd)
        {
            int number = reader.Int();
            var outcome = (AttemptOutcome)reader.Byte();
            DateTimeOffset started = Micros.ToTime(reader.Long()), ended = Micros.ToTime(reader.Long());
            int worker = reader.Short(), error = reader.Int();
            attempts.Add(new(number, outcome, started, ended, reader.Text(worker), reader.Bytes(error)));
        }

        return attempts;
    }

    private static JobLogLine[] ReadLogs(RedisResult[] packed) => [.. packed.Select(static line =>
    {
        byte[] bytes = (byte[])line!;
        return new JobLogLine(
            Micros.ToTime(BinaryPrimitives.ReadInt64BigEndian(bytes)), BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(8)), Encoding.UTF8.GetString(bytes.AsSpan(12)));
    })];

    private bool Asked(JobParts part) => (parts & part) != 0;

    private byte[] NextBytes() => beside.Bytes(besidePosition++);
}
