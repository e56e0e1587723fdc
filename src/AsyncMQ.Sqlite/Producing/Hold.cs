using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Producing;

/// <summary>A deduplication record with its place in the store.</summary>
/// <param name="Key">The record's number.</param>
/// <param name="Owner">The owner's handle.</param>
/// <param name="HasKept">Whether an add waits for the owner's end.</param>
/// <param name="Record">What the rules look at.</param>
internal readonly record struct Hold(long Key, long Owner, bool HasKept, DeduplicationRecord Record)
{
    /// <summary>The record of an id; null when there is none.</summary>
    public static Hold? Find(Database database, long queue, string id)
    {
        Statement row = database.Prepare("dedup/find").Start().Bind(queue).Bind(id);
        if (!row.Step())
            return null;

        var hold = new Hold(
            row.Long(0), row.Long(1), row.Bool(4),
            new(row.Text(2), row.IsNull(5) ? null : (JobState)row.Int(5), Ticks.ToTime(row.OptionalLong(3))));
        row.Reset();
        return hold;
    }

    /// <summary>Held against some add or other: by its window, or by an owner that has not ended.</summary>
    public bool IsHeld(long now) => (Record.OwnerState is { } state && !state.IsFinal()) || DeduplicationRules.IsHeld(Record, Ticks.ToTime(now));
}
