namespace AsyncMQ.Conformance.Driving;

/// <summary>Drives a store in the words of the domain, through a session of its own that has no lease: a process that produces and administers.</summary>
public sealed partial class StoreDriver
{
    private readonly StepCounter steps;
    private TimeSpan offset;

    private StoreDriver(IJobStore store, StepCounter steps, TimeSpan offset) => (Store, this.steps, this.offset) = (store, steps, offset);

    /// <summary>The store itself, for what the driver has no word for.</summary>
    public IJobStore Store { get; }

    /// <summary>The steps of the driver's own session.</summary>
    public StepCounter Steps => steps;

    public static async Task<StoreDriver> OpenAsync(IJobStore store)
    {
        var steps = new StepCounter(new(Guid.NewGuid()));
        await store.OpenAsync(new() { Id = steps.Session, Name = "producer" }, default);
        return new(store, steps, TimeSpan.Zero);
    }

    /// <summary>The same session and clock on a store that was opened again.</summary>
    public async Task<StoreDriver> ContinueOn(IJobStore reopened)
    {
        await reopened.SetClockOffsetAsync(offset, default);
        return new(reopened, steps, offset);
    }

    /// <summary>Adds one job, as a group of its own.</summary>
    public async Task<AddedJob> Add(NewJob job) => Assert.Single(await AddBulk(job));

    /// <summary>Adds jobs as one group that must be accepted.</summary>
    public async Task<IReadOnlyList<AddedJob>> AddBulk(params NewJob[] jobs)
    {
        GroupReply reply = Assert.Single(await AddGroups(new AddGroup(jobs)));
        Assert.Null(reply.Refusal);
        return reply.Jobs;
    }

    /// <summary>Adds groups in one step.</summary>
    public async Task<IReadOnlyList<GroupReply>> AddGroups(params AddGroup[] groups) =>
        (await Store.AddAsync(new(steps.Next(StepCounter.Adds), groups), default)).Groups;

    /// <summary>Opens the session of a worker process, lease 15 s, that knows the jobs named "work".</summary>
    public Task<Worker> OpenWorker(string name = "worker", TimeSpan? lease = null, params string[] knows) =>
        Worker.OpenAsync(Store, new()
        {
            Id = new(Guid.NewGuid()),
            Name = name,
            Lease = lease ?? TimeSpan.FromSeconds(15),
            Names = knows is [] ? ["work"] : knows,
            Queues = [DefaultQueue],
        });

    /// <summary>Jumps the store's clock forward. Nobody renews meanwhile.</summary>
    public async Task Advance(TimeSpan span)
    {
        offset += span;
        await Store.SetClockOffsetAsync(offset, default);
    }

    /// <summary>Lets time pass as in a healthy installation: these workers renew every second.</summary>
    public async Task Pass(TimeSpan span, params Worker[] renewing)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromSeconds(1))
        {
            await Advance(TimeSpan.FromSeconds(1));
            foreach (Worker worker in renewing)
                Assert.True(worker.Renew().Alive);
        }
    }

    /// <summary>The store's time.</summary>
    public async Task<DateTimeOffset> Now() => await Store.GetTimeAsync(default);

    /// <summary>Recovers dead sessions until nothing is left to do.</summary>
    public async Task<RecoverReply> Recover(int maxStalls = 3, int limit = 1_000, string stallError = "stalled") =>
        await Store.RecoverAsync(
            new() { Step = steps.Next(StepCounter.Recoveries), MaxStalls = maxStalls, Limit = limit, StallError = Bytes(stallError) }, default);

    /// <summary>One step of housekeeping; everything is kept for ever unless a policy says otherwise.</summary>
    public async Task<MaintainReply> Maintain(RetentionPolicy? retention = null, int limit = 1_000) =>
        await Store.MaintainAsync(new(steps.Next(StepCounter.Maintenance), limit, retention ?? RetentionPolicy.Forever), default);
}
