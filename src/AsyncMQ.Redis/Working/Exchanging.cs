using AsyncMQ.Redis.Coding;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Working;

/// <summary>Packs a worker's round trip for <c>Scripts/Working/exchange.lua</c>, and reads the answer.</summary>
internal sealed class Exchanging
{
    private const int OwnToken = 1;
    private const int HasData = 2;
    private const JobFlags PlainFlags = JobFlags.CustomId | JobFlags.ResultWanted | JobFlags.Key;

    private readonly ExchangeStep step;

    /// <summary>Where each settlement of the step went in the order in which they are sent: those of a queue together.</summary>
    private readonly int[] places;

    public Exchanging(ExchangeStep step)
    {
        this.step = step;
        places = new int[step.Settlements.Count];
        Arguments arguments = Arguments.Of(step.Step, 8 + (2 * step.Claims.Count) + (3 * places.Length)).Add(step.Slots).Add(step.Prefetch).Add(step.Claims.Count);
        foreach (QueueClaim claim in step.Claims)
            arguments.Add(claim.Queue).Add(claim.Max);
        PackSettlements(arguments);
        Packed = arguments.ToArray();
    }

    public RedisValue[] Packed { get; }

    /// <summary>The answer. What was claimed comes as it was before the claim, when the step was done now; as it is, when it was sent again.</summary>
    public ExchangeReply Unpack(RedisResult[] reply)
    {
        byte[] outcomes = reply.Bytes(1);
        var settled = new SettleOutcome[outcomes.Length];
        for (int i = 0; i < settled.Length; i++)
            settled[i] = (SettleOutcome)outcomes[i < places.Length ? places[i] : i];

        long next = reply.Number(2);
        int readyCount = (int)reply.Number(3);
        var ready = new string[readyCount];
        for (int i = 0; i < readyCount; i++)
            ready[i] = reply.Text(4 + i);
        return new()
        {
            Settled = settled,
            NextWork = next < 0 ? null : Micros.ToSpan(next),
            ReadyQueues = ready,
            Claimed = UnpackClaims(reply, 5 + readyCount, Replies.IsFirst(reply) ? reply.Number(4 + readyCount) : null),
        };
    }

    /// <summary>In groups: those of a queue together, and of these plain ones that follow each other under one claim, or others.</summary>
    private void PackSettlements(Arguments arguments)
    {
        IReadOnlyList<Settlement> settlements = step.Settlements;
        int[] order = OrderByQueue(settlements);
        int groups = 0, groupsAt = arguments.Count;
        arguments.Add(0);
        for (int from = 0; from < order.Length; groups++)
        {
            Settlement first = settlements[order[from]];
            bool isPlain = IsPlain(first);
            int end = from + 1;
            while (end < order.Length && IsAlike(first, settlements[order[end]], isPlain))
                end++;
            arguments.Add(first.Job.Queue).Add(end - from);
            if (isPlain)
                AddPlain(arguments, first.Token, order.AsSpan(from, end - from));
            else
                arguments.Add(RedisValue.EmptyString);
            for (; from < end; from++)
            {
                places[order[from]] = from;
                arguments.Add(settlements[order[from]].Job.Id);
                if (!isPlain)
                    AddControl(arguments, settlements[order[from]]);
            }
        }

        arguments.Set(groupsAt, groups);
    }

    /// <summary>Their claim, whether any of them has a key, and their places.</summary>
    private void AddPlain(Arguments arguments, in ClaimToken token, ReadOnlySpan<int> indexes)
    {
        var packed = new Packer(sizeof(long) * indexes.Length);
        var flags = JobFlags.None;
        foreach (int index in indexes)
        {
            packed.Long(step.Settlements[index].Handle);
            flags |= step.Settlements[index].Flags;
        }

        Packer claim = new Packer(13).Int(token.Lane).Long(token.Sequence);
        if (flags.HasFlag(JobFlags.Key))
            claim.Byte(1);
        arguments.Add(claim.ToArray()).Add(packed.ToArray());
    }

    /// <summary>Of one queue mostly.</summary>
    private static int[] OrderByQueue(IReadOnlyList<Settlement> settlements)
    {
        IEnumerable<int> order = Enumerable.Range(0, settlements.Count);
        for (int i = 1; i < settlements.Count; i++)
        {
            if (settlements[i].Job.Queue != settlements[0].Job.Queue)
                return [.. order.GroupBy(index => settlements[index].Job.Queue, StringComparer.Ordinal).SelectMany(static group => group)];
        }

        return [.. order];
    }

    /// <summary>Whether the script may complete a job without a look at its record: nothing of it has to be told to anybody.</summary>
    private bool IsPlain(in Settlement settlement) =>
        settlement.Kind == SettlementKind.Complete && settlement.Data.IsEmpty && (settlement.Flags & ~PlainFlags) == 0 && settlement.Token.Session == step.Step.Session;

    private bool IsAlike(in Settlement first, in Settlement other, bool isPlain) =>
        other.Job.Queue == first.Job.Queue && IsPlain(other) == isPlain && (!isPlain || other.Token == first.Token);

    private void AddControl(Arguments arguments, in Settlement settlement)
    {
        bool isOwn = settlement.Token.Session == step.Step.Session;
        bool hasData = !settlement.Data.IsEmpty;
        arguments.Add(PackClaim(settlement.Token, settlement.Handle, 10)
            .Byte((int)settlement.Kind)
            .Byte((isOwn ? OwnToken : 0) | (hasData ? HasData : 0))
            .Long(Micros.Of(settlement.Delay))
            .ToArray());
        if (hasData)
            arguments.Add(settlement.Data);
    }

    /// <summary>A claim as the records have it, but for its session, and its place, by which the job is known while it runs.</summary>
    public static Packer PackClaim(in ClaimToken token, long place, int more) =>
        new Packer(20 + more).Int(token.Lane).Long(token.Sequence).Long(place);

    private List<ClaimedJob> UnpackClaims(RedisResult[] reply, int position, long? claimedAt)
    {
        var claimed = new List<ClaimedJob>((reply.Length - position) / 2);
        while (position < reply.Length)
        {
            string queue = step.Claims[(int)reply.Number(position)].Queue;
            int count = (int)reply.Number(position + 1);
            long place = reply.Number(position + 2);
            position += 3;
            for (int i = 0; i < count; i++)
            {
                byte[] bytes = reply.Bytes(position + 1);
                var record = new StoredRecord(bytes);
                bool isLarge = (record.Bits & RecordBits.LargeBody) != 0;
                (ReadOnlyMemory<byte> envelope, ReadOnlyMemory<byte> payload) = Body.Split(isLarge ? reply.Bytes(position + 2) : record.Body);
                claimed.Add(new()
                {
                    Ref = new(queue, reply.Text(position)),
                    Handle = place + i,
                    Token = new(step.Step.Session, step.Step.Lane, step.Step.Sequence),
                    Name = record.Name,
                    Payload = payload,
                    Envelope = envelope,
                    Attempt = claimedAt is null ? record.Attempt : record.Attempt + 1,
                    Stalls = record.Stalls,
                    Flags = record.Flags,
                    Priority = record.Priority,
                    AddedAt = Micros.ToTime(record.AddedAt),
                    Waited = claimedAt is { } now ? Micros.ToSpan(Math.Max(0, now - record.At)) : null,
                });
                position += isLarge ? 3 : 2;
            }
        }

        return claimed;
    }
}
