using AsyncMQ.Conformance.Driving;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Postgres.Tests.Faults.Deadlocks;

/// <summary>What one caller draws by chance.</summary>
internal sealed class Draw(Random random)
{
    /// <summary>Of jobs, keys, flows, schedules and deduplication: few, so that callers meet.</summary>
    public static readonly string[] Names = ["a", "b", "c", "d", "e", "f", "g", "h"];

    /// <summary>A job that was never there.</summary>
    public static JobRef Fresh(string queue) => new(queue, $"{Guid.NewGuid():N}");

    public int Below(int limit) => random.Next(limit);

    public bool Chance(int percent) => random.Next(100) < percent;

    public T Of<T>(params IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    public T[] Shuffled<T>(T[] all)
    {
        T[] shuffled = [.. all];
        random.Shuffle(shuffled);
        return shuffled;
    }

    public TimeSpan Span() => TimeSpan.FromSeconds(random.Next(1, 60));

    public JobRef Ref() => new(Of(RandomSteps.Queues), Of(Names));

    public NewJob Job()
    {
        bool custom = Chance(60);
        NewJob job = Drafts.Job("") with { Ref = custom ? Ref() : Fresh(Of(RandomSteps.Queues)) };
        if (custom)
            job = job.WithCustomId();
        if (Chance(40))
            job = job.WithKey(Of(Names));
        if (Chance(20))
            job = job.Delayed(Span());
        if (Chance(10))
            job = job.ToLive(Span());
        if (Chance(30))
            job = job.Deduplicated(new Deduplication(Of(Names)) { Ttl = Chance(50) ? Span() : null, Extend = Chance(40), Replace = Chance(40), KeepLastIfActive = Chance(40) });
        return job.WithPriority(Of(1, 5, 5, 9));
    }

    /// <summary>Jobs that depend on each other, or on others, and now and then are a flow. A group that is refused is as good as one that is not.</summary>
    public AddGroup Group()
    {
        bool isFlow = Chance(15);
        List<NewJob> jobs = [];
        for (int left = Of(1, 1, 3, 6); left > 0; left--)
        {
            NewJob job = Job();
            if (isFlow)
                job = job with { Ref = Fresh(job.Ref.Queue), Deduplication = null, Flags = job.Flags & ~(JobFlags.Deduplication | JobFlags.CustomId) };
            JobRef other = jobs.Count > 0 && Chance(70) ? Of(jobs).Ref : Ref();
            if (Chance(35) && other != job.Ref)
            {
                job = job.DependsOn([other]).OnDependencyFailure(Of(Enum.GetValues<OnDependencyFailure>()));
                job = job with { Deduplication = job.Deduplication is { } asked ? asked with { KeepLastIfActive = false } : null };
            }

            jobs.Add(job);
        }

        return !isFlow ? new(jobs) : Chance(40) ? jobs.Extending(Of(Names)) : jobs.InFlow(Of(Names));
    }

    public Settlement Settlement(ClaimedJob job) =>
        Worker.Settlement(job, Chance(60) ? SettlementKind.Complete : Of(Enum.GetValues<SettlementKind>()), "data", Chance(30) ? Span() : TimeSpan.Zero);

    public QueueCommand Command() => Below(12) switch
    {
        0 => new QueueCommand.Pause("me", "why", Span()),
        1 => new QueueCommand.SetRetention(Chance(50) ? null : RetentionPolicy.Forever with { Age = Span() }),
        2 => new QueueCommand.SetLimits(Chance(50) ? null : new() { Concurrency = 20, Rate = new(50, Span()), PerKey = KeyLimits() }),
        3 => new QueueCommand.SetKeyLimits(Of(Names), Chance(40) ? null : KeyLimits()),
        4 => new QueueCommand.Hold(Chance(70) ? Of(Names) : null, TimeSpan.FromSeconds(1)),
        5 => new QueueCommand.ReleaseDeduplication(Of(Names)),
        6 => new QueueCommand.Close(Chance(20)),
        7 => new QueueCommand.Delete(),
        _ => new QueueCommand.Resume(),
    };

    private KeyLimits KeyLimits() => new() { Concurrency = Of(1, 2, 5), Rate = Chance(30) ? new(10, Span()) : null, StrictOrder = Chance(30) };
}
