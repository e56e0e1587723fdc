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

    private void PackSettlements(Arguments arguments)
    {
        IReadOnlyList<Settlement> settlements = step.Settlements;
        List<string> queues = [];
        foreach (Settlement settlement in settlements)
        {
            if (!(queues.Count > 0 && queues[^1] == settlement.Job.Queue) && !queues.Contains(settlement.Job.Queue))
                queues.Add(settlement.Job.Queue);
        }

        arguments.Add(queues.Count);
        int place = 0;
        foreach (string queue in queues)
        {
            int count = 0;
            foreach (Settlement settlement in settlements)
                count += settlement.Job.Queue == queue ? 1 : 0;
            arguments.Add(queue).Add(count);
            for (int i = 0; i < settlements.Count; i++)
            {
                if (settlements[i].Job.Queue != queue)
                    continue;
                places[i] = place++;
                PackSettlement(arguments, settlements[i]);
            }
        }
    }

    private void PackSettlement(Arguments arguments, in Settlement settlement)
    {
        bool isOwn = settlement.Token.Session == step.Step.Session;
        bool hasData = !settlement.Data.IsEmpty;
        if (isOwn && !hasData && settlement.Kind == SettlementKind.Complete)
        {
            arguments.Add(settlement.Job.Id).Add(PackClaim(settlement.Token, settlement.Handle, 0).ToArray());
            return;
        }

        arguments.Add(settlement.Job.Id).Add(PackClaim(settlement.Token, settlement.Handle, 10)
            .Byte((int)settlement.Kind)
            .Byte((isOwn ? OwnToken : 0) | (hasData ? HasData : 0))
            .Long(Micros.Of(settlement.Delay))
            .ToArray());
        if (hasData)
            arguments.Add(settlement.Data);
    }

    /// <summary>A claim as the records have it, but for its session.</summary>
    public static Packer PackClaim(in ClaimToken token, long handle, int more) =>
        new Packer(20 + more).Int(token.Lane).Long(token.Sequence).Long(handle);

    private List<ClaimedJob> UnpackClaims(RedisResult[] reply, int position, long? claimedAt)
    {
        var claimed = new List<ClaimedJob>((reply.Length - position) / 2);
        while (position < reply.Length)
        {
            string queue = step.Claims[(int)reply.Number(position)].Queue;
            int count = (int)reply.Number(position + 1);
            position += 2;
            for (int i = 0; i < count; i++)
            {
                byte[] bytes = reply.Bytes(position + 1);
                var record = new StoredRecord(bytes);
                bool isLarge = (record.Bits & RecordBits.LargeBody) != 0;
                (ReadOnlyMemory<byte> envelope, ReadOnlyMemory<byte> payload) = Body.Split(isLarge ? reply.Bytes(position + 2) : record.Body);
                claimed.Add(new()
                {
                    Ref = new(queue, reply.Text(position)),
                    Handle = record.Handle,
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
