using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>
/// Which jobs to list or to change. States come in the order given, each in its own order: waiting by priority, then first in; delayed by due time;
/// active by claim; waiting-children by add; the final ones by end, latest first. Filters combine: a job must meet all that are set. States are read one after
/// the other: a job that goes back to one that was read while the page is made, as one does that is parked or tried again, may be missing from it.
/// </summary>
public sealed record JobQuery
{
    /// <summary>The states, in the order wanted; one that stands twice counts once. All by default, in the order of <see cref="JobState"/>.</summary>
    /// <exception cref="ArgumentException">There is none, or one is not a state.</exception>
    public IReadOnlyList<JobState> States { get; init => field = RequireStates(value); } = AllStates;

    /// <summary>The most jobs on the page, 1 to 1 000; 50 by default. A change over a query has no pages and does not look at it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
    public int Take
    {
        get;
        init => field = value is >= 1 and <= 1_000
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Take must be 1 to 1 000, but was {value}.");
    } = 50;

    /// <summary>Where the page before ended: its <see cref="JobPage.Next"/>. Null: from the beginning.</summary>
    public string? After { get; init; }

    /// <summary>
    /// Begin behind so many matching jobs. Costs time with the number: <see cref="After"/> does not. With <see cref="After"/> it is not looked at: a place
    /// to go on is behind them already.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Skip
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"Skip must not be negative, but was {value}.");
    }

    /// <summary>Walk each state's order backwards.</summary>
    public bool Descending { get; init; }

    /// <summary>The job's name; <c>*</c> stands for any text. Null: any.</summary>
    public string? Name { get; init; }

    /// <summary>The job's id; <c>*</c> stands for any text. Null: any.</summary>
    public string? Id { get; init; }

    /// <summary>A tag that the job has, exactly. Null: any.</summary>
    public string? Tag { get; init; }

    /// <summary>A text in the job's id, name or last error, in any case. Never searched in arguments or results. Null: any.</summary>
    public string? Text { get; init; }

    /// <summary>Added at or after this time. Null: any.</summary>
    public DateTimeOffset? AddedFrom { get; init; }

    /// <summary>Added before this time. Null: any.</summary>
    public DateTimeOffset? AddedTo { get; init; }

    /// <summary>Only jobs whose priority is not the default 5: the view <c>prioritized</c>.</summary>
    public bool IsPrioritized { get; init; }

    /// <summary>True when nobody said which states: then running jobs are not touched by a removal.</summary>
    internal bool IsOfAnyState => ReferenceEquals(States, AllStates);

    private static IReadOnlyList<JobState> AllStates { get; } = Enum.GetValues<JobState>();

    private static JobState[] RequireStates(IReadOnlyList<JobState> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        if (states.Count == 0)
            throw new ArgumentException("A query needs at least one state; leave States out for all of them.", nameof(states));
        foreach (JobState state in states)
        {
            if (!Enum.IsDefined(state))
                throw new ArgumentException($"{(int)state} is not a job state.", nameof(states));
        }

        return [.. states.Distinct()];
    }
}

/// <summary>One page of jobs.</summary>
/// <param name="Jobs">The jobs.</param>
/// <param name="Next">Where to go on; null at the end. A page of a filtered query may come back short, even empty, with a place to go on.</param>
/// <param name="Total">How many jobs are in the states asked for now; null for a filtered query, which would have to look at each.</param>
public sealed record JobPage(IReadOnlyList<JobInfo> Jobs, string? Next, long? Total);
