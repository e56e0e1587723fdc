using System.Diagnostics;
using System.Globalization;

namespace AsyncMQ.Conformance.Model;

/// <summary>A store and the model side by side: each operation is done to both, and everything that can be seen of them is compared.</summary>
/// <remarks>
/// Time is jumped before each operation, by amounts that no delay, window or lease is a multiple of, and to where the model's is: so real time that passes
/// besides, which the model does not know, never decides anything and does not add up.
/// </remarks>
internal sealed partial class World : IAsyncDisposable
{
    /// <summary>Passes before each operation.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(11);

    /// <summary>Delays, windows and jumps are multiples of this.</summary>
    public static readonly TimeSpan Unit = TimeSpan.FromMinutes(20);

    /// <summary>Added to times that could meet others at the same moment.</summary>
    public static readonly TimeSpan Aside = TimeSpan.FromSeconds(5);

    /// <summary>A hold that lasts over some operations, but not long.</summary>
    public static readonly TimeSpan HoldTime = TimeSpan.FromSeconds(30);

    public static readonly string[] QueueNames = ["q1", "q2"];

    // Less than times stand apart.
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(2);

    private readonly IStoreFixture fixture;
    private TimeSpan offset;
    private long passed = Stopwatch.GetTimestamp();
    private bool wasSlow;

    private World(IStoreFixture fixture, IJobStore store, DateTimeOffset epoch)
    {
        (this.fixture, Store) = (fixture, store);
        Model = new(epoch);
    }

    public IJobStore Store { get; private set; }

    public ModelStore Model { get; }

    /// <summary>The steps of the session without a lease that adds and administers.</summary>
    public StepCounter Producer { get; } = new(new(Guid.NewGuid()));

    public List<WorldWorker> Workers { get; } = [];

    /// <summary>Every claim ever given, current or not.</summary>
    public List<ClaimedJob> Claims { get; } = [];

    /// <summary>Every job ever sent: sent again as it was, stamp and all, it is the same add.</summary>
    public List<NewJob> Sent { get; } = [];

    /// <summary>Every group ever sent.</summary>
    public List<AddGroup> SentGroups { get; } = [];

    /// <summary>Every firing ever sent: sent again under another name it is that of another scheduler.</summary>
    public List<ScheduleTick> SentTicks { get; } = [];

    /// <summary>What was done, for people.</summary>
    public List<string> Trace { get; } = [];

    public DateTimeOffset Now => Model.Now;

    /// <summary>True when so much real time has passed within one operation that it may have decided something.</summary>
    public bool WasSlow => wasSlow || Stopwatch.GetElapsedTime(passed) > Slow;

    public static async Task<World> OpenAsync(IStoreFixture fixture)
    {
        IJobStore store = await fixture.CreateAsync();
        var world = new World(fixture, store, await store.GetTimeAsync(default));
        await store.OpenAsync(new() { Id = world.Producer.Session, Name = "producer" }, default);
        world.listener = await Listener.OpenAsync(store);
        for (int i = 0; i < 3; i++)
            await world.OpenWorkerAsync();
        return world;
    }

