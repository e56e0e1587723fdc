using System.Text;
using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AsyncMQ.Postgres.Events;

/// <summary>What the functions in <c>Sql/Functions/Events</c> take and give.</summary>
internal static class EventPages
{
    public static Arguments Pack(EventSubscription subscription) => new Arguments().Add(subscription.Id).Add((TimeSpan?)subscription.Lease)
        .AddColumn(subscription.Interests.Select(static interest => (int)interest.Kinds).ToArray(), NpgsqlDbType.Integer)
        .AddColumn(subscription.Interests.Select(static interest => interest.Queue).ToArray(), NpgsqlDbType.Text)
        .AddColumn(subscription.Interests.Select(static interest => interest.Id).ToArray(), NpgsqlDbType.Text);

    public static async ValueTask<SubscribeReply> ReadReplyAsync(NpgsqlDataReader reader)
    {
        await reader.ReadAsync().ConfigureAwait(false);
        return new(reader.GetInt64(0), reader.GetBoolean(1));
    }

    public static async ValueTask<EventPage> ReadPageAsync(NpgsqlDataReader reader)
    {
        await reader.ReadAsync().ConfigureAwait(false);
        long first = reader.GetInt64(0);
        if (reader.IsDBNull(1))
            return new(first, []);

        List<StoreEvent> events = [];
        do
            events.Add(Read(reader));
        while (await reader.ReadAsync().ConfigureAwait(false));
        return new(first, events);
    }

    private static StoreEvent Read(NpgsqlDataReader row) => new()
    {
        Kind = (JobEventKinds)row.GetInt32(1),
        At = row.GetDateTime(2),
        Queue = row.OptionalText(3),
        Id = row.OptionalText(4),
        Name = row.OptionalAnyText(5),
        Attempt = row.GetInt32(6),
        Stalls = row.GetInt32(7),
        State = (JobState)row.GetInt16(8),
        Until = row.OptionalTime(9),
        Text = row.OptionalAnyText(10),
        Detail = row.OptionalAnyText(11),
        IsManual = row.GetBoolean(12),
        IsLost = row.GetBoolean(13),
        Data = row.OptionalBytes(14),
    };
}
