using System.Data.Common;
using System.Security.Cryptography;

namespace AsyncMQ.Conformance.Transactions;

/// <summary>Jobs that are added inside a transaction of the user's: there exactly if it commits, and from then on for everybody who looks.</summary>
public abstract class DeferTests(ITransactionalFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_deferred_job_is_nowhere_before_the_commit_and_there_after_it()
    {
        Worker worker = await Store.OpenWorker();
        await fixture.Transact(Store, async transaction =>
        {
            await Store.Defer(transaction, Job("a").Deduplicated("d"));

            Assert.Null(await Store.Find("a"));
            Assert.Equal(0, await Store.Count(JobState.Waiting));
            Assert.Empty(await Store.Page(JobState.Waiting));
            Assert.Null(await Store.OwnerOf("d"));
            if (fixture.OthersMayWrite)
                Assert.Empty(await worker.Claim(1));
        });

        Assert.Equal("a", (await worker.ClaimOne()).Ref.Id);
    }

    [Fact]
    public async Task After_a_rollback_there_is_nothing()
    {
        Worker worker = await Store.OpenWorker();
        await fixture.Transact(Store, transaction => Store.Defer(transaction, Job("a").Deduplicated("d")), commits: false);

        Assert.Empty(await worker.Claim(1));
        Assert.Null(await Store.Find("a"));
        Assert.Equal(0, (await Store.Counts()).ByState.Sum());
        Assert.Null(await Store.OwnerOf("d"));
    }

    [Theory]
    [InlineData("find")]
    [InlineData("count")]
    [InlineData("page")]
    [InlineData("queues")]
    [InlineData("owner")]
    [InlineData("flow")]
    [InlineData("flows")]
    [InlineData("jobs of the flow")]
    [InlineData("key")]
    [InlineData("keys")]
    public async Task The_first_look_after_the_commit_sees_it(string look)
    {
        await fixture.DeferGroups(
            Store, new AddGroup([Job("a").Deduplicated("d").WithKey("k").WithPriority(1)]), Batch("b", "c").InFlow("f"));

        Assert.Equal(
            look is "flow" or "jobs of the flow" ? "2" : "a",
            look switch
            {
                "find" => (await Store.Find("a"))?.Ref.Id,
                "count" => await Store.Count(JobState.Waiting) == 3 ? "a" : null,
                "page" => (await Store.Page(JobState.Waiting)).FirstOrDefault(),
                "queues" => (await Store.QueueNames()).FirstOrDefault() == DefaultQueue ? "a" : null,
                "owner" => await Store.OwnerOf("d"),
                "flow" => (await Store.CountsOf("f"))?.Jobs.ToString(System.Globalization.CultureInfo.InvariantCulture),
                "flows" => await Store.Store.FlowsAsync(null, 10, default) is [{ Id: "f" }] ? "a" : null,
                "jobs of the flow" => (await Store.Store.FlowJobsAsync("f", null, 10, JobParts.None, default)).Jobs.Count
                    .ToString(System.Globalization.CultureInfo.InvariantCulture),
                "key" => (await Store.FindKey("k"))?.Key == "k" ? "a" : null,
                _ => (await Store.Keys()).FirstOrDefault() == "k" ? "a" : null,
            });
    }

    [Fact]
    public async Task An_exchange_claims_it_at_once_with_every_field_as_given()
    {
        byte[] payload = RandomNumberGenerator.GetBytes(100_000);
        byte[] envelope = RandomNumberGenerator.GetBytes(300);
        Worker worker = await Store.OpenWorker();
        await fixture.Defer(Store, Job("ä\u0001\"b\\").WithPayload(payload).WithEnvelope(envelope).WithPriority(3).WithKey("k ö").ToLive(1.Hours()).WithCustomId());

        ClaimedJob job = await worker.ClaimOne();

        Assert.Equal(("ä\u0001\"b\\", "work", 3, 1), (job.Ref.Id, job.Name, job.Priority, job.Attempt));
        Assert.Equal(payload, job.Payload.ToArray());
        Assert.Equal(envelope, job.Envelope.ToArray());
        Assert.True(job.Flags.HasFlag(JobFlags.Key | JobFlags.TimeToLive | JobFlags.CustomId), $"{job.Flags}");
        JobRecord record = await Store.Get(job.Ref.Id);
        Assert.Equal("k ö", record.LimitKey);
        Assert.Equal(record.AddedAt + 1.Hours(), record.ExpiresAt);
        Assert.Equal(payload, record.Payload.ToArray());
    }

    [Fact]
    public async Task A_delay_counts_from_when_it_was_taken_in_and_a_time_to_run_at_is_kept()
    {
        DateTimeOffset at = await Store.From(3.Hours());
        await fixture.Defer(Store, Job("delayed").Delayed(1.Hours()), Job("timed").At(at));
        await Store.Advance(2.Hours());

        JobRecord delayed = await Store.Get("delayed");

        Assert.Equal(JobState.Delayed, delayed.State);
        Assert.Equal(delayed.AddedAt + 1.Hours(), delayed.DueAt);
        Assert.Equal(at, (await Store.Get("timed")).DueAt);
        await Store.Advance(1.Hours());
        Assert.Equal(["delayed", "timed"], (await (await Store.OpenWorker()).Claim(5)).Ids().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Jobs_come_in_the_order_of_their_deferring()
    {
        await Store.Add(Job("before"));
        await fixture.Transact(Store, async transaction =>
        {
            await Store.Defer(transaction, new AddGroup(Batch("a", "b")));
            await Store.Defer(transaction, Job("c"));
        });
        await fixture.Defer(Store, Job("d"));
        await Store.Add(Job("after"));

        Assert.Equal(["before", "a", "b", "c", "d", "after"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task Whoever_watches_hears_of_the_work_once_it_is_committed()
    {
        using var ears = new Ears(Store.Store);
        await fixture.Defer(Store, Job("a"));

        await ears.Hears(signal => signal is { Kind: StoreSignalKind.Work, Queue: DefaultQueue } or { Kind: StoreSignalKind.Changed });
    }

    [Fact]
    public async Task A_transaction_that_is_not_one_of_the_stores_database_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.Defer(new StrangeTransaction(), Job("a")));

        await using DbConnection elsewhere = await fixture.ConnectElsewhereAsync(Store.Store);
        await using (DbTransaction other = await elsewhere.BeginTransactionAsync(Cancellation))
            await Assert.ThrowsAsync<ArgumentException>(() => Store.Defer(other, Job("a")));

        await using DbConnection connection = await fixture.ConnectAsync(Store.Store);
        DbTransaction ended = await connection.BeginTransactionAsync(Cancellation);
        await ended.CommitAsync(Cancellation);
        await Assert.ThrowsAsync<ArgumentException>(() => Store.Defer(ended, Job("a")));

        DbTransaction disposed = await connection.BeginTransactionAsync(Cancellation);
        await disposed.DisposeAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => Store.Defer(disposed, Job("a")));

        Assert.Equal(0, (await Store.Counts()).ByState.Sum());
    }
}