    /// <summary>Closes the store and opens it again, where that is possible: nothing changes.</summary>
    public async Task ReopenAsync()
    {
        if (await fixture.ReopenAsync(Store) is not { } reopened)
            return;
        Store = reopened;
        await Store.SetClockOffsetAsync(offset, default);
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    public async Task OpenWorkerAsync()
    {
        string[][] known = [["work", "rare"], ["work"], []];
        var info = new SessionInfo
        {
            Id = new(Guid.NewGuid()),
            Name = $"worker-{Workers.Count}",
            Lease = (3 * Unit) + Aside,
            Names = known[Workers.Count % known.Length],
            Queues = QueueNames,
            IsQuiet = Workers.Count % 7 == 5,
        };
        await Store.OpenAsync(info, default);
        Model.Open(info);
        Workers.Add(new(info));
    }

    /// <summary>Time passes; those who live renew, the first worker always.</summary>
    public async Task PassAsync(TimeSpan span)
    {
        wasSlow = WasSlow;
        passed = Stopwatch.GetTimestamp();
        Model.Now += span;
        TimeSpan behind = Model.Now - await Store.GetTimeAsync(default);
        if (behind > TimeSpan.Zero)
            offset += behind;
        await Store.SetClockOffsetAsync(offset, default);
        foreach (WorldWorker worker in Workers.Where(worker => !worker.IsSilent))
            RenewAndCompare(worker);
    }

    public void RenewAndCompare(WorldWorker worker)
    {
        RenewReply expected = Model.Renew(worker.Id), actual = Store.Renew(new(worker.Id, 0));
        Same((expected.Alive, expected.Claims, expected.IsQuiet), (actual.Alive, actual.Claims, actual.IsQuiet), "renewal");
        Same(Sorted(expected.Cancellations.Select(claim => (claim.Job, claim.Token))), Sorted(actual.Cancellations.Select(claim => (claim.Job, claim.Token))), "mailbox");
    }

    /// <summary>Compares everything that can be seen.</summary>
    public async Task CompareAsync()
    {
        foreach (string queue in QueueNames)
        {
            await CompareCountsAsync(queue);
            foreach (JobState state in Enum.GetValues<JobState>())
                CompareStates(queue, state, await PageAsync(queue, state));
            foreach (string id in Draws.DeduplicationIds)
                Same(Model.OwnerOf(queue, id), await Store.DeduplicationOwnerAsync(queue, id, default), $"owner of {queue}/{id}");
            await CompareSchedulesAsync(queue);
            await CompareKeysAsync(queue);
        }

        await CompareDueAsync();
        await CompareFlowsAsync();
        await CompareEventsAsync();

        Same(Sorted(Model.Queues.Keys), Sorted((await Store.QueuesAsync(default)).Select(queue => queue.Name)), "queues");
        Same(
            string.Join(",", Workers.Where(worker => Model.Sessions.ContainsKey(worker.Id)).Select(worker => $"{worker.Info.Name}:{Model.HeldBy(worker.Id).Length}:{Model.Sessions[worker.Id].IsQuiet}")),
            string.Join(",", (await Store.SessionsAsync(default)).Select(session => $"{session.Info.Name}:{session.Claims}:{session.IsQuiet}")),
            "sessions");
    }

    private async Task CompareCountsAsync(string queue)
    {
        ModelQueue? model = Model.Queues.GetValueOrDefault(queue);
        ModelJob[] jobs = [.. model?.Jobs.Values ?? Enumerable.Empty<ModelJob>()];
        ModelJob[] waiting = [.. jobs.Where(job => job.State == JobState.Waiting)];
        QueueCounts counts = await Store.CountAsync(queue, default);
        foreach (JobState state in Enum.GetValues<JobState>())
            Same(jobs.LongCount(job => job.State == state), counts.ByState[(int)state], $"count of {queue}, {state}");
        Same(waiting.LongCount(job => job.Draft.Priority != 5), counts.Prioritized, $"prioritized of {queue}");
        Same(waiting.LongCount(job => job.IsParked), counts.Parked, $"parked of {queue}");
        Same(model is not null && Model.IsPaused(model), counts.IsPaused, $"pause of {queue}");
    }

    private void CompareStates(string queue, JobState state, IReadOnlyList<JobRecord> page)
    {
        ModelJob[] jobs = [.. Model.Queues.GetValueOrDefault(queue)?.Jobs.Values.Where(job => job.State == state) ?? []];
        IEnumerable<ModelJob> ordered = state switch
        {
            JobState.Waiting => jobs.OrderBy(job => job.Draft.Priority).ThenBy(job => job.Sequence),
            JobState.Delayed => jobs.OrderBy(job => job.DueAt).ThenBy(job => job.Number),
            JobState.WaitingChildren => jobs.OrderBy(job => job.Number),
            // Jobs claimed or ended by one step come in any order among themselves.
            JobState.Active => jobs.OrderBy(job => job.ClaimedAt).ThenBy(job => PlaceIn(page, job)),
            _ => jobs.OrderByDescending(job => job.EndedAt).ThenBy(job => PlaceIn(page, job)),
        };
        ModelJob[] expected = [.. ordered];
        Same(string.Join(" ", expected.Select(job => job.Ref.Id)), string.Join(" ", page.Select(job => job.Ref.Id)), $"order of {queue}, {state}");
        foreach ((ModelJob model, JobRecord record) in expected.Zip(page))
            CompareJob(model, record);
    }

    private static void CompareJob(ModelJob model, JobRecord record)
    {
        string what = $"{model.Ref} ({record.State})";
        Same(model.Draft.Priority, record.Priority, $"priority of {what}");
        Same(model.Draft.Payload.Text(), record.Payload.Text(), $"payload of {what}");
        Same(model.Stalls, record.Stalls, $"stalls of {what}");
        Same(model.IsParked, record.IsParked, $"parked {what}");
        Same(model.CancelRequested, record.CancelRequested, $"cancel request of {what}");
        SameTime(model.DueAt, record.DueAt, $"due time of {what}");
        SameTime(model.ExpiresAt, record.ExpiresAt, $"time-to-live of {what}");
        SameTime(model.AddedAt, record.AddedAt, $"add time of {what}");
        SameTime(model.State.IsFinal() ? model.EndedAt : null, record.FinishedAt, $"end of {what}");
        Same(model.Progress, record.Progress.Text(), $"progress of {what}");
        Same(model.Lines, record.Logs.Count, $"lines of {what}");
        Same(model.Draft.Key, record.LimitKey, $"key of {what}");
        Same(model.Draft.Deduplication?.Id, record.DeduplicationId, $"deduplication id of {what}");
        Same(model.Flow?.Id, record.Flow, $"flow of {what}");
        Same(model.Draft.OnDependencyFailure, record.OnDependencyFailure, $"policy of {what}");
        Same(
            InOrder(model.Edges.Select(edge => $"{edge.Name} {edge.Status}")),
            InOrder(record.Dependencies.Select(dependency => $"{dependency.Job} {dependency.Status}")),
            $"dependencies of {what}");
        if (model.State != JobState.Cancelled)
        {
            Same(model.Attempt, record.Attempt, $"attempt of {what}");
            Same(model.Result, record.Result.Text(), $"result of {what}");
            Same(model.Error, record.Error.Text(), $"error of {what}");
        }
    }

    private async Task<IReadOnlyList<JobRecord>> PageAsync(string queue, JobState state) =>
        (await Store.PageAsync(new() { Queue = queue, State = state, Take = 1_000, Parts = JobParts.All }, default)).Jobs;

    private static int PlaceIn(IReadOnlyList<JobRecord> page, ModelJob job) => page.TakeWhile(record => record.Ref != job.Ref).Count();

    public static void Same<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new DifferenceException($"{what}: the model says <{expected}>, the store <{actual}>");
    }

    public static string Sorted<T>(IEnumerable<T> items) => string.Join(", ", items.Select(item => $"{item}").Order(StringComparer.Ordinal));

    public static string InOrder<T>(IEnumerable<T> items) => string.Join(", ", items.Select(item => $"{item}"));

    private static void SameTime(DateTimeOffset? expected, DateTimeOffset? actual, string what)
    {
        bool same = expected is null ? actual is null : actual - expected < Aside && expected - actual < TimeSpan.FromSeconds(1);
        if (!same)
            throw new DifferenceException(string.Create(CultureInfo.InvariantCulture, $"{what}: the model says <{expected:O}>, the store <{actual:O}>"));
    }
}

/// <summary>A worker's session in the world.</summary>
internal sealed class WorldWorker(SessionInfo info)
{
    public SessionInfo Info => info;

    public SessionId Id => info.Id;

    public StepCounter Steps { get; } = new(info.Id);

    /// <summary>It renews no more; sooner or later it is declared dead.</summary>
    public bool IsSilent { get; set; }
}

/// <summary>The store and the model differ.</summary>
internal sealed class DifferenceException(string message) : Exception(message);
