namespace AsyncMQ.Conformance.Specifying;

/// <summary>A life lived on a store: does what the specification says can happen, and compares what came of it.</summary>
internal sealed class LivedOnStore : IAsyncDisposable
{
    private const string Id = "job";

    /// <summary>
    /// One unit of the specification's time: longer than a lease, in steps shorter than half of one, so that somebody is seen to renew, by so much that a machine
    /// that stands still for some seconds does not count as a gap. A walk of forty units takes less than the hour after which unused sessions are dropped.
    /// </summary>
    private static readonly TimeSpan Unit = 66.Seconds();
    private static readonly TimeSpan Step = 22.Seconds();
    private static readonly TimeSpan Lease = 60.Seconds();

    private readonly StoreDriver driver;
    private readonly Worker witness;
    private readonly Worker[] workers;
    private readonly bool[] late = new bool[2];
    private readonly ClaimedJob?[] hands = new ClaimedJob?[2];
    private readonly List<ClaimedJob> before = [];

    private LivedOnStore(StoreDriver driver, Worker witness, Worker[] workers) =>
        (this.driver, this.witness, this.workers) = (driver, witness, workers);

    public static async Task<LivedOnStore> BeginAsync(IStoreFixture fixture)
    {
        StoreDriver driver = await StoreDriver.OpenAsync(await fixture.CreateAsync());
        return new(driver, await driver.OpenWorker("witness", Lease), [await Open(driver, 0), await Open(driver, 1)]);
    }

    public ValueTask DisposeAsync() => driver.Store.DisposeAsync();

    /// <summary>Does one step and compares; null when the store did as the specification says.</summary>
    public async Task<string?> Follow(LifeAction action, Life expected)
    {
        Answer answer = await action.Do(this);
        return answer == expected.Answer ? await Compare(expected) : $"answered {answer} instead of {expected.Answer}";
    }

    private async Task<string?> Compare(Life expected)
    {
        JobRecord? record = await driver.Find(Id, JobParts.None);
        string found = record is null
            ? "no job"
            : $"{record.State} attempt {record.Attempt} stalls {record.Stalls} parked {record.IsParked} to be cancelled {record.CancelRequested}";
        string wanted = expected.State is null
            ? "no job"
            : $"{expected.State} attempt {expected.Attempt} stalls {expected.Stalls} parked {expected.IsParked} to be cancelled {expected.CancelRequested}";
        if (found != wanted)
            return $"has '{found}' instead of '{wanted}'";

        for (int worker = 0; worker < 2; worker++)
        {
            int claims = (await driver.Store.ClaimsAsync(workers[worker].Id, default)).Count;
            if (claims != (expected.HandOf(worker) == Hand.Current ? 1 : 0))
                return $"says that worker {worker} holds {claims} claims";
        }

        QueueCounts counts = await driver.Counts();
        if (counts.IsPaused != expected.IsPaused || counts.ByState.Sum() != (expected.State is null ? 0 : 1))
            return $"counts {counts.ByState.Sum()} jobs, paused {counts.IsPaused}";
        return await driver.Store.AuditAsync(default) is [var fault, ..] ? $"audit: {fault}" : null;
    }

    public async Task<Answer> Add(bool delayed, bool limited)
    {
        NewJob job = Job(Id).WithCustomId();
        job = delayed ? job.Delayed(Life.Delay * Unit) : job;
        AddedJob added = await driver.Add(limited ? job.ToLive(Life.TimeToLive * Unit) : job);
        return added.Outcome == AddOutcome.Created ? Answer.Created : Answer.Duplicate;
    }

    public async Task<Answer> Claim(int worker)
    {
        if (await workers[worker].Claim(1) is not [var claimed])
            return Answer.NothingToClaim;
        hands[worker] = claimed;

        // Whatever anybody held before, of this record or an earlier one, is current no more, though it be of the same session.
        foreach (ClaimedJob old in before)
        {
            Assert.Equal(SettleOutcome.Lost, await workers[worker].Report(old, "old"));
            Assert.Equal(SettleOutcome.Lost, await workers[worker].Complete(old));
        }

        before.Add(claimed);
        return Answer.Claimed;
    }

    public async Task<Answer> Settle(int worker, Deed deed, bool delayed)
    {
        SettlementKind kind = deed switch
        {
            Deed.Complete => SettlementKind.Complete,
            Deed.Fail => SettlementKind.Fail,
            Deed.Retry => SettlementKind.Retry,
            Deed.PutBack => SettlementKind.PutBack,
            Deed.HandBack => SettlementKind.HandBack,
            _ => SettlementKind.Park,
        };
        ClaimedJob claim = hands[worker]!;
        hands[worker] = null;
        return Told(await workers[worker].Settle(Worker.Settlement(claim, kind, "data", delayed ? Life.Delay * Unit : TimeSpan.Zero)));
    }

    public async Task<Answer> Report(int worker) => Told(await workers[worker].Report(hands[worker]!, "half", "a line"));

    public async Task<Answer> Leave(int worker)
    {
        await workers[worker].Close();
        await OpenAnew(worker);
        return Answer.None;
    }

    public Task<Answer> Stall(int worker)
    {
        late[worker] = true;
        return Pass();
    }

    public Task<Answer> Renew(int worker)
    {
        late[worker] = false;
        Assert.True(workers[worker].Renew().Alive);
        return Task.FromResult(Answer.None);
    }

    public async Task<Answer> Recover(int maxStalls)
    {
        await witness.Recover(maxStalls);
        for (int worker = 0; worker < 2; worker++)
        {
            if (!late[worker])
                continue;

            // Death is final: nothing that the session says is heard any more.
            await Assert.ThrowsAsync<SessionLostException>(() => workers[worker].Claim(1));
            Assert.False(workers[worker].Renew().Alive);
            await OpenAnew(worker);
        }

        return Answer.None;
    }

    public async Task<Answer> Maintain()
    {
        await driver.Maintain();
        return Answer.None;
    }

    public async Task<Answer> Do(JobCommand command) => (await driver.Administer(new()
    {
        Step = driver.NextAdministration(),
        Command = command,
        Jobs = [new(DefaultQueue, Id)],
        Expected = JobStateSet.All,
        Delay = command == JobCommand.Reschedule ? Life.Delay * Unit : null,
    }))[0].Outcome switch
    {
        JobChangeOutcome.Done => Answer.Done,
        JobChangeOutcome.Requested => Answer.Requested,
        JobChangeOutcome.NotFound => Answer.NotFound,
        _ => Answer.WrongState,
    };

    public async Task<Answer> Pause() => await driver.Pause() == QueueReply.Done ? Answer.Done : Answer.NotFound;

    public async Task<Answer> Resume() => await driver.Resume() == QueueReply.Done ? Answer.Done : Answer.NotFound;

    public async Task<Answer> Pass()
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < Unit; passed += Step)
        {
            await driver.Advance(Step);
            witness.Renew();
            for (int worker = 0; worker < 2; worker++)
            {
                if (!late[worker])
                    workers[worker].Renew();
            }
        }

        return Answer.None;
    }

    private async Task OpenAnew(int worker)
    {
        late[worker] = false;
        workers[worker] = await Open(driver, worker);
    }

    private static Task<Worker> Open(StoreDriver driver, int worker) =>
        worker == 0 ? driver.OpenWorker("A", Lease) : driver.OpenWorker("B", Lease, "other work");

    private static Answer Told(SettleOutcome outcome) => outcome switch
    {
        SettleOutcome.Applied => Answer.Applied,
        SettleOutcome.Cancelled => Answer.Cancelled,
        _ => Answer.Lost,
    };
}
