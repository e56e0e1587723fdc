using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>
/// What may be said of one job when it is added. An option left unset is resolved late, where the job runs: its handler's <see cref="JobAttribute"/>,
/// then its queue's options, then the library's; what is set here always wins.
/// </summary>
public sealed record JobOptions
{
    internal const int MostDependencies = 1_000;

    internal static JobOptions None { get; } = new();

    /// <summary>
    /// The job's id, unique in its queue: adding it again is answered Duplicate and changes nothing. Null (the default): a generated one. 1 to 255 bytes
    /// of UTF-8; not only digits, no <c>:</c>, no control characters, no space at either end, not beginning with <c>@</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The id breaks a rule.</exception>
    public string? JobId { get; init => field = value is null ? null : Names.RequireJobId(value); }

    /// <summary>
    /// Not to start before this much time has passed, by the store's clock; for a job that depends on others, since the last of those ended. Not together
    /// with <see cref="RunAt"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, or longer than 100 years.</exception>
    public TimeSpan? Delay { get; init => field = Times.RequireDelay(value, "Delay"); }

    /// <summary>Not to start before this time, by the store's clock; a time in the past means at once. Not together with <see cref="Delay"/>.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>
    /// Lower runs first; first in, first out among equals. 5 by default. A job that depends on others comes in when the last of those has ended, behind
    /// its equals.
    /// </summary>
    public int Priority { get; init; } = 5;

    /// <summary>
    /// How long after the add an attempt may still start; then the job is expired, also while it is delayed for a later attempt. Unlimited by default.
    /// Must be longer than <see cref="Delay"/>. For a job that depends on others it counts from when the last of those has ended: as long as it waits for
    /// them it does not expire.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive, or longer than 100 years.</exception>
    public TimeSpan? TimeToLive { get; init => field = Times.RequireSpan(value, "TimeToLive"); }

    /// <summary>How often a failed job is run again: 3 means up to four attempts. Left unset: resolved where it runs, 0 if nobody says otherwise.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or over 1 000 000.</exception>
    public int? Retries { get; init => field = RequireRetries(value); }

    /// <summary>How long to wait between attempts. Left unset: resolved where it runs.</summary>
    public Backoff? Backoff { get; init; }

    /// <summary>How long one attempt may run before its token is cancelled. Left unset: resolved where it runs, unlimited if nobody says otherwise.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive, or longer than 24 days.</exception>
    public TimeSpan? Timeout { get; init => field = RequireTimeout(value); }

    /// <summary>Suppresses this add while another job owns the same deduplication id.</summary>
    public Deduplication? Deduplication { get; init; }

    /// <summary>
    /// Whom the job is for: a tenant, a customer, an account. Within a priority the keys of a queue take turns, so that none has to wait for another's
    /// backlog; and a key can be limited (<see cref="QueueLimits.PerKey"/>). 1 to 255 bytes of UTF-8, no control characters, no space at either end. Null
    /// (the default): none; jobs without a key take turns as one more key.
    /// </summary>
    /// <exception cref="ArgumentException">The key breaks a rule.</exception>
    public string? Key { get; init => field = value is null ? null : Names.RequireKey(value); }

    /// <summary>
    /// Jobs that must end before this one may start, of its own queue or others; at most 1 000, one that stands twice counts once. They are looked at in the
    /// same step as the add, so that no end is missed: one that completed is satisfied, for one that failed, expired or was cancelled
    /// <see cref="OnDependencyFailure"/> decides, and one that does not exist refuses the add. The job is <see cref="JobState.WaitingChildren"/> until the
    /// last one has ended; then it is released, and only then do its <see cref="Delay"/>, its place among equals and its <see cref="TimeToLive"/> begin to
    /// count. Null (the default): none.
    /// </summary>
    /// <exception cref="ArgumentException">There are too many, or one has no queue or id, or one that breaks a rule.</exception>
    public IReadOnlyList<JobRef>? DependsOn { get; init => field = RequireDependencies(value); }

