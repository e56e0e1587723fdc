using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Storage;

namespace AsyncMQ.Postgres.Inspecting;

/// <summary>What <c>page_jobs</c> takes.</summary>
internal static class PageArguments
{
    public static Arguments Pack(PageRequest request)
    {
        (int? priority, DateTimeOffset? time, long? sequence) = Split(request.State, request.After);
        return new Arguments().Add(request.Queue).Add((short)request.State).Add(request.Take + 1).Add(request.Skip).Add(request.Reverse)
            .Add(priority).Add(time).Add(sequence).Add((int)request.Parts);
    }

    // The reverse of JobReader.KeyOf.
    private static (int? Priority, DateTimeOffset? Time, long? Sequence) Split(JobState state, PageKey? after)
    {
        if (after is not { } key)
            return default;
        return state switch
        {
            JobState.Waiting => ((int)key.Rank, null, key.Sequence),
            JobState.WaitingChildren => (null, null, key.Sequence),
            JobState.Active or JobState.Delayed => (null, TimeOf(key.Rank), key.Sequence),
            _ => (null, TimeOf(-key.Rank), -key.Sequence),
        };
    }

    private static DateTimeOffset TimeOf(long rank) =>
        new(Math.Clamp(rank, 0, DateTime.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond) * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
