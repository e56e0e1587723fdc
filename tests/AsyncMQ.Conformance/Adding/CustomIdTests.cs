namespace AsyncMQ.Conformance;

/// <summary>Custom ids. Source: reference behaviour K-02 to K-04; invariant 5.</summary>
public abstract class CustomIdTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task An_id_that_is_waiting_is_a_duplicate_and_nothing_is_written()
    {
        await Store.Add(Job("a").WithCustomId().WithPayload(Bytes("first")));

        AddedJob again = await Store.Add(Job("a").WithCustomId().WithPayload(Bytes("second")).WithPriority(1));

        Assert.Equal(new AddedJob(AddOutcome.Duplicate, "a"), again);
        Assert.Equal("first", (await Store.Get("a")).Payload.Text());
        Assert.Equal(5, (await Store.Get("a")).Priority);
        Assert.Equal(1, await Store.Count(JobState.Waiting));
    }

    [Theory]
    [InlineData(JobState.Waiting)]
    [InlineData(JobState.Active)]
    [InlineData(JobState.Delayed)]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.Expired)]
    public async Task An_id_stays_taken_in_every_state_but_cancelled(JobState state)
    {
        await Store.Bring("a", state);

        Assert.Equal(AddOutcome.Duplicate, (await Store.Add(Job("a").WithCustomId())).Outcome);
        Assert.Equal(state, await Store.StateOf("a"));
    }

    [Fact]
    public async Task A_cancelled_id_is_free_and_the_new_job_runs()
    {
        await Store.Bring("a", JobState.Cancelled);

        AddedJob again = await Store.Add(Job("a").WithCustomId().WithPayload(Bytes("new")));

        Assert.Equal(AddOutcome.Created, again.Outcome);
        Assert.Equal(0, await Store.Count(JobState.Cancelled));
        Worker worker = await Store.OpenWorker();
        ClaimedJob claimed = await worker.ClaimOne();
        Assert.Equal("new", claimed.Payload.Text());
        Assert.Equal(1, claimed.Attempt);
        Assert.Equal(SettleOutcome.Applied, await worker.Complete(claimed));
    }

    [Fact]
    public async Task A_removed_id_is_free()
    {
        await Store.Bring("a", JobState.Completed);
        await Store.Do(JobCommand.Remove, "a");

        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("a").WithCustomId())).Outcome);
        Assert.Equal(JobState.Waiting, await Store.StateOf("a"));
    }

    [Fact]
    public async Task The_same_id_in_two_queues_is_two_jobs()
    {
        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("a").WithCustomId())).Outcome);
        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("a").WithCustomId().In("other"))).Outcome);
    }

    [Fact]
    public async Task Ids_and_queues_are_case_sensitive_and_compared_ordinally()
    {
        string[] ids = ["a", "A", "ä", "a\u0308", "ß", "ss", "i", "I", "ı", "İ", "-1", "1.5", "😀", "a b", "%", "_", "'; drop table jobs; --", "{a}", "*", ".."];

        foreach (string id in ids)
            Assert.Equal(AddOutcome.Created, (await Store.Add(Job(id).WithCustomId())).Outcome);
        foreach (string id in ids)
            Assert.Equal(AddOutcome.Created, (await Store.Add(Job("x").In($"q{id}"))).Outcome);

        Assert.Equal(ids, await Store.Page(JobState.Waiting));
        foreach (string id in ids)
        {
            Assert.Equal(id, (await Store.Get(id)).Ref.Id);
            Assert.Equal(["x"], await Store.Page(JobState.Waiting, $"q{id}"));
        }
    }

    [Fact]
    public async Task A_resend_that_meets_its_own_stamp_is_created()
    {
        NewJob job = Job("a").WithCustomId();
        await Store.Add(job);

        Assert.Equal(new AddedJob(AddOutcome.Created, "a"), await Store.Add(job));
        Assert.Equal(1, await Store.Count(JobState.Waiting));
    }

    [Theory]
    [InlineData(JobState.Active)]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Cancelled)]
    public async Task A_resend_never_makes_its_job_run_again(JobState state)
    {
        NewJob job = Job("a").WithCustomId().WithStamp(4711);
        await Store.Bring("a", state, job);

        Assert.Equal(new AddedJob(AddOutcome.Created, "a"), await Store.Add(job));
        Assert.Equal(state, await Store.StateOf("a"));
    }

    [Fact]
    public async Task The_id_is_looked_at_before_the_deduplication_id()
    {
        await Store.Add(Job("owner").Deduplicated("d"));
        await Store.Add(Job("a").WithCustomId());

        AddedJob added = await Store.Add(Job("a").WithCustomId().Deduplicated("d"));

        Assert.Equal(new AddedJob(AddOutcome.Duplicate, "a"), added);
    }

    [Fact]
    public async Task A_duplicate_leaves_the_deduplication_id_alone()
    {
        await Store.Add(Job("a").WithCustomId());

        await Store.Add(Job("a").WithCustomId().Deduplicated("d"));

        Assert.Null(await Store.OwnerOf("d"));
        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("b").Deduplicated("d"))).Outcome);
    }
}
