namespace AsyncMQ.Conformance;

/// <summary>Attempts are counted when claimed, refunded when not the job's fault, and kept when they did not complete. Survey I-14.</summary>
public abstract class AttemptTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Each_attempt_that_did_not_complete_is_recorded()
    {
        await Store.Add(Job("a"));
        Worker first = await Store.OpenWorker("first");
        Worker second = await Store.OpenWorker("second");
        DateTimeOffset before = await Store.Now();

        await first.Retry(await first.ClaimOne(), error: "one");
        await second.PutBack(await second.ClaimOne());
        await first.HandBack(await first.ClaimOne());
        await second.ClaimOne();
        await Store.Pass(16.Seconds(), first);
        await first.Recover();
        await first.Fail(await first.ClaimOne(), "four");

        JobRecord record = await Store.Get("a");
        Assert.Equal(
            [
                (1, AttemptOutcome.Retried, "first", "one"),
                (2, AttemptOutcome.PutBack, "second", ""),
                (2, AttemptOutcome.Stalled, "second", "stalled"),
                (2, AttemptOutcome.Failed, "first", "four"),
            ],
            record.Attempts.Select(attempt => (attempt.Number, attempt.Outcome, attempt.Worker, attempt.Error.Text())));
        Assert.Equal(2, record.Attempt);
        Assert.Equal(1, record.Stalls);
        Assert.All(record.Attempts, attempt => Assert.InRange(attempt.StartedAt, before.AddMilliseconds(-1), attempt.EndedAt));
        Assert.Equal(record.FinishedAt, record.Attempts[^1].EndedAt);
    }

    [Fact]
    public async Task A_cancelled_attempt_is_recorded()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob claim = await worker.ClaimOne();
        await Store.Do(JobCommand.Cancel, "a");
        await worker.Complete(claim);

        AttemptRecord attempt = Assert.Single((await Store.Get("a")).Attempts);

        Assert.Equal((1, AttemptOutcome.Cancelled), (attempt.Number, attempt.Outcome));
    }

    [Fact]
    public async Task Attempts_and_logs_are_read_only_when_asked_for()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        await worker.Retry(await worker.ClaimOne(), error: "one");

        Assert.Empty((await Store.Find("a", JobParts.Payload | JobParts.Result | JobParts.Logs))!.Attempts);
        Assert.Single((await Store.Find("a", JobParts.Attempts))!.Attempts);
    }

    [Fact]
    public async Task The_last_sixty_four_attempts_are_kept()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        for (int attempt = 1; attempt <= 70; attempt++)
            await worker.Retry(await worker.ClaimOne(), error: $"{attempt}");

        IReadOnlyList<AttemptRecord> kept = (await Store.Get("a")).Attempts;

        Assert.Equal(Enumerable.Range(7, 64), kept.Select(attempt => attempt.Number));
    }

    [Fact]
    public async Task A_retry_by_hand_starts_from_zero()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        Worker doomed = await Store.OpenWorker("doomed");
        await doomed.ClaimOne();
        await Store.Pass(16.Seconds(), worker);
        await worker.Recover();
        await worker.Retry(await worker.ClaimOne(), error: "one");
        await worker.Fail(await worker.ClaimOne(), "two");
        Assert.Equal(1, (await Store.Get("a")).Stalls);

        await Store.Do(JobCommand.Retry, "a");

        JobRecord record = await Store.Get("a");
        Assert.Equal((JobState.Waiting, 0, 0), (record.State, record.Attempt, record.Stalls));
        Assert.True(record.Error.IsEmpty);
        Assert.True(record.Result.IsEmpty);
        Assert.Null(record.FinishedAt);
        Assert.Equal(1, (await worker.ClaimOne()).Attempt);
    }
}
