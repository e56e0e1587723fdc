using AsyncMQ.Redis.Coding;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Leasing;

/// <summary>What a process says of itself, packed for people and for the list of sessions; and the sessions that a script lists.</summary>
internal static class SessionCodec
{
    /// <summary>From so many queues on, a session is told which of those it did not ask for are ready.</summary>
    private const int MostQueuesAsked = 64;

    /// <param name="info">What the process says.</param>
    /// <param name="layout">The layout that it knows.</param>
    public static RedisValue[] Pack(SessionInfo info, string layout)
    {
        Arguments arguments = new Arguments()
            .Add(Arguments.Name(info.Id))
            .Add(info.Name)
            .Add(info.Lease is { } lease ? Micros.Of(lease) : 0)
            .Add(info.IsQuiet ? 1 : 0)
            .Add(string.Join('\n', info.Names))
            .Add(PackInfo(info))
            .Add(layout);
        if (info.Queues.Count > MostQueuesAsked)
        {
            foreach (string queue in info.Queues)
                arguments.Add(queue);
        }

        return arguments.ToArray();
    }

    public static IReadOnlyList<SessionRecord> UnpackAll(RedisResult[] reply)
    {
        var sessions = new List<(long Number, SessionRecord Record)>();
        for (int i = 0; i < reply.Length; i += 8)
        {
            SessionInfo info = UnpackInfo(new(Guid.ParseExact(reply.Text(i), "N")), Micros.ToSpan(reply.Number(i + 5)), reply.Bytes(i + 2));
            sessions.Add((reply.Number(i + 1), new()
            {
                Info = info,
                OpenedAt = Micros.ToTime(reply.Number(i + 3)),
                RenewedAt = Micros.ToTime(reply.Number(i + 4)),
                LeaseUntil = Micros.ToTime(reply.Number(i + 4) + reply.Number(i + 5)),
                Claims = (int)reply.Number(i + 6),
                IsQuiet = reply.Number(i + 7) == 1,
            }));
        }

        return [.. sessions.OrderBy(static session => session.Number).Select(static session => session.Record)];
    }

    /// <summary>Claims, five entries each, from an index on.</summary>
    public static IReadOnlyList<SessionClaim> UnpackClaims(RedisResult[] reply, int from, SessionId session)
    {
        var claims = new SessionClaim[(reply.Length - from) / 5];
        for (int i = 0; i < claims.Length; i++, from += 5)
        {
            claims[i] = new(
                new(reply.Text(from), reply.Text(from + 1)),
                reply.Number(from + 2),
                new(session, (int)reply.Number(from + 3), reply.Number(from + 4)));
        }

        return claims;
    }

    private static byte[] PackInfo(SessionInfo info)
    {
        Packer packer = new Packer(128)
            .CountedText(info.Name)
            .CountedText(info.Host)
            .Int(info.ProcessId)
            .CountedText(info.Version)
            .Int(info.Concurrency)
            .Byte(info.IsQuiet ? 1 : 0)
            .Int(info.Names.Count);
        foreach (string name in info.Names)
            packer.CountedText(name);
        packer.Int(info.Queues.Count);
        foreach (string queue in info.Queues)
            packer.CountedText(queue);
        return packer.ToArray();
    }

    private static SessionInfo UnpackInfo(SessionId id, TimeSpan lease, byte[] packed)
    {
        var reader = new Unpacker(packed);
        return new()
        {
            Id = id,
            Lease = lease,
            Name = reader.CountedText(),
            Host = reader.CountedText(),
            ProcessId = reader.Int(),
            Version = reader.CountedText(),
            Concurrency = reader.Int(),
            IsQuiet = reader.Byte() == 1,
            Names = UnpackTexts(reader),
            Queues = UnpackTexts(reader),
        };
    }

    private static string[] UnpackTexts(Unpacker reader)
    {
        var texts = new string[reader.Int()];
        for (int i = 0; i < texts.Length; i++)
            texts[i] = reader.CountedText();
        return texts;
    }
}
