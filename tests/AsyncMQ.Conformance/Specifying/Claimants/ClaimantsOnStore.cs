namespace AsyncMQ.Conformance.Specifying;

/// <summary>One thing that can happen to the two claimants, told once for the specification and once for a store.</summary>
internal sealed record ClaimantsAction(
    string Name, Func<Claimants, bool> IsEnabled, Func<Claimants, Claimants> Next, Func<ClaimantsOnStore, Task<(Verdict Verdict, int Named)>> Do)
{
    public static IReadOnlyList<ClaimantsAction> All(params Mode[] modes) => [.. Both(modes), .. Of(0, modes), .. Of(1, modes)];

    public static StateGraph<Claimants> Graph(IReadOnlyList<ClaimantsAction> actions) => new(
        new() { WindowIn = Claimants.NoWindow },
        (state, action) => actions[action].IsEnabled(state) ? actions[action].Next(state) : null,
        actions.Count);

    private static IEnumerable<ClaimantsAction> Both(Mode[] modes)
    {
        yield return new("claim", Always, state => state.Claim(), store => store.Claim());
        yield return new("release", Always, state => state.Release(), store => store.Release());
        yield return new("time passes", state => state.Pass() != state, state => state.Pass(), store => store.Pass());
        yield return new("maintain", Always, state => state.Maintain(), store => store.Maintain());
    }

    private static IEnumerable<ClaimantsAction> Of(int job, Mode[] modes)
    {
        string name = job == 0 ? "X" : "Y";
        for (int i = 0; i < modes.Length; i++)
        {
            int mode = i;
            foreach (bool delayed in (bool[])[false, true])
            {
                yield return new(
                    $"add {name} ({modes[mode]}){(delayed ? " with a delay" : "")}",
                    Always,
                    state => state.Add(job, mode, modes, delayed),
                    store => store.Add(job, modes[mode], delayed));
            }
        }

        yield return new($"complete {name}", IsActive, state => state.Complete(job, modes), store => store.Settle(job, SettlementKind.Complete));
        yield return new($"retry {name} later", IsActive, state => state.RetryLater(job, modes), store => store.Settle(job, SettlementKind.Retry));
        yield return new($"cancel {name}", Always, state => state.Cancel(job, modes), store => store.Do(job, JobCommand.Cancel));
        yield return new($"remove {name}", Always, state => state.Remove(job, modes), store => store.Do(job, JobCommand.Remove));
        yield return new($"retry {name} by hand", Always, state => state.RetryByHand(job, modes), store => store.Do(job, JobCommand.Retry));

        bool IsActive(Claimants state) => state[job].State == JobState.Active;
    }

    private static bool Always(Claimants state) => true;
}

/// <summary>The two claimants on a store.</summary>
internal sealed class ClaimantsOnStore : IAsyncDisposable
{
    private const string DeduplicationId = "d";
    // Long beside what a loaded machine takes for a walk: the clock of a server goes on meanwhile, and windows end by it.
    private static readonly TimeSpan Unit = 10.Minutes();

    private readonly StoreDriver driver;
    private readonly Worker worker;
    private readonly ClaimedJob?[] hands = new ClaimedJob?[2];

    private ClaimantsOnStore(StoreDriver driver, Worker worker) => (this.driver, this.worker) = (driver, worker);

    public static async Task<ClaimantsOnStore> BeginAsync(IStoreFixture fixture)
    {
        StoreDriver driver = await StoreDriver.OpenAsync(await fixture.CreateAsync());
        return new(driver, await driver.OpenWorker());
    }

    public ValueTask DisposeAsync() => driver.Store.DisposeAsync();

    /// <summary>Does one step and compares; null when the store did as the specification says.</summary>
    public async Task<string?> Follow(ClaimantsAction action, Claimants expected)
    {
        (Verdict Verdict, int Named) answer = await action.Do(this);
        if (answer != (expected.Told.Verdict, expected.Told.Named))
            return $"answered {answer} instead of {(expected.Told.Verdict, expected.Told.Named)}";

        for (int job = 0; job < 2; job++)
        {
            JobRecord? record = await driver.Find(IdOf(job), JobParts.None);
            if ((record?.State, record?.CancelRequested ?? false) != (expected[job].State, expected[job].CancelRequested))
                return $"has {IdOf(job)} {record?.State} instead of {expected[job].State}";
        }

        string? owner = await driver.OwnerOf(DeduplicationId);
        if (owner != (expected.IsHeld ? IdOf(expected.Owner!.Value) : null))
            return $"says that {owner} owns the id";
        return await driver.Store.AuditAsync(default) is [var fault, ..] ? $"audit: {fault}" : null;
    }

    public async Task<(Verdict Verdict, int Named)> Add(int job, Mode mode, bool delayed)
    {
        var asked = new Deduplication(DeduplicationId)
        {
            Ttl = mode.HasWindow ? Claimants.Window * Unit : null,
            Extend = mode.Extend,
            Replace = mode.Replace,
            KeepLastIfActive = mode.KeepLast,
        };
        NewJob draft = Job(IdOf(job)).WithCustomId().WithPriority(job).Deduplicated(asked);
        AddedJob added = await driver.Add(delayed ? draft.Delayed(Claimants.Delay * Unit) : draft);
        return added.Outcome switch
        {
            AddOutcome.Created => (Verdict.Created, -1),
            AddOutcome.Replaced => (Verdict.Replaced, -1),
            AddOutcome.Duplicate => (Verdict.Duplicate, -1),
            _ => (Verdict.Deduplicated, added.Id == IdOf(0) ? 0 : 1),
        };
    }

    public async Task<(Verdict Verdict, int Named)> Claim()
    {
        if (await worker.Claim(1) is not [var claimed])
            return (Verdict.NotFound, -1);
        hands[claimed.Ref.Id == IdOf(0) ? 0 : 1] = claimed;
        return (Verdict.Done, -1);
    }

    public async Task<(Verdict Verdict, int Named)> Settle(int job, SettlementKind kind)
    {
        SettleOutcome outcome = await worker.Settle(
            Worker.Settlement(hands[job]!, kind, "", kind == SettlementKind.Retry ? Claimants.Delay * Unit : TimeSpan.Zero));
        return (outcome == SettleOutcome.Lost ? Verdict.Refused : Verdict.Done, -1);
    }

    public async Task<(Verdict Verdict, int Named)> Do(int job, JobCommand command) => ((await driver.Do(command, IdOf(job))).Outcome switch
    {
        JobChangeOutcome.Done => Verdict.Done,
        JobChangeOutcome.Requested => Verdict.Requested,
        JobChangeOutcome.NotFound => Verdict.NotFound,
        JobChangeOutcome.DeduplicationTaken => Verdict.Taken,
        _ => Verdict.Refused,
    }, -1);

    public async Task<(Verdict Verdict, int Named)> Release() =>
        (await driver.Release(DeduplicationId) == QueueReply.Done ? Verdict.Done : Verdict.NotFound, -1);

    public async Task<(Verdict Verdict, int Named)> Pass()
    {
        await driver.Advance(Unit);
        worker.Renew();
        return (Verdict.None, -1);
    }

    public async Task<(Verdict Verdict, int Named)> Maintain()
    {
        await driver.Maintain();
        return (Verdict.None, -1);
    }

    private static string IdOf(int job) => job == 0 ? "x" : "y";
}
