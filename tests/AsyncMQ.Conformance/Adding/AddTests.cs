namespace AsyncMQ.Conformance;

/// <summary>Adding jobs: one, many, in groups. Source: reference behaviour Q-05, B-01, B-03.</summary>
public abstract class AddTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task An_added_job_is_waiting_and_can_be_read_back()
    {
        DateTimeOffset before = await Store.Now();

        AddedJob added = await Store.Add(Job("a").Named("mail").WithPriority(3).WithPayload(Bytes("[1]")).WithEnvelope(Bytes("{}")));

        Assert.Equal(new AddedJob(AddOutcome.Created, "a"), added);
        JobRecord job = await Store.Get("a");
        Assert.Equal(new JobRef(DefaultQueue, "a"), job.Ref);
        Assert.Equal(JobState.Waiting, job.State);
        Assert.Equal("mail", job.Name);
        Assert.Equal(3, job.Priority);
        Assert.Equal("[1]", job.Payload.Text());
        Assert.Equal("{}", job.Envelope.Text());
        Assert.Equal(0, job.Attempt);
        Assert.Equal(0, job.Stalls);
        Assert.Null(job.DueAt);
        Assert.Null(job.StartedAt);
        Assert.Null(job.FinishedAt);
        Assert.Null(job.Worker);
        Assert.False(job.IsParked);
        Assert.InRange(job.AddedAt, before.AddMilliseconds(-1), await Store.Now());
    }

    [Fact]
    public async Task A_job_that_is_not_there_is_read_as_null_at_its_place()
    {
        await Store.AddBulk(Batch("a", "b"));

        var found = await Store.Store.FindAsync(
            [new(DefaultQueue, "b"), new(DefaultQueue, "x"), new("other", "a"), new(DefaultQueue, "a"), new(DefaultQueue, "b")], JobParts.None, Cancellation);

        Assert.Equal(["b", null, null, "a", "b"], found.Select(job => job?.Ref.Id));
    }

    [Fact]
    public async Task Parts_that_were_not_asked_for_stay_empty()
    {
        await Store.Add(Job("a").WithPayload(Bytes("payload")));

        JobRecord? bare = await Store.Find("a", JobParts.None);
        JobRecord? full = await Store.Find("a", JobParts.Payload);

        Assert.True(bare!.Payload.IsEmpty);
        Assert.Equal("payload", full!.Payload.Text());
    }

    [Fact]
    public async Task A_bulk_answers_in_the_order_of_its_jobs()
    {
        string[] ids = [.. Enumerable.Range(0, 300).Select(i => $"job-{i}")];

        IReadOnlyList<AddedJob> added = await Store.AddBulk(Batch(ids));

        Assert.Equal(ids, added.Select(job => job.Id));
        Assert.All(added, job => Assert.Equal(AddOutcome.Created, job.Outcome));
        Assert.Equal(ids, await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task The_second_of_two_equal_ids_in_one_bulk_is_a_duplicate()
    {
        IReadOnlyList<AddedJob> added = await Store.AddBulk(
            Job("a").WithCustomId().WithPayload(Bytes("1")), Job("b"), Job("a").WithCustomId().WithPayload(Bytes("2")));

        Assert.Equal([AddOutcome.Created, AddOutcome.Created, AddOutcome.Duplicate], added.Select(job => job.Outcome));
        Assert.Equal("1", (await Store.Get("a")).Payload.Text());
    }

    [Fact]
    public async Task An_empty_group_is_accepted_and_adds_nothing()
    {
        IReadOnlyList<GroupReply> replies = await Store.AddGroups(new AddGroup([]), new AddGroup(Batch("a")));

        Assert.All(replies, reply => Assert.Null(reply.Refusal));
        Assert.Empty(replies[0].Jobs);
        Assert.Single(replies[1].Jobs);
    }

    /// <summary>Invariant 11: a refused group has written nothing.</summary>
    [Fact]
    public async Task A_refused_group_writes_nothing_and_does_not_fail_another()
    {
        await Store.Add(Job("x").In("closed"));
        await Store.Do(new QueueCommand.Close(Force: false), "closed");

        IReadOnlyList<GroupReply> replies = await Store.AddGroups(
            new AddGroup(Batch("a")),
            new AddGroup([Job("b"), Job("c").Deduplicated("d"), Job("d").In("closed")]),
            new AddGroup(Batch("e")));

        Assert.Null(replies[0].Refusal);
        Assert.Null(replies[2].Refusal);
        Assert.Equal(AddRefusalReason.QueueClosed, replies[1].Refusal!.Reason);
        Assert.Equal(new JobRef("closed", "d"), replies[1].Refusal!.Job);
        Assert.Contains("closed", replies[1].Refusal!.Detail, StringComparison.Ordinal);
        Assert.Empty(replies[1].Jobs);
        Assert.Equal(["a", "e"], await Store.Page(JobState.Waiting));
        Assert.Null(await Store.OwnerOf("d"));
    }

    [Fact]
    public async Task One_group_may_span_queues()
    {
        await Store.AddBulk(Job("a"), Job("a").In("other"), Job("b").In("third"));

        Assert.Equal(["a"], await Store.Page(JobState.Waiting));
        Assert.Equal(["a"], await Store.Page(JobState.Waiting, "other"));
        Assert.Equal(["b"], await Store.Page(JobState.Waiting, "third"));
    }

    [Fact]
    public async Task Ten_thousand_jobs_fit_in_one_step()
    {
        IReadOnlyList<AddedJob> added = await Store.AddBulk(Batch(Enumerable.Range(0, 10_000).Select(i => $"job-{i}")));

        Assert.Equal(10_000, added.Count);
        Assert.Equal(10_000, await Store.Count(JobState.Waiting));
    }

    [Fact]
    public async Task The_flags_given_at_the_add_are_kept()
    {
        await Store.Add(Job("a").WithCustomId().WithResultWanted().ToLive(1.Hours()).Deduplicated("d"));

        JobFlags flags = (await Store.Get("a")).Flags;

        Assert.Equal(JobFlags.CustomId | JobFlags.ResultWanted | JobFlags.TimeToLive | JobFlags.Deduplication, flags & ~JobFlags.Watched);
        Assert.Equal("d", (await Store.Get("a")).DeduplicationId);
    }
}
