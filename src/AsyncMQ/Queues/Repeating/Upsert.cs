using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>What is to become of a repeatable that somebody wants to be so.</summary>
/// <param name="Definition">What is to be stored.</param>
/// <param name="Next">Its next time; null: it has had all its runs.</param>
internal sealed record Upsert(ReadOnlyMemory<byte> Definition, DateTimeOffset? Next)
{
    /// <summary>Decides; null when it is so already.</summary>
    /// <param name="schedule">When it is to run.</param>
    /// <param name="job">Which job.</param>
    /// <param name="paused">Whether it is to be paused; null: as it is.</param>
    /// <param name="stored">What is stored; null: nothing.</param>
    /// <param name="now">The store's time.</param>
    /// <exception cref="ArgumentException">The schedule would never run.</exception>
    public static Upsert? Of(Schedule schedule, JobTemplate job, bool? paused, ScheduleRecord? stored, DateTimeOffset now)
    {
        RepeatableDefinition? before = stored is null ? null : RepeatableDefinition.Read(stored.Definition, out _);
        var wanted = new RepeatableDefinition(schedule, job, before?.Created ?? Times.ToMilliseconds(stored?.CreatedAt ?? now));
        ReadOnlyMemory<byte> bytes = wanted.Pack();
        if (stored is not null && bytes.Span.SequenceEqual(stored.Definition.Span) && (paused is null || paused == stored.IsPaused))
            return null;

        bool isResumed = paused == false && stored is { IsPaused: true };
        DateTimeOffset? next = !isResumed && before?.HasTimesOf(wanted) == true && stored!.Next is { } kept && !(stored.Runs >= schedule.MaxRuns)
            ? kept
            : wanted.NextAfter(stored is null ? wanted.Created.AddTicks(-1) : now, stored?.Runs ?? 0);
        return next is null && !(stored?.Runs >= schedule.MaxRuns) ? throw Never(schedule, now) : new(bytes, next);
    }

    private static ArgumentException Never(Schedule schedule, DateTimeOffset now) => new(
        schedule.End is { } end
            ? $"The schedule would never run: its End ({end:O}) is over or comes before its next time, and it is {now:O} now."
            : $"The schedule would never run from {now:O} on.");
}
