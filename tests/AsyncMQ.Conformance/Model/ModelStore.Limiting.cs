namespace AsyncMQ.Conformance.Model;

/// <content>Limits, and the turns of keys.</content>
internal sealed partial class ModelStore
{
    private long lastTurn;

    public static ModelKey KeyNamed(ModelQueue queue, string name) =>
        queue.Keys.TryGetValue(name, out ModelKey? key) ? key : queue.Keys[name] = new();

    public static KeyLimits? LimitsOf(ModelQueue queue, ModelKey key) => key.Own ?? queue.Limits?.PerKey;

    public bool IsHeld(DateTimeOffset? until) => until > Now;

    /// <summary>When the next permit comes; null: one is left.</summary>
    public DateTimeOffset? NextPermit(RateLimit? rate, List<DateTimeOffset> spent) =>
        rate is not null && spent.Count >= rate.Permits && spent[^rate.Permits] + rate.Window > Now ? spent[^rate.Permits] + rate.Window : null;

    /// <summary>Whether there is anything to say of a key.</summary>
    public bool IsOnRecord(ModelQueue queue, string name)
    {
        ModelKey key = KeyNamed(queue, name);
        return JobsOf(queue, name).Any() || key.Own is not null || key.Head is not null || IsHeld(key.HeldUntil)
            || (LimitsOf(queue, key)?.Rate is { } rate && key.Spent.Exists(at => at + rate.Window > Now));
    }

    /// <summary>The jobs of a key that wait or run.</summary>
    public static IEnumerable<ModelJob> JobsOf(ModelQueue queue, string? key) =>
        queue.Jobs.Values.Where(job => job.Draft.Key == key && job.State is (JobState.Waiting or JobState.Active));

    private bool GivesWork(ModelQueue queue) =>
        !queue.IsClosed && !IsPaused(queue) && !IsHeld(queue.HeldUntil)
        && !(queue.Jobs.Values.Count(job => job.State == JobState.Active) >= queue.Limits?.Concurrency)
        && NextPermit(queue.Limits?.Rate, queue.Spent) is null;

    /// <summary>Its start is not bound to its claim, and what it holds until then nobody else could use.</summary>
    private static bool MayBeClaimedAhead(ModelQueue queue, ModelJob job)
    {
        if ((job.Flags & JobFlags.TimeToLive) != 0 || queue.Limits is { Rate: not null } or { Concurrency: not null })
            return false;
        if (job.Draft.Key is not { } name || LimitsOf(queue, KeyNamed(queue, name)) is not { } limits)
            return true;
        int then = JobsOf(queue, name).Count(other => other.State == JobState.Active) + 1;
        return limits is { Rate: null, StrictOrder: false } && (limits.Concurrency is null || then < limits.Concurrency);
    }

    private bool IsOpen(ModelQueue queue, string name)
    {
        ModelKey key = KeyNamed(queue, name);
        KeyLimits? limits = LimitsOf(queue, key);
        int active = JobsOf(queue, name).Count(job => job.State == JobState.Active);
        bool isFull = limits is { StrictOrder: true } ? active > 0 : active >= limits?.Concurrency;
        bool waitsForHead = key.Head is { State: not JobState.Waiting };
        return !isFull && !waitsForHead && !IsHeld(key.HeldUntil) && NextPermit(limits?.Rate, key.Spent) is null;
    }

    /// <summary>After a change of a key: takes the places that it may have and has not, gives up those that it may not have.</summary>
    private void Review(ModelQueue queue, string? name)
    {
        ModelJob[] waiting = [.. JobsOf(queue, name).Where(job => job.State == JobState.Waiting)];
        if (name is not null && KeyNamed(queue, name).Head is { } head)
            waiting = [.. waiting.Where(job => job == head)];
        int[] may = name is null || IsOpen(queue, name) ? [.. waiting.Select(job => job.Draft.Priority).Distinct().Order()] : [];
        foreach ((string? Key, int Priority) place in queue.Turns.Keys.Where(place => place.Key == name && !may.Contains(place.Priority)).ToArray())
            queue.Turns.Remove(place);
        foreach (int priority in may)
        {
            if (!queue.Turns.ContainsKey((name, priority)))
                queue.Turns[(name, priority)] = ++lastTurn;
        }
    }

    private void ReviewAll(ModelQueue queue)
    {
        foreach (string name in queue.Keys.Keys.Order(StringComparer.Ordinal).ToArray())
            Adapt(queue, name);
    }

    private void Adapt(ModelQueue queue, string name)
    {
        ModelKey key = queue.Keys[name];
        KeyLimits? limits = LimitsOf(queue, key);
        if (limits?.Rate is null)
            key.Spent.Clear();
        if (limits is not { StrictOrder: true })
            key.Head = null;
        Review(queue, name);
    }

    /// <summary>Keys whose time has come take their places.</summary>
    private void OpenDue(ModelQueue queue)
    {
        foreach (string name in queue.Keys.Keys.OrderBy(name => OpensAt(queue, queue.Keys[name])).ThenBy(name => name, StringComparer.Ordinal).ToArray())
            Review(queue, name);
    }