    /// <summary>What becomes of the job when one of <see cref="DependsOn"/>, or of the nodes it comes after in a <see cref="Flow"/>, does not complete. It
    /// fails, too, by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">That is not a policy.</exception>
    public OnDependencyFailure OnDependencyFailure { get; init => field = RequirePolicy(value); }

    /// <summary>Small texts that travel with the job, for the application's own use: trace ids, tenants. Names of 1 to 128 characters.</summary>
    /// <exception cref="ArgumentException">A name is empty, too long, or has white space or control characters; or a value is null or has a lone surrogate.</exception>
    public IReadOnlyDictionary<string, string>? Headers { get; init => field = RequireHeaders(value); }

    /// <summary>Words to find the job by: at most 32, of 1 to 128 characters.</summary>
    /// <exception cref="ArgumentException">There are too many, or one is empty, too long, or has white space or control characters.</exception>
    public IReadOnlyList<string>? Tags { get; init => field = RequireTags(value); }

    internal static int? RequireRetries(int? value) =>
        value is null or (>= 0 and <= 1_000_000)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Retries must be 0 to 1 000 000, but was {value}.");

    internal static TimeSpan? RequireTimeout(TimeSpan? value) =>
        value is null || (value > TimeSpan.Zero && value <= TimeSpan.FromDays(24))
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Timeout must be longer than zero and at most 24 days, but was {value}.");

    /// <summary>Checks the options that only make sense together.</summary>
    internal void Validate()
    {
        if (Delay is not null && RunAt is not null)
            throw new ArgumentException("Delay and RunAt are both set. Give one of them.");
        if (RunAt is { } at && at.Year > 2_200)
            throw new ArgumentException($"RunAt must be within about 100 years, but was {at:O}.");
        if (TimeToLive is { } ttl && Delay is { } delay && delay >= ttl)
            throw new ArgumentException($"TimeToLive ({ttl}) must be longer than Delay ({delay}); the job would expire before it could start.");
        if (DependsOn is not null && Deduplication is { KeepLastIfActive: true })
            throw new ArgumentException("DependsOn and KeepLastIfActive are both set. An add that is kept to follow an active job cannot wait for others, too: give one of them.");
    }

    private static JobRef[]? RequireDependencies(IReadOnlyList<JobRef>? jobs)
    {
        if (jobs is null || jobs.Count == 0)
            return null;

        JobRef[] distinct = [.. jobs.Select(Names.RequireDependency).Distinct()];
        return distinct.Length <= MostDependencies
            ? distinct
            : throw new ArgumentException(
                $"A job can depend on at most {MostDependencies} others, but got {distinct.Length}. Put jobs in between that each wait for a part of them.", nameof(jobs));
    }

    private static OnDependencyFailure RequirePolicy(OnDependencyFailure policy) =>
        Enum.IsDefined(policy)
            ? policy
            : throw new ArgumentOutOfRangeException(nameof(policy), policy, $"OnDependencyFailure must be Fail, Continue or Wait, but was {(int)policy}.");

    private static Dictionary<string, string>? RequireHeaders(IReadOnlyDictionary<string, string>? headers)
    {
        if (headers is null || headers.Count == 0)
            return null;

        // A copy: the caller's dictionary may change after the check.
        var copy = new Dictionary<string, string>(headers.Count, StringComparer.Ordinal);
        foreach ((string name, string value) in headers)
        {
            Names.RequireHeader(name);
            copy.Add(name, WellFormed.Require(value ?? throw new ArgumentException($"Header '{name}' has no value (null).", nameof(headers)), "A header's value"));
        }

        return copy;
    }

    private static string[]? RequireTags(IReadOnlyList<string>? tags)
    {
        if (tags is null || tags.Count == 0)
            return null;
        if (tags.Count > 32)
            throw new ArgumentException($"A job can have at most 32 tags, but got {tags.Count}.", nameof(tags));

        return [.. tags.Select(Names.RequireTag)];
    }
}
