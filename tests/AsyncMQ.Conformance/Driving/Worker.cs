namespace AsyncMQ.Conformance.Driving;

/// <summary>A worker process as the store sees it: a session with a lease, and one pump.</summary>
public sealed class Worker
{
    private readonly IJobStore store;

    private Worker(IJobStore store, SessionInfo info) => (this.store, Info, Steps) = (store, info, new(info.Id));

    public SessionInfo Info { get; }

    public SessionId Id => Info.Id;

    public StepCounter Steps { get; }

    public static async Task<Worker> OpenAsync(IJobStore store, SessionInfo info)
    {
        await store.OpenAsync(info, default);
        return new(store, info);
    }

    /// <summary>The same session on a store that was opened again.</summary>
    public Worker On(StoreDriver reopened)
    {
        var worker = new Worker(reopened.Store, Info);
        for (int lane = 1; lane <= StepCounter.Maintenance; lane++)
        {
            long last = Steps.Next(lane).Sequence;
            while (worker.Steps.Next(lane).Sequence < last)
            {
            }
        }

        return worker;
    }

    /// <summary>Claims up to so many jobs from the default queue, or from these, in order.</summary>
    public async Task<IReadOnlyList<ClaimedJob>> Claim(int slots, params string[] queues) => (await Exchange(ClaimOf(slots, queues))).Claimed;

    /// <summary>Claims exactly one job.</summary>
    public async Task<ClaimedJob> ClaimOne(params string[] queues) => Assert.Single(await Claim(1, queues));

    /// <summary>A round trip; the step's name is filled in.</summary>
    public async Task<ExchangeReply> Exchange(ExchangeStep step) => await Send(step with { Step = Steps.Next(StepCounter.Exchanges) });

    /// <summary>A round trip under the name that the step bears: for sending again.</summary>
    public async Task<ExchangeReply> Send(ExchangeStep step) => await store.ExchangeAsync(step, default);

    public static ExchangeStep ClaimOf(int slots, params string[] queues) => new()
    {
        Step = default,
        Slots = slots,
        Claims = [.. (queues is [] ? [DefaultQueue] : queues).Select(queue => new QueueClaim(queue, 1_000))],
    };

    public Task<SettleOutcome> Complete(ClaimedJob job, string result = "") => Settle(Settlement(job, SettlementKind.Complete, result));

    public Task<SettleOutcome> Fail(ClaimedJob job, string error = "") => Settle(Settlement(job, SettlementKind.Fail, error));

    public Task<SettleOutcome> Retry(ClaimedJob job, TimeSpan delay = default, string error = "") =>
        Settle(Settlement(job, SettlementKind.Retry, error, delay));

    public Task<SettleOutcome> PutBack(ClaimedJob job, TimeSpan delay = default) => Settle(Settlement(job, SettlementKind.PutBack, "", delay));

    public Task<SettleOutcome> HandBack(ClaimedJob job, TimeSpan delay = default) => Settle(Settlement(job, SettlementKind.HandBack, "", delay));

    public Task<SettleOutcome> Park(ClaimedJob job) => Settle(Settlement(job, SettlementKind.Park));

    public async Task<SettleOutcome> Settle(Settlement settlement) => Assert.Single(await SettleAll(settlement));

    public async Task<IReadOnlyList<SettleOutcome>> SettleAll(params Settlement[] settlements) =>
        (await Exchange(new() { Step = default, Settlements = settlements })).Settled;

    public static Settlement Settlement(ClaimedJob job, SettlementKind kind, string data = "", TimeSpan delay = default) =>
        new(job.Ref, job.Handle, job.Token, job.Flags, kind, Bytes(data), delay);

    /// <summary>Reports progress and lines of one claimed job.</summary>
    public async Task<SettleOutcome> Report(ClaimedJob job, string? progress, params string[] lines)
    {
        var report = new JobReport(job.Ref, job.Handle, job.Token, progress is null ? (ReadOnlyMemory<byte>?)null : Bytes(progress), lines);
        return Assert.Single((await store.ReportAsync(new(Steps.Next(StepCounter.Reports), [report]), default)).Outcomes);
    }

    public RenewReply Renew(int claimsHeld = 0) => store.Renew(new(Id, claimsHeld));

    public Task Close() => store.CloseAsync(Id, default);

    /// <summary>The claims that the store thinks this worker holds.</summary>
    public async Task<string[]> Claims() => [.. (await store.ClaimsAsync(Id, default)).Select(claim => claim.Job.Id).Order(StringComparer.Ordinal)];

    /// <summary>Recovers from this worker's session.</summary>
    public async Task<RecoverReply> Recover(int maxStalls = 3) =>
        await store.RecoverAsync(new() { Step = Steps.Next(StepCounter.Recoveries), MaxStalls = maxStalls, StallError = Bytes("stalled") }, default);
}