    private static DateTimeOffset OpensAt(ModelQueue queue, ModelKey key)
    {
        DateTimeOffset at = key.HeldUntil ?? DateTimeOffset.MinValue;
        if (LimitsOf(queue, key)?.Rate is { } rate && key.Spent.Count >= rate.Permits && key.Spent[^rate.Permits] + rate.Window is var next && next > at)
            at = next;
        return at;
    }

    private static ModelJob? NextFor(ModelQueue queue, ModelSession session) => queue.Jobs.Values
        .Where(job => job.State == JobState.Waiting && (!job.IsParked || session.Info.Names.Contains(job.Draft.Name)))
        .Where(job => queue.Turns.ContainsKey((job.Draft.Key, job.Draft.Priority)))
        .Where(job => job.Draft.Key is null || KeyNamed(queue, job.Draft.Key).Head is not { } head || head == job)
        .OrderBy(job => job.Draft.Priority).ThenBy(job => queue.Turns[(job.Draft.Key, job.Draft.Priority)]).ThenBy(job => job.Sequence).FirstOrDefault();

    /// <summary>The job is active already.</summary>
    private void CountClaim(ModelQueue queue, ModelJob job)
    {
        if (queue.Limits?.Rate is not null)
            queue.Spent.Add(Now);
        if (job.Draft.Key is { } name)
        {
            ModelKey key = KeyNamed(queue, name);
            KeyLimits? limits = LimitsOf(queue, key);
            if (limits is { StrictOrder: true })
                key.Head = job;
            if (limits?.Rate is not null)
                key.Spent.Add(Now);
        }

        Review(queue, job.Draft.Key);
        if (queue.Turns.ContainsKey((job.Draft.Key, job.Draft.Priority)))
            queue.Turns[(job.Draft.Key, job.Draft.Priority)] = ++lastTurn;
    }

    private void ReturnPermits(ModelJob job)
    {
        ModelQueue queue = Queues[job.Ref.Queue];
        foreach (List<DateTimeOffset> spent in job.Draft.Key is { } key ? [queue.Spent, KeyNamed(queue, key).Spent] : new[] { queue.Spent })
        {
            if (spent.Count > 0)
                spent.RemoveAt(spent.Count - 1);
        }
    }

    private void HoldOff(ModelJob job, Settlement settlement)
    {
        ModelQueue queue = Queues[job.Ref.Queue];
        DateTimeOffset until = Now + settlement.Delay;
        if (settlement.Kind == SettlementKind.HoldKey && job.Draft.Key is { } name)
            KeyNamed(queue, name).HeldUntil = Later(KeyNamed(queue, name).HeldUntil, until);
        else
            queue.HeldUntil = Later(queue.HeldUntil, until);
    }

    private static DateTimeOffset Later(DateTimeOffset? one, DateTimeOffset other) => one > other ? one.Value : other;

    /// <summary>A job has come into another state, or is gone.</summary>
    private void Moved(ModelJob job, bool hasEnded = false)
    {
        if (!Queues.TryGetValue(job.Ref.Queue, out ModelQueue? queue))
            return;
        if (hasEnded && job.Draft.Key is { } key && KeyNamed(queue, key).Head == job)
            KeyNamed(queue, key).Head = null;
        Review(queue, job.Draft.Key);
    }

    private long SequenceOf(ModelJob job) => IsHead(job) ? job.Sequence : ++lastNumber;

    private bool IsHead(ModelJob job) => job.Draft.Key is { } key && Queues[job.Ref.Queue].Keys.GetValueOrDefault(key)?.Head == job;

    private QueueReply SetLimits(ModelQueue queue, QueueLimits? limits)
    {
        queue.Limits = limits;
        if (limits?.Rate is null)
            queue.Spent.Clear();
        ReviewAll(queue);
        return QueueReply.Done;
    }

    private QueueReply SetKeyLimits(ModelQueue queue, QueueCommand.SetKeyLimits set)
    {
        KeyNamed(queue, set.Key).Own = set.Limits;
        Adapt(queue, set.Key);
        return QueueReply.Done;
    }

    private QueueReply Hold(ModelQueue queue, QueueCommand.Hold hold)
    {
        if (hold.Key is { } name)
        {
            KeyNamed(queue, name).HeldUntil = Now + hold.For;
            Review(queue, name);
        }
        else
        {
            queue.HeldUntil = Now + hold.For;
        }

        return QueueReply.Done;
    }
}

/// <summary>A key of a queue.</summary>
internal sealed class ModelKey
{
    public KeyLimits? Own { get; set; }

    public DateTimeOffset? HeldUntil { get; set; }

    /// <summary>When permits were spent, as far as its rate was limited.</summary>
    public List<DateTimeOffset> Spent { get; } = [];

    /// <summary>In strict order: the job that the others must let end first.</summary>
    public ModelJob? Head { get; set; }
}
