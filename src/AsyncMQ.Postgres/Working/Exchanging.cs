using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AsyncMQ.Postgres.Working;

/// <summary>What <c>exchange</c> takes and gives.</summary>
/// <param name="step">The step.</param>
internal sealed class Exchanging(ExchangeStep step)
{
    private const int PayloadColumn = 7;

    /// <summary>The places of the settlements that are sent: those of another session's claims are lost without asking.</summary>
    private readonly List<int> sent = [];

    /// <summary>Handles of the claims whose arguments and options were too large to be sent while the step holds up others.</summary>
    private readonly List<long> large = [];

    public bool HasLarge => large.Count > 0;

    public Arguments PackLarge() => new Arguments().AddColumn(large.ToArray(), NpgsqlDbType.Bigint);

    /// <summary>Reads what was too large. A job that was removed meanwhile is no claim any more.</summary>
    public async ValueTask<ExchangeReply> ReadLargeAsync(NpgsqlDataReader reader, ExchangeReply reply)
    {
        Dictionary<long, (byte[] Payload, byte[] Envelope)> read = [];
        while (await reader.ReadAsync().ConfigureAwait(false))
            read[reader.GetInt64(0)] = (reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<byte[]>(2));
        HashSet<long> asked = [.. large];
        List<ClaimedJob> claimed = [];
        foreach (ClaimedJob job in reply.Claimed)
        {
            if (!asked.Contains(job.Handle))
                claimed.Add(job);
            else if (read.TryGetValue(job.Handle, out (byte[] Payload, byte[] Envelope) found))
                claimed.Add(Fill(job, found.Payload, found.Envelope));
        }

        return reply with { Claimed = claimed };
    }

    public Arguments Pack()
    {
        for (int i = 0; i < step.Settlements.Count; i++)
        {
            if (step.Settlements[i].Token.Session == step.Step.Session)
                sent.Add(i);
        }

        return new Arguments().Add(step.Step).Add(step.Slots).Add(step.Prefetch)
            .AddColumn(step.Claims.Select(static claim => claim.Queue).ToArray(), NpgsqlDbType.Text)
            .AddColumn(step.Claims.Select(static claim => claim.Max).ToArray(), NpgsqlDbType.Integer)
            .AddColumn(All(static settled => settled.Handle), NpgsqlDbType.Bigint)
            .AddColumn(All(static settled => settled.Token.Lane), NpgsqlDbType.Integer)
            .AddColumn(All(static settled => settled.Token.Sequence), NpgsqlDbType.Bigint)
            .AddColumn(Some(static settled => settled.Kind != SettlementKind.Complete, static settled => (short)settled.Kind), NpgsqlDbType.Smallint)
            .AddColumn(Some(static settled => !settled.Data.IsEmpty, static settled => settled.Data), NpgsqlDbType.Bytea)
            .AddColumn(Some(static settled => settled.Delay != TimeSpan.Zero, static settled => settled.Delay), NpgsqlDbType.Interval);
    }

    public async ValueTask<ExchangeReply> ReadAsync(NpgsqlDataReader reader)
    {
        await reader.ReadAsync().ConfigureAwait(false);
        SettleOutcome[] settled = ReadOutcomes(reader.GetFieldValue<byte[]>(0));
        TimeSpan? nextWork = reader.IsDBNull(1) ? null : reader.GetTimeSpan(1);
        string[] ready = reader.IsDBNull(2) ? [] : reader.GetFieldValue<string[]>(2);
        List<ClaimedJob> claimed = [];
        large.Clear();
        var token = new ClaimToken(step.Step.Session, step.Step.Lane, step.Step.Sequence);
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            claimed.Add(ReadClaim(reader, token));
            if (reader.IsDBNull(PayloadColumn))
                large.Add(claimed[^1].Handle);
        }

        return new() { Settled = settled, Claimed = claimed, NextWork = nextWork, ReadyQueues = ready };
    }

    private SettleOutcome[] ReadOutcomes(byte[] told)
    {
        if (step.Settlements.Count == 0)
            return [];
        var outcomes = new SettleOutcome[step.Settlements.Count];
        Array.Fill(outcomes, SettleOutcome.Lost);
        for (int i = 0; i < sent.Count; i++)
            outcomes[sent[i]] = (SettleOutcome)told[i];
        return outcomes;
    }

    private ClaimedJob ReadClaim(NpgsqlDataReader row, in ClaimToken token) => new()
    {
        Ref = new(step.Claims[row.GetInt32(3) - 1].Queue, row.GetString(5)),
        Handle = row.GetInt64(4),
        Token = token,
        Name = row.GetString(6),
        Payload = row.OptionalBytes(PayloadColumn),
        Envelope = row.OptionalBytes(PayloadColumn + 1),
        Attempt = row.GetInt32(9),
        Stalls = row.GetInt32(10),
        Flags = (JobFlags)row.GetInt16(11),
        Priority = row.GetInt32(12),
        AddedAt = row.GetDateTime(13),
        Waited = row.IsDBNull(14) ? null : row.GetTimeSpan(14),
    };

    private static ClaimedJob Fill(ClaimedJob job, byte[] payload, byte[] envelope) => new()
    {
        Ref = job.Ref,
        Handle = job.Handle,
        Token = job.Token,
        Name = job.Name,
        Payload = payload,
        Envelope = envelope,
        Attempt = job.Attempt,
        Stalls = job.Stalls,
        Flags = job.Flags,
        Priority = job.Priority,
        AddedAt = job.AddedAt,
        Waited = job.Waited,
    };

    private T[] All<T>(Func<Settlement, T> value)
    {
        var column = new T[sent.Count];
        for (int i = 0; i < column.Length; i++)
            column[i] = value(step.Settlements[sent[i]]);
        return column;
    }

    private T[]? Some<T>(Func<Settlement, bool> has, Func<Settlement, T> value)
    {
        foreach (int place in sent)
        {
            if (has(step.Settlements[place]))
                return All(value);
        }

        return null;
    }
}
