namespace AsyncMQ.Conformance.Histories;

/// <summary>One caller's steps on a store, each written down as it was asked and answered.</summary>
internal sealed class RecordedStore(HistoryRecorder history, StoreDriver driver)
{
    public Task<IReadOnlyList<AddedJob>> Add(params NewJob[] jobs) => history.Record(
        () => driver.AddBulk(jobs),
        reply => jobs.Zip(reply, (job, added) => (Act.Add, job.Ref.Id, (Func<Happening, Happening>)(happening => happening with
        {
            Added = added.Outcome,
            Owner = added.Outcome == AddOutcome.Deduplicated ? added.Id : null,
            DeduplicationId = job.Deduplication?.Id,
            Priority = job.Priority,
        }))));

    public Task<IReadOnlyList<ClaimedJob>> Claim(Worker worker, int slots) => history.Record(
        () => worker.Claim(slots),
        reply => reply.Select(job => (Act.Claim, job.Ref.Id, (Func<Happening, Happening>)(happening => happening with
        {
            Token = job.Token,
            Attempt = job.Attempt,
        }))));

    public Task<SettleOutcome> Settle(Worker worker, ClaimedJob job, SettlementKind kind) => history.Record(
        () => worker.Settle(Worker.Settlement(job, kind, "said")),
        reply => One(Act.Settle, job.Ref.Id, happening => happening with { Token = job.Token, Kind = kind, Settled = reply }));

    public Task<JobChangeReply> Do(JobCommand command, string id) => history.Record(
        () => driver.Do(command, id),
        reply => One(
            command switch { JobCommand.Cancel => Act.Cancel, JobCommand.Remove => Act.Remove, _ => Act.Retry },
            id,
            happening => happening with { Administered = reply.Outcome }));

    public Task<JobRecord?> Read(string id) => history.Record(
        () => driver.Find(id, JobParts.None), reply => One(Act.Read, id, happening => happening with { State = reply?.State }));

    public Task<RecoverReply> Recover() => history.Record(
        () => driver.Recover(JobObject.MaxStalls),
        reply => reply.Jobs.Select(job => (Act.Recover, job.Job.Id, (Func<Happening, Happening>)(happening => happening with
        {
            State = job.State,
            Stalls = job.Stalls,
        }))));

    public Task<QueueReply> Pause() => history.Record(() => driver.Pause(), _ => One(Act.Pause, "", happening => happening));

    public Task<QueueReply> Resume() => history.Record(() => driver.Resume(), _ => One(Act.Resume, "", happening => happening));

    private static IEnumerable<(Act, string, Func<Happening, Happening>)> One(Act act, string id, Func<Happening, Happening> told) => [(act, id, told)];
}
